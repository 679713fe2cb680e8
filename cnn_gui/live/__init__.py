"""The workspace that shows the network at work."""
