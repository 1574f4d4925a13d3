# %% [markdown]
# # 4 · Loss and backpropagation
#
# How wrong was the network, and which of its weights are to blame? In this notebook you derive the answer line by line, check every line by
# machine, and write backpropagation for a network of any depth without a tape. Then you find out which layers it does not reach.

# %% [markdown]
# ## What you will have built
#
# - the gradient at the output in the three steps of its derivation, each checked,
# - `softmax_nll`: a loss with a gradient of your own, which Keras's `fit` trains with,
# - `layer_backward` and `activation_backward`: back through a = hW + b and through h = g(a),
# - `mlp_backward`: loss and all gradients of a network of any depth, with no tape,
# - a picture of how gradients fade in deep networks of sigmoid, tanh and ReLU units, and of what that does to learning.

# %% [markdown]
# ## Notation
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | x, h⁽ᵏ⁾ | `x`, `h` | (N, D), (N, H) | input, activation: one example a row |
# | a⁽ᵏ⁾ | `a` | (N, H) | pre-activation, a⁽ᵏ⁾ = h⁽ᵏ⁻¹⁾W⁽ᵏ⁾ + b⁽ᵏ⁾ |
# | g, g′ | `g`, `dg` | | activation function and its derivative |
# | f(x) | `f` | (N, C) | output, softmax(a) |
# | y, e(y) | `y`, `onehot` | (N,), (N, C) | class index, one-hot vector |
# | L | `loss` | a number | the loss, a mean over the batch |
# | ∇ₐ, ∇_W, ∇_b, ∇ₕ | `da`, `dW`, `db`, `dh` | as the value | gradient of the loss with respect to it |

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · The loss
#
# The network's output f(x) is a distribution over the classes. We want the correct class y to be probable, so we minimize (16:10)
#
# $$ L = -\log f(x)_y , $$
#
# the *negative log-likelihood*. It is 0 when the network is certain and right, and grows without bound when it is certain and wrong. It is also the
# *cross-entropy* between the distribution f and the one-hot distribution e(y): in −Σ_c e(y)_c log f_c only the term of the correct class is left.
#
# Why the logarithm? The lecture gives two reasons: numbers that stay within bounds, and better gradients. To see the second, take two classes, and let
# the correct one lag behind by a margin m = a_other − a_y. Compare the logarithm with the plain −f_y, which is minimal at the same place.
#
# **Before you run the next cell:** the network is certain and wrong (m = 8). Which of the two losses pushes the correct class up harder?

# %% tags=["experiment"]
guess = None  # "plain", "log" or "same"
commit(guess, {"plain": "-f_y", "log": "-log f_y", "same": "both the same"})

m = tf.constant(np.linspace(-8, 8, 200), "float32")
with tf.GradientTape(persistent=True) as tape:
    tape.watch(m)
    f_y = tf.sigmoid(-m)  # softmax of two classes, of which the correct one lags behind by m
    losses = {"$-f_y$": -f_y, r"$-\log f_y$": -tf.math.log(f_y)}
axes = plots.panels(2)
plots.lines(m, losses, xlabel="margin m", ylabel="loss", ax=axes[0])
slopes = {name: tape.gradient(loss, m) for name, loss in losses.items()}
plots.lines(m, slopes, xlabel="margin m", ylabel="slope: the push on $a_y$", ax=axes[1])
plt.show()
print("slope at m = 8: ", {name: f"{slope[-1]:.4f}" for name, slope in slopes.items()})

# %% [markdown]
# The plain probability is flat where the network is most wrong: nothing to learn from the worst mistakes. The logarithm cancels the flatness of
# softmax exactly. That cancellation is what you derive now.

