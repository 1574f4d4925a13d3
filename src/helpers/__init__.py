"""What students import: `check`, data, plots, and pictures of the flow graph."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up log helps nobody here
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # and its notice that sums may be reordered
