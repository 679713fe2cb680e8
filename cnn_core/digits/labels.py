"""What the classes of digits are called."""

DIGIT_NAMES = tuple("0123456789")
