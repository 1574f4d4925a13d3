"""Validation accuracy on digits by labelled images a class, with and without pre-training (unit 13).

Made by tools/measure_few_labels.py, which says how; not edited by hand. Not measured yet: all is NaN.
"""

import numpy as np

LABELS = (5, 10, 20, 50)
STEPS = (400, 1600)
SEEDS = 1
# By network: accuracies of shape (steps, labels, seeds).
ACCURACY = {
    "pre-trained": np.full((2, 4, 1), np.nan),
    "sigmoid": np.full((2, 4, 1), np.nan),
    "sigmoid, dropout": np.full((2, 4, 1), np.nan),
    "ReLU": np.full((2, 4, 1), np.nan),
    "ReLU, dropout": np.full((2, 4, 1), np.nan),
}
