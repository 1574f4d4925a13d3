"""Unit 4: the loss, its gradient, and backpropagation written out by hand."""
