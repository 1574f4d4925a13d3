"""Unit 12: batch normalization, and the capstone."""
