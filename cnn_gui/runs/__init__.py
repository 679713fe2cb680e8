"""The workspace in which runs are kept, compared and gone on with."""
