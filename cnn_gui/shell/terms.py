"""Which widgets stand for which words of the glossary: their tips say what that is, F1 says more."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

from cnn_core.glossary import load_glossary
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.terms import explains
from cnn_gui.widgets.translation import language

TERMS = {
    # the hand
    "predictionView": "probability", "inputView": "pixel", "imageView": "pixel", "teachRow": "teaching",
    # settings
    "datasetCombo": "data set", "presetCombo": "preset", "optimizerCombo": "optimizer", "rateEdit": "learning rate",
    "batchSpin": "batch", "epochsSpin": "epoch", "augmentationCombo": "augmentation", "seedSpin": "seed",
    "scheduleCombo": "schedule", "patienceSpin": "patience", "findRateButton": "learning-rate finder",
    "warmupField": "warm-up", "momentumField": "momentum", "beta1Field": "betas", "beta2Field": "betas",
    "rmsDecayField": "rmsprop decay", "weightDecayField": "weight decay",
    # plots and the bar
    "lossPlot": "loss", "accuracyPlot": "accuracy", "trainingProgress": "epoch", "stepButton": "step of training",
    "trainButton": "run",
    # Live
    "activationsButton": "activation", "gradientsButton": "gradient", "gradientClassCombo": "loss",
    "backwardBand": "backward pass", "slideButton": "kernel", "stepColumns": "gate", "batchView": "dw",
    "updateView": "optimizer", "forwardPart": "forward pass", "lossPart": "loss", "backwardPart": "backward pass",
    "updatePart": "update", "practiceOptimizer": "optimizer", "learningWeight": "weight", "detailView": "feature map",
    "workingView": "the sum", "gradientView": "gradient",
    "filmPicture": "film", "filmEvery": "film",
    # Evaluate
    "accuracyFigure": "accuracy", "confusionView": "confusion matrix", "suspectsImages": "doubtful label",
    "countImages": "influence", "mapImages": "embedding",
    # the tabs of workspaces
    "liveTab": "live", "networkTab": "network workspace", "runsTab": "runs workspace", "evaluateTab": "evaluate",
    "dataTab": "data workspace", "learnTab": "learn",
}  # fmt: skip


def explain_widgets(root: QWidget) -> set[str]:
    """Give all widgets under ``root`` that stand for a word their word; returns the names of those that were found."""
    found = set()
    for widget in (root, *root.findChildren(QWidget)):
        name = widget.objectName()
        if name in TERMS and not widget.property("term"):
            explains(widget, TERMS[name])
            found.add(name)
        if isinstance(widget, QTabWidget):
            _explain_tabs(widget)
    return found


def _explain_tabs(tabs: QTabWidget) -> None:
    """Rooms are words of the glossary by their titles."""
    for number in range(tabs.count()):
        term = load_glossary(language()).get(tabs.tabText(number))
        if term is not None:
            tabs.setTabToolTip(number, plain_tip(f"{term.plain} (F1)"))