# %% [markdown]
# ## 2 · The gradient at the output, in three steps
#
# The lecture's result (19:20) fits on a line:
#
# $$ \nabla_a L = -\bigl(e(y) - f(x)\bigr) . $$
#
# Behind it are two derivatives and the chain rule. Write each as a function for **one** example: the loss by the probabilities; the probabilities by the
# pre-activations, a (C, C) matrix, since each f_c depends on every a_k; and both together. The checks tell you at which line a derivation went wrong.
#
# One example in numbers: three classes, f = (0.2, 0.7, 0.1), and class 0 is correct.
#
# | step | in numbers |
# |---|---|
# | 1. ∂L/∂f | (−1/0.2, 0, 0) = (−5, 0, 0) |
# | 2. first row of ∂f/∂a, that of f₀ | (0.2·0.8, −0.2·0.7, −0.2·0.1) = (0.16, −0.14, −0.02) |
# | 3. ∂L/∂a = step 1 times the rows of step 2 | −5 · (0.16, −0.14, −0.02) = (−0.8, 0.7, 0.1) |
#
# And indeed −(e(y) − f) = −(1 − 0.2, −0.7, −0.1). In step 1 only f_y is divided by: where some *other* f_c is 0, ∂L/∂f_c is still 0, not 0/0. Where f_y itself is 0 the loss is infinite, and so is its slope;
# step 3 has no such trouble.

# %%
from solutions.loss_and_backpropagation.output_gradient import df_da, dloss_da, dloss_df

# %% [markdown]
# How do you know that a gradient is right? Move one pre-activation a little to both sides and see what the loss does, as unit 1 did with slopes. That takes a line. It is slow, and no use for
# training, but it knows nothing of your derivation. (Unit 5 makes a tool of it, and says why these numbers are float64.)

# %% tags=["experiment"]
a, y, eps = np.log([0.2, 0.7, 0.1]), 0, 1e-6


def loss_at(a):
    return -np.log(np.exp(a)[y] / np.exp(a).sum())


measured = [(loss_at(a + eps * e) - loss_at(a - eps * e)) / (2 * eps) for e in np.eye(3)]
f = tf.nn.softmax(tf.constant(a))
print("measured by small steps:       ", np.round(measured, 6))
print("dloss_da, the formula:         ", np.round(dloss_da(f, y), 6))
print(
    "dloss_df times df_da, in steps:",
    np.round(tf.linalg.matvec(df_da(f), dloss_df(f, y), transpose_a=True), 6),
)

# %% [markdown]
# ### Derivation: through the output
#
# Let f = softmax(a) and L = −log f_y for one example. The docstrings above give away the results of the first three points; here the way to them counts.
#
# 1. Find ∂L/∂f_c for every class c.
# 2. Find ∂f_c/∂a_k for c = k and for c ≠ k.
# 3. Combine both by the chain rule into ∂L/∂a_k.
# 4. Say in words what a step against this gradient does to the correct class and to each other class. What do the entries sum to, and why?
# 5. For a batch, L is the mean over N examples. What changes?

# %% [markdown] derivation="through_the_output"
# Write your answer to the five points into the next cell. Formulas may be plain text or LaTeX between dollar signs.

# %% [markdown]
# ### Seen on digits
#
# A small network is trained for a moment, so that it is still unsure. For three digits that it finds hard, the bars show the **push** on each class, −∇ₐ:
# where a step against the gradient moves the pre-activations.
#
# **Before you run the next cell:** a digit of class 8 is given f₈ = 0.3, f₁ = 0.5 and all others together 0.2. Which class is pushed down hardest, and how hard?

# %% tags=["experiment"]
guess = None  # "1", "8" or "all"
commit(guess, {"1": "class 1, by 0.5", "8": "class 8, by 0.7", "all": "all nine wrong classes, equally"})

(x_train, y_train), (x_valid, y_valid), (x_test, y_test) = data.digits()
keras.utils.set_random_seed(3)
model = keras.Sequential(
    [keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(10, activation="softmax")]
)
model.compile(keras.optimizers.SGD(0.2), loss="sparse_categorical_crossentropy")
model.fit(x_train, y_train, batch_size=32, epochs=4, verbose=0)
f = model(x_valid).numpy()
hard = np.argsort(f[np.arange(len(f)), y_valid])[[5, 15, 25]]

