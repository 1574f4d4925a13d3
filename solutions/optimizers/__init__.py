"""Unit 8: optimizers."""
