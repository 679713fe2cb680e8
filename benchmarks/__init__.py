"""Long measurements; each is a script that prints a table, or JSON with ``--json``."""