axes = plots.panels(3, 2, height=4, height_ratios=[2, 3])
for column, n in enumerate(hard):
    push = -np.asarray(dloss_da(tf.constant(f[n]), int(y_valid[n])))
    image, bars = axes[0, column], axes[1, column]
    image.imshow(x_valid[n].reshape(8, 8), cmap="gray_r")
    image.set_title(f"y = {y_valid[n]}, $f_y$ = {f[n, y_valid[n]]:.2f}", fontsize=10)
    image.axis("off")
    bars.bar(
        range(10), push, color=["0.2" if c == y_valid[n] else "0.75" for c in range(10)], edgecolor="black"
    )
    bars.axhline(0, color="black", linewidth=0.8)
    bars.set_xticks(range(10))
    bars.set_ylim(-1, 1)
    plots.label(bars, "class c", r"push, $-\nabla_a$" if column == 0 else "")
plt.show()

# %% [markdown]
# The correct class, black, is raised by what it lacks, 1 − f_y; each other is lowered by its probability; and the bars of each digit sum to 0.

# %% [markdown]
# ## 3 · A loss with a gradient of its own
#
# Multiplying the three steps out in numbers would be a bad idea: once a probability has become 0, −1/f_y is infinite and the product is nan. On paper the
# f_y cancels. So the loss should be *one* operation that computes log f without f, and whose gradient is the simplified line:
#
# $$ L = \frac1N \sum_n -\log f_{n, y_n}, \qquad \log f = a - \max a - \log \textstyle\sum_c e^{a_c - \max a}, \qquad \nabla_a L = -\frac{1}{N}\bigl(e(y) - f\bigr) . $$
#
# `@tf.custom_gradient` lets you say to TensorFlow's tape: *for this operation do not differentiate my code, ask me*. The smallest example that there is:


# %% tags=["experiment"]
@tf.custom_gradient
def square(a):
    """a², with a gradient of its own: a pair of the value and a function."""

    def slopes(upstream):
        print("  asked for the gradient; upstream is", upstream.numpy())
        return upstream * 2 * a

    return a * a, slopes


a = tf.constant(3.0)
with tf.GradientTape() as tape:
    tape.watch(a)
    loss = 10 * square(a)
print("gradient:", tape.gradient(loss, a).numpy(), "= 10 · 2 · 3")

# %% [markdown]
# What stands behind the operation, here 10 ·, reaches it as `upstream`, and has to be multiplied by; that is the chain rule. With two arguments `slopes` would return a pair; the classes y have no gradient, so theirs is None.
#
# Two things before you write the loss. Its 1/N is the number of examples *of this batch*, and while `fit` builds its graph that number is unknown: `a.shape[0]` is None. `tf.shape(a)[0]` is an
# operation that gives it at run time, an integer, to be cast to a's dtype. And y may come as int32 or int64.

# %%
from solutions.loss_and_backpropagation.softmax_nll import softmax_nll

# %% [markdown]
# Somebody forgot to scale the pixels: they reach the network 100 times too large. One network learns with your loss, and one with the same formula written in
# the obvious way, softmax first and its logarithm afterwards.
#
# **Before you run the next cell:** what will become of the obvious one?

# %% tags=["experiment"]
guess = None  # "same", "worse" or "nan"
commit(
    guess, {"same": "it learns the same", "worse": "it learns, but worse", "nan": "its weights become nan"}
)


def your_loss(y, a):
    return softmax_nll(a, tf.cast(tf.reshape(y, [-1]), "int64"))


def obvious_loss(y, a):
    f = tf.nn.softmax(a)
    return -tf.reduce_mean(tf.math.log(tf.gather(f, tf.cast(tf.reshape(y, [-1]), "int64"), batch_dims=1)))


for loss in (your_loss, obvious_loss):
    keras.utils.set_random_seed(4)
    model = keras.Sequential([keras.layers.Dense(10)])
    model.compile(keras.optimizers.SGD(0.01), loss=loss)
    run = model.fit(100 * x_train, y_train, batch_size=64, epochs=5, verbose=0)
    a = model(100 * x_valid).numpy()
    print(
        f"{loss.__name__:>12}: loss by epoch {np.round(run.history['loss'], 1)}, right on {np.mean(a.argmax(1) == y_valid):.0%}"
    )

