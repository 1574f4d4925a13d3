"""Seeds TensorFlow without making it build all its kernels anew, which costs more than most checks do."""

import random
from typing import Any

# A kernel is kept for every variable that was ever made: after so many seeds they take more memory than they save time.
MOST = 100


def keep_kernels() -> None:
    """Have `tf.random.set_seed` throw away TensorFlow's kernels only where that can matter: for a seed that came before.

    It does so to reset kernels that hold a generator. They belong to one seed each, so a new one finds none of its
    own, and all others (matmul, add ...) hold nothing. Every check begins with a new seed. After `MOST` seeds all
    kernels go, and with them those of earlier seeds.
    """
    from tensorflow.python.eager.context import Context

    seen: set[Any] = set()

    def set_seed(self: Any, seed: Any) -> None:
        self._seed, self._rng = seed, random.Random(seed)
        if seed in seen or len(seen) == MOST:
            self.clear_kernel_cache()
            seen.clear()
        seen.add(seed)

    Context._set_global_seed = set_seed
