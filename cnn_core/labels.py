"""What labels mean."""

DIGIT_NAMES = tuple("0123456789")
NOT_A_CLASS = -1
"""Label of an image that belongs to none of the classes: a network learns as much, and accuracy leaves it out."""
