"""Unit 13: unsupervised pre-training."""
