"""Unit 7: how weights begin: symmetry, saturation, and Glorot's bound."""
