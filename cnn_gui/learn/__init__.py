"""Lessons: a sheet over Live, with things to try and places that are lit up."""
