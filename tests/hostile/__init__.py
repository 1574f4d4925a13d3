"""A class of submissions that attack the grading."""
