"""Unit 10: hyperparameters chosen by grid, at random, and one after another."""
