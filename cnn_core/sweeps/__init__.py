"""Sweeps: many runs that differ in a few settings, on this machine's cores or on a cluster."""

from cnn_core.sweeps.plan import SweepPlan, load_sweep
from cnn_core.sweeps.sweep import SweepProgress, SweepResult, run_sweep

__all__ = ["SweepPlan", "SweepProgress", "SweepResult", "load_sweep", "run_sweep"]
