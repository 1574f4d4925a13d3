"""Unit 1, forward propagation."""
