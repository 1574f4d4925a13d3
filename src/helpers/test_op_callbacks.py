"""What the project relies on of TensorFlow's private modules. If one of these fails, look at helpers/op_callbacks.py."""

import pytest
import tensorflow as tf

from helpers import op_callbacks

LOOK = "tensorflow.python.framework.op_callbacks or tensorflow.python.eager.context has changed: "
A = tf.constant([[1.0, 2.0]])


@pytest.fixture
def told():
    """The types of operations that a callback is told of."""
    types: list[str] = []

    def callback(op_type, inputs, attrs, outputs, op_name=None, graph=None):
        types.append(op_type)
        types.extend(op_callbacks.inside(op_type, attrs))

    op_callbacks.listen(callback)
    yield types
    op_callbacks.stop(callback)


def test_an_eager_operation_is_told(told):
    tf.nn.softmax(A)
    assert "Softmax" in told, LOOK + "callbacks are not called for eager operations"


def test_the_backward_pass_is_told(told):
    with tf.GradientTape() as tape:
        tape.watch(A)
        y = tf.tanh(A)
    tape.gradient(y, A)
    assert "TanhGrad" in told, LOOK + "callbacks are not called while a tape differentiates"


def test_an_operation_that_is_put_into_a_graph_is_told(told):
    tf.function(lambda a: tf.nn.softmax(a))(A)
    assert "Softmax" in told, LOOK + "callbacks are not called while a function is traced"


def test_a_function_that_was_traced_before_is_looked_into():
    traced = tf.function(tf.nn.softmax)
    traced(A)
    types: list[str] = []

    def callback(op_type, inputs, attrs, outputs, op_name=None, graph=None):
        types.extend(op_callbacks.inside(op_type, attrs))

    op_callbacks.listen(callback)
    traced(A)
    op_callbacks.stop(callback)
    assert "Softmax" in types, LOOK + "get_function_def does not find a function by the type of its call"


def test_a_callback_that_is_gone_is_not_listening():
    def callback(*about):
        """Listens."""

    op_callbacks.listen(callback)
    assert op_callbacks.listening(callback), LOOK + "op_callbacks does not list what listens"
    op_callbacks.stop(callback)
    assert not op_callbacks.listening(callback)
    op_callbacks.stop(callback)
