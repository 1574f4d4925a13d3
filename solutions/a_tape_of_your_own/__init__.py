"""Unit 3: the operations of a flow graph, and the walk that differentiates it."""
