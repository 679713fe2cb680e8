"""The workspaces, in the order of their tabs."""

from __future__ import annotations

from cnn_gui.data import workspace as data
from cnn_gui.evaluate import workspace as evaluate
from cnn_gui.learn import workspace as learn
from cnn_gui.live import workspace as live
from cnn_gui.network import workspace as network
from cnn_gui.runs import workspace as runs
from cnn_gui.specs import WorkspaceSpec

WORKSPACES: list[WorkspaceSpec] = [live.SPEC, network.SPEC, runs.SPEC, evaluate.SPEC, data.SPEC, learn.SPEC]
