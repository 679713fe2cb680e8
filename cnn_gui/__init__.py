"""The window: draw, classify, train and look inside."""