# %% [markdown]
# Your loss is large and finite, and no entry of its ∇ₐ exceeds 1/N in size, however wrong the network is: it recovers. One infinite loss is enough to end the other for good, and
# what is left always answers class 0.

# %% [markdown]
# ## 4 · Back through a layer
#
# From ∇ₐ at a layer's pre-activation three gradients follow (21:30). The lecture writes one example as a column:
#
# $$ \nabla_{W^{(k)}} = \nabla_{a^{(k)}}\, h^{(k-1)\top}, \qquad \nabla_{b^{(k)}} = \nabla_{a^{(k)}}, \qquad \nabla_{h^{(k-1)}} = W^{(k)\top} \nabla_{a^{(k)}} . $$
#
# With one example a row, and a whole batch of them, the factors change places, and what the examples share is summed over them:
#
# $$ dW = h^\top da, \qquad db = \textstyle\sum_n da_n, \qquad dh = da\, W^\top . $$

# %%
from solutions.loss_and_backpropagation.layer_backward import layer_backward

# %% [markdown]
# A network with no hidden layer begins with all its weights at 0, so it gives every class 1/10. Its 64 × 10 weights get their first gradient; the column of each
# class can be looked at as an image.
#
# **Before you run the next cell:** what will the step on the weights of class 3, −dW, look like?

# %% tags=["experiment"]
guess = None  # "noise", "digit" or "same"
commit(guess, {"noise": "noise", "digit": "a 3", "same": "the same for all classes"})

onehot = np.eye(10, dtype="float32")[y_train]
da = -(onehot - 0.1) / len(x_train)
dW, db, dh = layer_backward(tf.constant(da), tf.constant(x_train), tf.zeros((64, 10)))
axes = plots.images(-np.transpose(dW), titles=[f"class {c}" for c in range(10)], columns=5)
most = np.abs(dW).max()
for ax in axes:
    ax.images[0].set_clim(-most, most)  # one scale for all ten, with 0 in the middle
plt.show()
print(f"from white to black: {-most:.3f} to {most:.3f}")

# %% [markdown]
# Dark pixels go up, white ones down, and grey ones, as at the left and right edge, stay. hᵀ da adds up the images of the class, with weight 0.9, and takes away those of the others, with weight 0.1: the first step
# already draws the digits.

# %% [markdown]
# ## 5 · Back through an activation
#
# A hidden layer's activation works on each unit alone, so its gradient is multiplied unit by unit by the slope of g (21:30, 24:30):
#
# $$ da = dh \odot g'(a), \qquad \sigma' = \sigma (1 - \sigma), \qquad \tanh' = 1 - \tanh^2, \qquad \mathrm{ReLU}' = 1_{a > 0} . $$
#
# Mind where the slope is taken: at the pre-activation **a**. That it can be *computed* from h is a convenience, and a trap: h(1 − h) and 1 − h² are formulas for the **activation**. Your function is handed a,
# so a(1 − a) or 1 − a² would be wrong. At a = 2, for instance, tanh′(2) = 1 − tanh²(2) = 0.07, and 1 − a² = −3: a slope of the wrong sign.

# %%
from solutions.loss_and_backpropagation.activation_backward import activation_backward

# %% [markdown]
# **Before you run the next cell:** which share of a gradient does a sigmoid unit let through at best?

# %% tags=["experiment"]
guess = None  # "1", "1/2" or "1/4"
commit(guess, {"1": "all of it", "1/2": "half", "1/4": "a quarter"})

a = tf.constant(np.linspace(-6, 6, 401), "float32")
slopes = {f"{g}′": activation_backward(tf.ones_like(a), a, g) for g in ("sigmoid", "tanh", "relu")}
plots.lines(a, slopes, xlabel="pre-activation a", ylabel="slope g′(a)")
plt.show()
for a in (-10.0, 0.0, 10.0):
    through = {
        g: float(activation_backward(tf.constant(1.0), tf.constant(a), g))
        for g in ("sigmoid", "tanh", "relu")
    }
    print(f"a = {a:5}: " + ", ".join(f"{g} passes {value:.1e}" for g, value in through.items()))

