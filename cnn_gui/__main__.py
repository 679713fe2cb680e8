"""``python -m cnn_gui``."""

from cnn_gui.app import main

main()
