import subprocess
import sys

import pytest

# In a process of its own, since it changes TensorFlow for good.
DRAWS = """
import sys
from helpers.quiet import import_tensorflow
import_tensorflow()
import keras, tensorflow as tf
from helpers.seeding import keep_kernels
if sys.argv[1] == "kept":
    keep_kernels()
for seed in (1, 2, 1, 3, 3):
    keras.utils.set_random_seed(seed)
    made = [tf.random.uniform([2]), tf.random.normal([2], seed=7), tf.random.normal([2], seed=7)]
    made += [keras.random.normal((2,)), keras.initializers.GlorotUniform()((2, 2))]
    print([m.numpy().tolist() for m in made])
"""


def drawn(how: str) -> str:
    command = [sys.executable, "-c", DRAWS, how]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.fixture(scope="module")
def kept():
    return drawn("kept")


def test_the_same_numbers_are_drawn_as_ever(kept):
    assert kept == drawn("as ever")


def test_a_seed_that_comes_again_starts_anew(kept):
    first, second, again, third, once_more = kept.splitlines()
    assert first == again
    assert third == once_more
    assert len({first, second, third}) == 3


CLEARED = """
from helpers.quiet import import_tensorflow
import_tensorflow()
import tensorflow as tf
from tensorflow.python.eager.context import Context
from helpers import seeding
cleared = []
Context.clear_kernel_cache = lambda self: cleared.append(1)
seeding.MOST = 10
seeding.keep_kernels()
for seed in range(25):
    tf.random.set_seed(seed)
print(len(cleared))
"""


def test_kernels_do_not_pile_up():
    command = [sys.executable, "-c", CLEARED]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    assert told.strip() == "2"