# %% [markdown]
# A saturated sigmoid or tanh passes almost nothing. A ReLU passes all or nothing: if a unit is below 0 for *every* example, its gradient is exactly 0, and no
# step will ever bring it back. Such a unit is called dead (24:30).

# %% [markdown]
# ### Derivation: through a layer
#
# A layer computes a_j = Σᵢ hᵢ W_ij + b_j; below it stands hᵢ = g(a′ᵢ), where a′ is the pre-activation of the layer below. Let ∂L/∂a_j be known.
#
# 1. Find ∂L/∂W_ij, and write it as a matrix product.
# 2. Find ∂L/∂b_j.
# 3. Find ∂L/∂hᵢ. Where does the sum come from, and where the transpose?
# 4. Find ∂L/∂a′ᵢ.
# 5. For a batch: which of these gradients are sums over the examples, which are not, and why? Where does the 1/N of the mean enter?
# 6. Show that σ′ = σ(1 − σ) and tanh′ = 1 − tanh², and say what a saturated unit and a ReLU below 0 do to the gradient of the layers below.

# %% [markdown] derivation="through_a_layer"
# Write your answer to the six points into the next cell. Formulas may be plain text or LaTeX between dollar signs.

# %% [markdown]
# ## 6 · A whole network, with no tape
#
# Backpropagation is these pieces in a loop. Forward: keep every a and every h. Backward: start with −(e(y) − f)/N; then for each layer, the last
# first: dW, db and dh, and with g′ on to the layer below.
#
# Most mistakes here are an index off by one. Three layers, two of them hidden; read the backward columns from the bottom up:
#
# | layer k | forward | dW, db need | dh goes to | on the way down it meets |
# |---|---|---|---|---|
# | 1 | a⁽¹⁾ = xW⁽¹⁾ + b⁽¹⁾, h⁽¹⁾ = g(a⁽¹⁾) | x = h⁽⁰⁾ and da⁽¹⁾ | nobody: x is no parameter | |
# | 2 | a⁽²⁾ = h⁽¹⁾W⁽²⁾ + b⁽²⁾, h⁽²⁾ = g(a⁽²⁾) | h⁽¹⁾ and da⁽²⁾ | dh⁽¹⁾ = da⁽²⁾W⁽²⁾ᵀ | g′(a⁽¹⁾) makes da⁽¹⁾ of it |
# | 3 | a⁽³⁾ = h⁽²⁾W⁽³⁾ + b⁽³⁾, f = softmax(a⁽³⁾) | h⁽²⁾ and da⁽³⁾ = −(e(y) − f)/N | dh⁽²⁾ = da⁽³⁾W⁽³⁾ᵀ | g′(a⁽²⁾) makes da⁽²⁾ of it |
#
# So layer k multiplies by what came *into* it, h⁽ᵏ⁻¹⁾, and by its own W⁽ᵏ⁾; the slope is that of the layer *below*, at a⁽ᵏ⁻¹⁾. In lists that count from 0 the names move by one, and it pays to write on paper first what
# `pre[0]` and `act[0]` are.
#
# Networks in training do get to large pre-activations, here as well: e to an a of 1000 is infinite, and ∞/∞ is no number. Subtract the largest of each row before you exponentiate, as in `softmax_nll`.

# %%
from solutions.loss_and_backpropagation.mlp_backward import mlp_backward


# %% tags=["experiment"]
def random_params(sizes, seed, scale=1.0):
    """Glorot's uniform weights (unit 7 says why), times `scale`, and biases 0."""
    rng = np.random.default_rng(seed)
    params = []
    for k in range(1, len(sizes)):
        bound = scale * np.sqrt(6 / (sizes[k - 1] + sizes[k]))
        W = rng.uniform(-bound, bound, size=(sizes[k - 1], sizes[k]))
        params.append((tf.constant(W, "float32"), tf.zeros(sizes[k])))
    return params


params = random_params([64, 32, 32, 10], seed=0)
x, y = tf.constant(x_train[:100]), tf.constant(y_train[:100])
loss, grads = mlp_backward(params, x, y, g="relu")
with tf.GradientTape() as tape:
    tape.watch(params)
    h = x
    for W, b in params[:-1]:
        h = tf.nn.relu(h @ W + b)
    expected = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(y, h @ params[-1][0] + params[-1][1])
    )
