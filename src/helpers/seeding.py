"""Seeds TensorFlow without making it build all its kernels anew, which costs more than most checks do."""

import random
from typing import Any


def keep_kernels() -> None:
    """Have `tf.random.set_seed` throw away TensorFlow's kernels only where that can matter: for a seed that came before.

    It does so to reset kernels that hold a generator. They belong to one seed each, so a new one finds none of its
    own, and all others (matmul, add ...) hold nothing. Every check begins with a new seed.
    """
    from tensorflow.python.eager.context import Context

    seen: set[Any] = set()

    def set_seed(self: Any, seed: Any) -> None:
        self._seed, self._rng = seed, random.Random(seed)
        if seed in seen:
            self.clear_kernel_cache()
        seen.add(seed)

    Context._set_global_seed = set_seed
