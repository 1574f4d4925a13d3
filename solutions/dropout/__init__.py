"""Unit 11: dropout."""