for k, ((dW, db), (tW, tb)) in enumerate(zip(grads, tape.gradient(expected, params), strict=True), 1):
    print(
        f"layer {k}: largest difference from tf.GradientTape {np.abs(dW - tW).max():.1e} in dW, {np.abs(db - tb).max():.1e} in db"
    )

# %% [markdown]
# ## 7 · Which layers does the gradient reach?
#
# On its way down the gradient is multiplied by Wᵀ and g′ at every layer. If each pair makes it a little smaller, that adds up, and the layers next to
# the input learn nothing (24:30; the lecture comes back to it at 48:24). Below: networks with ten hidden layers of 64 units, on 200 digits, before any training.
#
# **Before you run the next cell:** how much smaller is dW in the first layer of the sigmoid network than in its last?

# %% tags=["experiment"]
guess = None  # "10", "1000" or "million"
commit(
    guess, {"10": "about ten times", "1000": "about a thousand times", "million": "a million times or more"}
)

x, y = tf.constant(x_train[:200]), tf.constant(y_train[:200])


def norms(depth, g, seeds=5):
    """The norm of dW in each layer, its geometric mean over several networks."""
    runs = [
        mlp_backward(random_params([64] + [64] * depth + [10], seed), x, y, g)[1] for seed in range(seeds)
    ]
    return np.exp(np.mean([[np.log(np.linalg.norm(dW)) for dW, _ in grads] for grads in runs], axis=0))


axes = plots.panels(2, height=3.6)
by_layer = {g: norms(10, g) for g in ("sigmoid", "tanh", "relu")}
plots.lines(
    None,
    by_layer,
    xlabel="layer k, from the input",
    ylabel=r"norm of $\nabla_W$",
    logy=True,
    marker=True,
    title="ten hidden layers",
    ax=axes[0],
)
depths = (1, 2, 4, 6, 8, 10, 12)
first = {g: [norms(depth, g, seeds=3)[0] for depth in depths] for g in by_layer}
plots.lines(
    depths,
    first,
    xlabel="hidden layers",
    ylabel=r"norm of $\nabla_W$ in layer 1",
    logy=True,
    marker=True,
    title="the first layer",
    ax=axes[1],
)
plt.show()
for g, values in by_layer.items():
    print(f"{g:>8}: norm in the last layer / norm in the first = {values[-1] / values[0]:.2g}")

# %% [markdown]
# The sigmoid's slope is at most ¼, and ¼ ten times over is 10⁻⁶. Tanh and ReLU spread the gradient evenly over their layers. (That the ReLU network's falls
# with depth as a whole is a matter of its initial weights, which are made for tanh; unit 7.)
#
# So far hardly a unit was saturated. There are two ways to saturate the tanh network: larger weights, or larger biases.
#
# **Before you run the next cell:** what happens to the gradient of its first layer, as more and more units saturate?

# %% tags=["experiment"]
guess = None  # "shrinks", "grows" or "depends"
commit(
    guess,
    {
        "shrinks": "it shrinks either way: saturated units pass nothing",
        "grows": "it grows either way",
        "depends": "it grows with the weights and shrinks with the biases",
    },
)


def saturate(weights=1.0, biases=0.0, depth=10, seed=0):
    rng = np.random.default_rng(seed)
    params = random_params([64] + [64] * depth + [10], seed, weights)
    return [(W, tf.constant(biases * rng.choice([-1.0, 1.0], size=len(b)), "float32")) for W, b in params]


def first_norm_and_saturation(params):
    h = x
    for W, b in params[:-1]:
        h = tf.tanh(h @ W + b)
    dW = mlp_backward(params, x, y, "tanh")[1][0][0]
    return np.linalg.norm(dW), np.mean(np.abs(h) > 0.99)


