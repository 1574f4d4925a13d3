"""What an optimizer of one's own is made from: Keras's, which finds a variable's place by a public name.

The unit's first cell defines the same, so that an answer can be read without this file.
"""

from typing import Any

import keras


class Optimizer(keras.optimizers.Optimizer):
    """Keras's optimizer, and which of its variables one is."""

    def index_of(self, variable: Any) -> int:
        """Tell which of the variables that `build` saw a variable is.

        Args:
            variable: as `update_step` gets it, which may be another object than `build` saw.
        Returns:
            Its place in the list, from 0.
        """
        return self._get_variable_index(variable)
