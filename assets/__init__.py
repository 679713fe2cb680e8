"""Runtime files; `cnn_core.assets` finds them."""
