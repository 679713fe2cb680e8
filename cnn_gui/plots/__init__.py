"""Plots that several workspaces share, and how all plots are dressed."""
