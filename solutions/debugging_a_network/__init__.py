"""Unit 5: finding out what is wrong with a network: measured gradients, fifty examples, a diagnosis."""
