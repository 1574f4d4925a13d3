"""Unit 9: normalization, early stopping and learning-rate decay."""
