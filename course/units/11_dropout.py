# %% [markdown]
# # 11 · Dropout
#
# A network with enough units can learn any training set by heart. In this notebook you build the strangest of the cures, switching units off by the
# toss of a coin, and find out what the resulting network computes in one pass: the average of exponentially many networks, and with one hidden layer exactly.

# %% [markdown]
# ## What you will have built
#
# - `Dropout`: the lecture's layer, at home in `model.fit`, saved and loaded like any other,
# - `dropout_backward`: the backward pass with a mask, line by line,
# - `InvertedDropout`: the form that Keras uses,
# - `all_masks` and `geometric_ensemble`: all 2^H networks, and their mean,
# - two proofs, and measurements of what dropout does: to the gap between training and validation, and to the time it takes to learn.

# %% [markdown]
# ## Notation
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | m | `mask` | (N, H) | dropout mask: 1 where a unit stays, 0 where it is dropped |
# | p | `rate` | a number | probability of *dropping* a unit, as in Keras |
# | 1 − p | `keep` | a number | probability of *keeping* it |
# | p(m) | `p` | (2^H,) | probability of a whole mask |
# | g_c, Z | `g`, `Z` | (N, C), (N,) | geometric mean of networks, and what it sums to |
#
# h, W, b, a, f and g(a) are activation, weights, biases, pre-activation, output and activation function, as before; ⊙ multiplies element by element.

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · Two ways to fail
#
# Training a deep network can go wrong in two ways, and the lecture gives each its cures (48:24):
#
# | | underfitting | overfitting |
# |---|---|---|
# | what you see | the *training* loss stays high | the training loss is low, the *validation* loss is not |
# | why | gradients vanish on their way down, the optimizer is stuck | so many parameters that the training set can be learned by heart |
# | what helps | train longer, faster machines, better optimization | better regularization: weight decay, early stopping, and what follows |
#
# So look at both losses before you reach for a cure: the one for overfitting makes underfitting worse.
#
# Here is a network with two hidden layers of 128 units and 800 curves of MNIST-1D: some 23,000 parameters, 29 for each training example. `train` is
# plain mini-batch SGD with momentum; after each epoch it notes loss and accuracy on the training and on the validation set, both with
# `training=False`.

# %% tags=["experiment"]
(x_train, y_train), (x_valid, y_valid), _ = data.mnist1d()
x_few, y_few = x_train[:800], y_train[:800]


def network(D, units, C=10, between=None, bias=True):
    """ReLU layers; `between()` makes a layer to put behind each of them."""
    layers = [keras.Input((D,))]
    for H in units:
        layers.append(keras.layers.Dense(H, activation="relu", use_bias=bias))
        if between:
            layers.append(between())
    return keras.Sequential([*layers, keras.layers.Dense(C, use_bias=bias)])