by_weights = [first_norm_and_saturation(saturate(weights=scale)) for scale in (1, 1.5, 2, 3, 4, 6, 8)]
by_biases = [first_norm_and_saturation(saturate(biases=size)) for size in (0, 0.5, 1, 1.5, 2, 2.5, 3)]
ax = plots.panels(1, width=6)
for i, (name, found) in enumerate(
    {"larger weights, × 1 to 8": by_weights, "larger biases, 0 to ±3": by_biases}.items()
):
    norm, saturated = np.transpose(found)
    ax.plot(saturated, norm, label=name, **plots.style(i, marker=True))
ax.legend(frameon=False)
plots.label(ax, "share of the top layer's units with |h| > 0.99", r"norm of $\nabla_W$ in layer 1", logy=True)
plt.show()

# %% [markdown]
# Saturation by biases does what the lecture says: the gradient dies. Larger weights saturate as many units, and yet the gradient *grows*: on its way down it
# meets the same large weights again, as Wᵀ, and at the units that are not saturated they win. A gradient a thousand times too large is no better to learn
# with than one a thousand times too small. Unit 7 looks for weights between the two.

# %% [markdown]
# ## 8 · What it does to learning
#
# Your backward pass can train. Three networks with six hidden layers, equal but for their activation function, take the same steps θ ← θ − α∇L on the same batches.
#
# **Before you run the next cell:** after eight epochs, how often will the *sigmoid* network be right on the validation set?

# %% tags=["experiment"]
guess = None  # "tenth", "half" or "most"
commit(
    guess,
    {
        "tenth": "about one time in ten, as by chance",
        "half": "about half of the time",
        "most": "more than nine times in ten",
    },
)


def train(g, lr=0.15, epochs=8, batch=48):
    params, losses, rng = random_params([64] + [48] * 6 + [10], seed=1), [], np.random.default_rng(2)
    for _ in range(epochs):
        shuffled = rng.permutation(len(x_train))
        for start in range(0, len(shuffled), batch):
            rows = shuffled[start : start + batch]
            loss, grads = mlp_backward(params, tf.constant(x_train[rows]), tf.constant(y_train[rows]), g)
            params = [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, grads, strict=True)]
            losses.append(float(loss))
    return params, losses


def right(params, g):
    h = x_valid
    for W, b in params[:-1]:
        h = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}[g](h @ W + b)
    a = h @ params[-1][0] + params[-1][1]
    return np.mean(np.argmax(a, axis=1) == y_valid)


curves = {}
for g in ("sigmoid", "tanh", "relu"):
    trained, losses = train(g)
    curves[f"{g}, right on {right(trained, g):.0%}"] = np.convolve(losses, np.ones(10) / 10, "valid")
ax = plots.lines(
    None,
    curves,
    xlabel="step",
    ylabel="loss, mean of ten batches",
    title="six hidden layers, trained by your own backward pass",
)
ax.legend(frameon=False, loc="upper right", bbox_to_anchor=(1, 0.92))
plt.show()

# %% [markdown]
# Over three starts the sigmoid network was right on 9 to 12 % of the digits, as by chance, tanh on 95 to 96 %, ReLU on 82 to 93 %. The sigmoid network has the same number of weights and the same correct gradient. It does not lack information, it lacks *size*: its lower layers stay where
# chance put them, and the upper ones find nothing in what comes through. Units 7, 11 and 12 are about remedies.

# %% [markdown]
# ## What to take away
#
# - The loss is −log f(x)_y, the cross-entropy with the one-hot distribution (16:10). Its logarithm cancels the flatness of softmax.
# - At the output ∇ₐ = −(e(y) − f): the correct class is raised by 1 − f_y, each other lowered by its probability (19:20).
# - A layer gives dW = hᵀ da, db = Σ da, dh = da Wᵀ; an activation multiplies by g′(a). What is shared by the examples is summed; 1/N enters once (21:30).
# - Compute on paper what cancels on paper. Softmax and loss in one operation, with each row's maximum taken off, cannot overflow.
# - Slopes multiply: saturated units pass almost nothing, dead ReLUs nothing at all, and ten sigmoids leave a millionth (24:30).
#
# **Next:** a gradient that is a little wrong still learns something, and nobody notices. Unit 5 finds such faults.
