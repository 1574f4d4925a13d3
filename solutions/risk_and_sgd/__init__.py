"""Unit 6: empirical risk, weight decay, mini-batches and stochastic gradient descent."""