def train(model, x, y, epochs, lr=0.05, size=50, valid=(x_valid, y_valid), seed=0):
    """Train a model; return training loss, validation loss, training accuracy, validation accuracy by epoch."""
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.SGD(lr, momentum=0.9)
    optimizer.build(model.trainable_variables)
    steps, x, y, (x_v, y_v) = len(x) // size, tf.constant(x), tf.constant(y), map(tf.constant, valid)

    @tf.function
    def epoch(order):
        for i in tf.range(steps):
            rows = order[i * size : (i + 1) * size]
            with tf.GradientTape() as tape:
                loss = loss_of(tf.gather(y, rows), model(tf.gather(x, rows), training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        a, a_v = model(x, training=False), model(x_v, training=False)
        right, right_v = tf.argmax(a, 1) == y, tf.argmax(a_v, 1) == y_v
        accuracies = [tf.reduce_mean(tf.cast(r, "float32")) for r in (right, right_v)]
        return tf.stack([loss_of(y, a), loss_of(y_v, a_v), *accuracies])

    rng = np.random.default_rng(seed)
    return np.array([epoch(tf.constant(rng.permutation(len(x)))) for _ in range(epochs)])


# %% [markdown]
# **Before you run the next cell:** over 60 epochs, what will the two losses do? And the two accuracies?

# %% tags=["experiment"]
guess = None  # "both", "part" or "turn"
commit(
    guess,
    {
        "both": "both losses fall, both accuracies rise",
        "part": "the validation loss rises again, and the validation accuracy falls with it",
        "turn": "the validation loss rises again, and the validation accuracy does not fall",
    },
)

keras.utils.set_random_seed(1)
alone = train(network(40, [128, 128]), x_few, y_few, epochs=60)
axes = plots.panels(2, height=3.2)
for ax, ylabel, column in zip(axes, ("loss, −log f(x)$_y$", "accuracy"), (0, 2), strict=True):
    curves = {"validation": alone[:, column + 1], "training": alone[:, column]}
    plots.lines(None, curves, xlabel="epoch", ylabel=ylabel, ax=ax)
axes[0].figure.suptitle("two hidden layers, 800 examples, no dropout", fontsize=11)
plt.show()
best = alone[:, 1].argmin()
print(
    f"validation loss lowest after epoch {best + 1}: {alone[best, 1]:.2f}, accuracy then {alone[best, 3]:.1%}"
)
print(
    f"after 60 epochs: training loss {alone[-1, 0]:.3f}, validation loss {alone[-1, 1]:.2f}; log 10 = {np.log(10):.2f}"
)
print(f"                 training accuracy {alone[-1, 2]:.1%}, validation accuracy {alone[-1, 3]:.1%}")

# %% [markdown]
# The validation loss ends *above* log 10, what a network would get that knows nothing and says so. The validation accuracy on the right does not fall with
# it; in our run it was 37 % when the loss was lowest, and 42 % at the end. It is the network's *confidence* that is out of proportion. Overfitting, then.

# %% [markdown]
# ## 2 · Toss a coin for each unit
#
# Dropout's idea is to cripple the network (50:43). At each training step each hidden unit is switched off with probability p, by multiplying its activation
# by a coin flip, 0 or 1. The usual p is one half, but it may be tuned. A unit can no longer rely on one particular other unit being there, so units do
# not *co-adapt*: each must be of use in whatever company it finds itself.
#
# $$ \text{training:}\quad h^{(k)} = g(a^{(k)}) \odot m^{(k)}, \qquad m^{(k)}_{nj} = \begin{cases} 1 & \text{with probability } 1-p \\ 0 & \text{with probability } p \end{cases} $$
#
# The coins are tossed anew for every example and every time that an example is seen (52:56). At test time nothing is dropped; instead each
# activation is multiplied by the mean of its mask, the probability of keeping (53:18):
#
# $$ \text{test:}\quad h^{(k)} = g(a^{(k)}) \, (1-p) $$
#
# so that the next layer gets, on average, what it got in training.
#
# **Where does it go?** Behind the activation of each hidden layer. Not behind the output: a class that has been dropped cannot be the answer. On the input it would
# erase what has been measured; if at all, then at a small rate such as 0.2.
#
# One practical trap. `model.fit` turns your `call` into a graph: Python and NumPy run once, while the graph is built, and TensorFlow's
# operations run at each step. A mask drawn by NumPy would be frozen into the graph. `keras.random.uniform(tf.shape(h), seed=self.seeds)` draws
# numbers in [0, 1), new ones each time, as many as h has. Take `tf.shape(h)` and not `h.shape` for it: when the graph is built the number of examples is not known, and `h.shape`
# begins with None.
#
# The coins and the mask are yours to make. `keras.layers.Dropout`, `keras.random.dropout` and `tf.nn.dropout` would do it for you; do not call any of them, neither here nor in section 4.

# %%
from solutions.dropout.dropout import Dropout

# %% [markdown]
# Eight copies of the same example go through your layer twice. White is 0.
#
# **Before you run the next cell:** how many of the 16 rows below will be alike?

# %% tags=["experiment"]
guess = None  # "all", "halves" or "none"
commit(
    guess,
    {
        "all": "all: it is one example",
        "halves": "row by row, the left is like the right",
        "none": "none, very probably",
    },
)

keras.utils.set_random_seed(2)
layer, h = Dropout(0.5), tf.ones((8, 32))
axes = plots.panels(2, height=2.2, sharey=True)
rows = []
for ax, call in zip(axes, ("first call", "second call"), strict=True):
    output = layer(h, training=True).numpy()
    rows += [tuple(row) for row in output]
    ax.imshow(output, cmap="gray_r", vmin=0, vmax=1, aspect="auto")
    plots.label(ax, "unit j", "example n", f"h ⊙ m, {call}").label_outer()
plt.show()
print(f"{len(set(rows))} different rows of 16; 2^32 = {2**32:,} are possible")
print("at test time:", np.unique(layer(h, training=False)))

# %% [markdown]
# Your layer is a Keras layer like any other: `model.fit` trains with it, and a saved model finds it again by its registered name.

# %% tags=["experiment"]
import tempfile
from pathlib import Path

keras.utils.set_random_seed(3)
model = network(40, [64], between=lambda: Dropout(0.3))
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(x_few, y_few, batch_size=50, epochs=3, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder, "model.keras"))
    loaded = keras.saving.load_model(Path(folder, "model.keras"))
print("loaded:", [layer.name for layer in loaded.layers], "with rate", loaded.layers[1].rate)
print("same answers:", np.allclose(loaded(x_valid), model(x_valid)))
print(
    "two training calls differ:",
    not np.allclose(loaded(x_valid, training=True), loaded(x_valid, training=True)),
)

# %% [markdown]
# ## 3 · The mask on the way back
#
# The mask takes part in the backward pass as well (50:43): it is one more factor between the loss and the weights. Here is the whole chain for one
# hidden layer of sigmoid units; the lecture's rules (21:30) need a single change, in the fourth line.
#
# $$
# \begin{aligned}
# \nabla_{a^{(2)}} &= -\tfrac1N\,(e(y) - f) \\
# \nabla_{W^{(2)}} &= h^{(1)\top} \nabla_{a^{(2)}}, \qquad \nabla_{b^{(2)}} = \textstyle\sum_n \nabla_{a^{(2)}} \\
# \nabla_{h^{(1)}} &= \nabla_{a^{(2)}} W^{(2)\top} \\
# \nabla_{a^{(1)}} &= \nabla_{h^{(1)}} \odot m \odot \sigma'(a^{(1)}) \\
# \nabla_{W^{(1)}} &= x^\top \nabla_{a^{(1)}}, \qquad \nabla_{b^{(1)}} = \textstyle\sum_n \nabla_{a^{(1)}}
# \end{aligned}
# $$
#
# h⁽¹⁾ = σ(a⁽¹⁾) ⊙ m is the *masked* activation throughout. Write the five lines; the check looks at each by itself, so that you know at which one it
# went wrong.

# %%
from solutions.dropout.dropout_backward import dropout_backward

# %% [markdown]
# A unit that was off has contributed nothing, so it is told nothing: its column of ∇_W⁽¹⁾ gets no share from that example, and its row of ∇_W⁽²⁾ neither.
#
# One may be tempted to mask the *pre*-activation instead, σ(a ⊙ m).
#
# **Before you run the next cell:** for which activation functions is that the same?

# %% tags=["experiment"]
guess = None  # "none", "two" or "all"
commit(
    guess,
    {"none": "for none of the three", "two": "for tanh and ReLU, not for sigmoid", "all": "for all three"},
)

rng = np.random.default_rng(4)
a, mask = tf.constant(rng.normal(size=(5, 6))), tf.constant(rng.integers(0, 2, (5, 6)) * 1.0)
for g in (tf.sigmoid, tf.tanh, tf.nn.relu):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(a)
        after, before = g(a) * mask, g(a * mask)
    forward = np.abs(after - before).max()
    backward = np.abs(tape.gradient(after, a) - tape.gradient(before, a)).max()
    print(f"{g.__name__:8} largest difference forward {forward:.2f}, backward {backward:.2f}")

# %% [markdown]
# tanh(0) and ReLU(0) are 0, so a unit whose pre-activation is 0 is off. A sigmoid's is half on. (Backward all three agree: either way the mask is a factor.)

# %% [markdown]
# ## 4 · Keras's form
#
# The lecture multiplies at test time. Most libraries move the factor: they *divide* what is kept by 1 − p in training, and leave a network at test time
# alone. That is called inverted dropout, and it is what `keras.layers.Dropout` does.
#
# $$ \text{training:}\quad h \odot m \,/\, (1-p), \qquad\qquad \text{test:}\quad h $$
#
# Either way training and test agree on average, so either is right; both at once, or neither, is not. As before, the mask's shape is `tf.shape(h)`.

# %%
from solutions.dropout.inverted_dropout import InvertedDropout

# %% [markdown]
# How bad is *neither*? Below, networks are trained with dropout at rate 0.5 in the lecture's form, on digits and on MNIST-1D. Then the test-time
# factor is left out, and once more applied twice, in both hidden layers. Half of the networks have no biases at all.
#
# **Before you run the next cell:** where will the damage show?

# %% tags=["experiment"]
guess = None  # "both", "loss" or "biases"
commit(
    guess,
    {
        "both": "in accuracy and loss, with and without biases",
        "loss": "in the loss only, with and without biases",
        "biases": "in the loss always, in the accuracy only where there are biases",
    },
)

digits, digits_valid, _ = data.digits()


class Times(keras.layers.Layer):
    """Multiplies by a number: what is left of dropout at test time."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, h):
        return h * self.factor


for task, (x, y), (x_v, y_v) in (
    ("digits", digits, digits_valid),
    ("MNIST-1D", (x_train, y_train), (x_valid, y_valid)),
):
    for bias in (True, False):
        keras.utils.set_random_seed(5)
        D = x.shape[1]
        model = network(D, [128, 128], between=lambda: Dropout(0.5), bias=bias)
        train(model, x, y, epochs=15, valid=(x_v, y_v))
        for name, factor in (("left out", 1.0), ("once", 0.5), ("twice", 0.25)):
            test_time = network(D, [128, 128], between=lambda factor=factor: Times(factor), bias=bias)
            test_time.set_weights([w.numpy() for w in model.trainable_weights])
            a = test_time(x_v)
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y_v, a)
            print(
                f"{task:8} {'with' if bias else 'without':7} biases, factor {name:8}  validation loss {float(loss):.2f}, accuracy {np.mean(np.argmax(a, 1) == y_v):.1%}"
            )

# %% [markdown]
# The *probabilities* are wrong everywhere, too sure of themselves in one case and too timid in the other. The accuracy is untouched, to the last digit, where there are no biases, and there is a
# reason: ReLU(sa) = s·ReLU(a) for s > 0, so a factor in each layer comes out at the end as one factor for all ten outputs, and the largest stays the largest. It is the **biases** that break this:
# they are added as they are, to activations twice or half as large as those that they were trained with. On digits, where one output stands far above the others, that costs at most a
# point if the factor is left out, and up to four if it comes twice (four seeds). On MNIST-1D it is 25 to 27 % instead of 43 to 51 %, and with the factor twice little more than chance. A bug can hide behind a good accuracy; the
# loss sees it.

# %% [markdown]
# ## 5 · The average of 2^H networks
#
# Why multiply by 1 − p? "On average" is a loose argument; for one hidden layer the lecture has an exact one (53:36). With H hidden units there are 2^H masks,
# and each makes a network f(m) of its own, all with the same weights. Training picks one of them at random for each example. At test time we would like the
# opinion of all, each counting as often as its mask is drawn:
#
# $$ p(m) = (1-p)^{\#1} \, p^{\,\#0}, \qquad g_c = \prod_m f_c(m)^{p(m)}, \qquad Z = \sum_c g_c, \qquad f_c = g_c / Z $$
#
# #1 and #0 count the ones and the zeros of m. The g_c are the networks' *geometric* mean. Unlike an arithmetic mean of distributions it does not sum to 1,
# so it is renormalized; Z tells how far the networks agree.
#
# Build the masks, then the mean. For small H it can be done by brute force.

# %%
from solutions.dropout.geometric_ensemble import all_masks, geometric_ensemble

# %% [markdown]
# A network with 10 hidden units learns digits with dropout. Then all 1,024 networks are asked about the 300 validation digits.
#
# **Before you run the next cell:** the largest difference between the ensemble's probabilities and those of *one* pass through the network at test time?

# %% tags=["experiment"]
guess = None  # "0.1", "0.001" or "0"
commit(guess, {"0.1": "about 0.1", "0.001": "about 0.001", "0": "none but rounding"})

keras.utils.set_random_seed(6)
small = network(64, [10], between=lambda: Dropout(0.5))
train(small, *digits, epochs=60, valid=digits_valid)

x, y = digits_valid
hidden, noise, output = small.layers
h = hidden(x).numpy().astype("float64")
W, b = (w.numpy().astype("float64") for w in output.weights)
f, Z = geometric_ensemble(W, b, h, keep=0.5)
one_pass = tf.nn.softmax(tf.cast(noise(h, training=False), "float64") @ W + b).numpy()

masks, p = all_masks(10, 0.5)
members = tf.nn.softmax((masks[:, None, :] * h) @ W + b).numpy()  # (1024, 300, 10)
arithmetic = np.tensordot(p, members, 1)
print(
    f"largest difference of the geometric ensemble from one pass at test time:  {np.abs(f - one_pass).max():.1e}"
)
print(
    f"largest difference of the arithmetic ensemble from one pass at test time: {np.abs(arithmetic - one_pass).max():.2f}"
)
right = (members.argmax(2) == y).mean(1)
for name, value in (
    ("one pass at test time", one_pass),
    ("geometric ensemble", f),
    ("arithmetic ensemble", arithmetic),
):
    print(f"{name:22} right on {np.mean(value.argmax(1) == y):.1%}")
print(f"a single member        right on {right @ p:.1%} on average, the best of all on {right.max():.1%}")

ax = plots.panels(1, width=5.6)
ax.hist(Z, bins=30, range=(0, 1), color="#bbbbbb", edgecolor="black")
plots.label(ax, "Z, what the geometric mean sums to", "validation digits", "how far 1,024 networks agree")
plt.show()

# %% [markdown]
# One pass, exactly the mean of a thousand networks, and here better than any of them. The arithmetic mean is a different thing, though it
# chooses the same class most of the time, and it would need all those passes. Z is far below 1 for most digits: the members often disagree.

# %% [markdown]
# There is a use for the other mean. **Monte Carlo dropout** (Gal and Ghahramani, 2016) leaves the coins on at test time, lets the same example pass some thirty times, and averages the *probabilities*: an
# arithmetic mean over a sample of the members. How far the passes lie apart says how unsure the network is, which one pass cannot say: a digit on which all agree and one on which half say 3
# and half say 8 may get the same answer, and deserve different trust. With your layer it is a line: `np.mean([tf.nn.softmax(small(x, training=True)) for _ in range(30)], axis=0)`. (In the
# lecture's form nothing is multiplied when the coins are on, so these passes are just what training saw.)
#
# ### Derivation: one hidden layer, exactly
#
# Let a(m) be the output pre-activation of the network with mask m, f(m) = softmax(a(m)), and let p(m) sum to 1 over all masks.
#
# 1. Take the logarithm of g_c and write it by a_c(m) and a term that does not depend on c.
# 2. Renormalize, and show that f is the softmax of the *mean pre-activation* ā = Σₘ p(m) a(m). What have you assumed about the networks?
# 3. For one hidden layer, a(m) = (m ⊙ h)W + b. Work out ā, and conclude.
# 4. In which of these steps did you need that there is one hidden layer only?
# 5. Show that Z ≤ 1. When is it 1?

# %% [markdown] derivation="one_hidden_layer_average"
# Write your derivation of the five steps into the next cell.

# %% [markdown]
# ## 6 · Deeper networks
#
# With masks in two layers the equality is lost, says the lecture (53:36); the rule is used all the same, and works. First find out on paper what goes wrong,
# on the smallest network that shows it.
#
# ### Derivation: a counter-example
#
# Take a network with two hidden layers, each with its mask, as small as you like, with weights of your choice.
#
# 1. Choose numbers and work out the renormalized geometric mean over all masks. (Step 2 of the last derivation saves most of the work.)
# 2. Work out what the test-time rule gives, and see that it differs.
# 3. Say in one sentence, and one formula, where the proof of the last section breaks.
# 4. Give a condition under which the rule is exact for a network with two hidden layers, and say why.

# %% [markdown] derivation="deep_counterexample"
# Write your counter-example and the answers to 3 and 4 into the next cell.

# %% [markdown]
# ### Measured
#
# Two hidden layers of 6 units are few enough for brute force: 64 × 64 masks, 4,096 networks. The weights are random; a scale makes them all larger or smaller.
#
# **Before you run the next cell:** how will the gap between ensemble and test-time rule behave, with a linear, a tanh and a ReLU second layer?

# %% tags=["experiment"]
guess = None  # "same", "linear" or "all"
commit(
    guess,
    {
        "same": "the same gap for all three",
        "linear": "none for the linear one, a large one for the others",
        "all": "none for all",
    },
)


def gap(g, scale, keep=0.5, H=6, C=4, N=20):
    """Largest difference in probability between the geometric mean of all networks and the test-time rule."""
    rng = np.random.default_rng(7)
    h1 = np.maximum(rng.normal(size=(N, H)), 0)
    W2, W3 = scale * rng.normal(size=(H, H)), scale * rng.normal(size=(H, C))
    b2, b3 = scale * rng.normal(size=H), scale * rng.normal(size=C)
    masks, p = all_masks(H, keep)
    h2 = g((masks[:, None, :] * h1) @ W2 + b2)  # a hidden layer for each mask of the first
    mean_a = (
        np.einsum("m,mnj->nj", p, h2) @ (np.diag(p @ masks) @ W3) + b3
    )  # the second layer's mask enters linearly
    test_time = g(keep * h1 @ W2 + b2) * keep @ W3 + b3
    return np.abs(tf.nn.softmax(mean_a) - tf.nn.softmax(test_time)).max()


scales = np.logspace(-2, 1, 13)
functions = {"ReLU": lambda a: np.maximum(a, 0), "tanh": np.tanh, "linear": lambda a: a}
gaps = {f"second layer {name}": [max(gap(g, s), 1e-17) for s in scales] for name, g in functions.items()}
plots.lines(
    scales,
    gaps,
    xlabel="scale of the weights",
    ylabel="largest gap in probability",
    logx=True,
    logy=True,
    marker=True,
    title="two hidden layers: test-time rule against all 4,096 networks",
)
plt.show()
for name, values in gaps.items():
    print(f"{name:20} gap {values[4]:.1e} at scale 0.1, {values[8]:.1e} at scale 1")

# %% [markdown]
# With a linear second layer the two agree to rounding. tanh is nearly linear near 0, so with small weights its gap vanishes fastest; a ReLU bends at 0 however small
# the weights are, and its gap shrinks only with its output. At the usual scale of weights either gap is a few hundredths of probability: for deep networks
# the rule is a good *approximation* of an ensemble, and no more.

# %% [markdown]
# ## 7 · Does it close the gap?
#
# Back to the network of section 1 that had learned 800 curves by heart. The same again with your `Dropout` at five rates, two runs each.
#
# **Before you run the next cell:** which rate will have the lowest validation loss, and which the highest validation accuracy?

# %% tags=["experiment"]
guess = None  # "0", "one", "higher loss" or "higher accuracy"
commit(
    guess,
    {
        "0": "no dropout is best at both",
        "one": "one rate in the middle is best at both",
        "higher loss": "both in the middle, and the loss prefers a higher rate than the accuracy",
        "higher accuracy": "both in the middle, and the accuracy prefers a higher rate than the loss",
    },
)

rates = (0.0, 0.2, 0.4, 0.6, 0.8)
runs = {}
for rate in rates:
    for seed in (1, 2):
        keras.utils.set_random_seed(seed)
        runs[rate, seed] = train(
            network(40, [128, 128], between=lambda rate=rate: Dropout(rate)), x_few, y_few, epochs=60
        )
last = {rate: np.mean([runs[rate, seed][-1] for seed in (1, 2)], axis=0) for rate in rates}

left, right = plots.panels(2, height=3.4)
table = np.array([last[rate] for rate in rates])
plots.lines(
    rates,
    {"validation": table[:, 1], "training": table[:, 0]},
    xlabel="rate p",
    ylabel="loss",
    marker=True,
    ax=left,
)
plots.lines(
    rates,
    {"validation": table[:, 3], "training": table[:, 2]},
    xlabel="rate p",
    ylabel="accuracy",
    marker=True,
    ax=right,
)
plt.show()
for rate in rates:
    loss, loss_v, accuracy, accuracy_v = last[rate]
    print(
        f"rate {rate}: training loss {loss:.3f}, validation {loss_v:.2f}, gap {loss_v - loss:.2f}; accuracy {accuracy:.1%}, {accuracy_v:.1%}, gap {accuracy - accuracy_v:.1%}"
    )

# %% [markdown]
# The gap closes as the rate grows, in both pictures, and that is what regularization promises. But look at *how* the accuracy gap closes: for the most part the
# training curve comes down, and the validation curve goes up by a few points at best. Closing the gap is not the aim; a low validation *loss* or a high
# validation *accuracy* is, and the two do not prefer the same rate: over five seeds the loss was lowest at 0.6 each time (1.49 against 3.60 without dropout), the accuracy highest at 0.2 or 0.4
# (46 to 47 % on average, against 42 %), and at 0.6 it had lost three points again. More dropout makes a network less sure of itself long after it has stopped making it better. At the high end it underfits:
# the cure for one illness is the cause of the other.

# %% [markdown]
# ## 8 · Does it take twice as long?
#
# With dropout training takes about twice as many epochs, says the lecture (53:36). Each step updates only about half of the units, and the gradient is noisier.
# What does it mean to be done, though? Here: when the network at test time is right on 99 % of the training set, or when its training loss is
# below 0.1.
#
# **Before you run the next cell:** by what factor does dropout at rate 0.5 lengthen training on 300 digits?

# %% tags=["experiment"]
guess = None  # "less", "two" or "more"
commit(
    guess,
    {
        "less": "less than 1.5, whatever the measure",
        "two": "about 2, whatever the measure",
        "more": "it depends on the measure",
    },
)


def epochs_to_fit(rate, seed):
    """Epochs until 99 % of the training set are right, and until the training loss is below 0.1."""
    keras.utils.set_random_seed(seed)
    model = network(64, [256], between=lambda: Dropout(rate))
    seen = train(model, digits[0][:300], digits[1][:300], epochs=60, valid=digits_valid, seed=seed)
    return [
        1 + np.argmax(reached) if reached.any() else np.nan
        for reached in (seen[:, 2] >= 0.99, seen[:, 0] < 0.1)
    ]


measured = {rate: np.array([epochs_to_fit(rate, seed) for seed in (1, 2, 3)]) for rate in (0.0, 0.25, 0.5)}
for rate, epochs in measured.items():
    accuracy, loss = epochs.mean(0)
    factor = epochs.mean(0) / measured[0.0].mean(0)
    print(
        f"rate {rate:4}: 99 % right after {accuracy:4.1f} epochs (× {factor[0]:.1f}), loss below 0.1 after {loss:4.1f} (× {factor[1]:.1f})"
    )
print("single runs at rate 0.5, 99 % right:", measured[0.5][:, 0], "against", measured[0.0][:, 0])

# %% [markdown]
# Over six seeds "about twice" was a fair rule of thumb for the accuracy at rate 0.5 (2.1), and too low for the loss (2.5): the regularized network
# fits the classes in twice the time, but it is never in a hurry to be sure. At smaller rates it takes less. A network that needs more patience also
# needs early stopping (36:49) with a longer look-ahead.

# %% [markdown]
# ## What to take away
#
# - Look at training *and* validation loss first: better optimization against underfitting, better regularization against overfitting.
# - Dropout multiplies each hidden unit by a coin flip of its own, new for every example and call, forward and backward; at test time by the probability of keeping.
# - Keras divides in training instead. Scale once; a wrong scale hides from the accuracy.
# - With one hidden layer the test-time network *is* the renormalized geometric mean of all 2^H networks; with more it is an approximation.
# - Dropout closes the gap between training and validation, for more epochs of training; whether it improves the validation score is for an experiment to say.
#
# **Next:** unit 12 normalizes what every layer gets. Deep networks then learn faster, and are regularized a little by accident.
