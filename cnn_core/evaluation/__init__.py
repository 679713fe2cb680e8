"""How well a network does, where it goes wrong, and whether it or the label is to blame."""

from cnn_core.evaluation.class_report import ClassReport, class_report
from cnn_core.evaluation.comparison import AnswersCompared, compare_answers
from cnn_core.evaluation.evaluate import (
    NOTHING_LEARNT,
    WHAT_TO_TRY,
    Evaluation,
    check_fit,
    evaluate,
    evaluate_with,
    expect_finite,
    learnt_nothing,
    try_out,
)
from cnn_core.evaluation.influence import Influences, find_influences
from cnn_core.evaluation.label_issues import LabelIssues, find_label_issues
from cnn_core.evaluation.reliability import CoverageCurve, ReliabilityBin, coverage_curve, reliability_bins
from cnn_core.evaluation.statistics import Difference, compare_accuracies, mcnemar, wilson_interval
from cnn_core.evaluation.writers import accuracy_by_writer

__all__ = [
    "NOTHING_LEARNT",
    "WHAT_TO_TRY",
    "AnswersCompared",
    "ClassReport",
    "CoverageCurve",
    "Difference",
    "Evaluation",
    "Influences",
    "LabelIssues",
    "ReliabilityBin",
    "accuracy_by_writer",
    "check_fit",
    "class_report",
    "compare_accuracies",
    "compare_answers",
    "coverage_curve",
    "evaluate",
    "evaluate_with",
    "expect_finite",
    "find_influences",
    "find_label_issues",
    "learnt_nothing",
    "mcnemar",
    "reliability_bins",
    "try_out",
    "wilson_interval",
]
