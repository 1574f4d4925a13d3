# %% [markdown]
# # 1 · Forward propagation
#
# A neural network turns numbers into a decision: sixty-four pixels into "this is a 7". In this notebook you build every piece of that, from the
# single unit to a network that reads handwritten digits, and you see what each piece can and cannot do before anything has been learned.

# %% [markdown]
# ## What you will have built
#
# - `sigmoid`, `tanh` and `relu`, which stay finite whatever comes in,
# - `Dense`, a Keras layer that computes a pre-activation and can be trained, saved and loaded,
# - `stable_softmax`, which turns any numbers into a distribution,
# - `MLP`, a network with as many hidden layers as you like, and `predict`, which reads its decision,
# - two proofs on paper, and a network of your own at work on the digits.
#
# The times in brackets, like (3:17), say where in Hugo Larochelle's lecture *Foundations of Deep Learning* a thing is explained: minutes and seconds.

# %% [markdown]
# ## How this notebook works
#
# Each exercise is a cell to complete and, below it, a cell that checks it. The check shows a card: what passes, what your code gave where
# something else was expected, and, if the numbers are those of a known misunderstanding, which one. Run it as often as you like; it costs nothing.
#
# Cells with experiments are yours to change. Some begin with a guess: make it *before* you run the cell. Until you have, the cell runs but keeps what
# comes out to itself, also under *Run All*. Being wrong there is how the experiment pays.

# %% [markdown]
# ## Notation
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | x, h⁽⁰⁾ | `x` | (N, D) | input, one example a row |
# | a⁽ᵏ⁾ | `a` | (N, H) | pre-activation of layer k |
# | h⁽ᵏ⁾ | `h` | (N, H) | activation of layer k |
# | W⁽ᵏ⁾, b⁽ᵏ⁾ | `W`, `b` | (H_in, H_out), (H_out,) | weights, biases |
# | g | `g` | | activation function of the hidden layers |
# | f(x) | `f` | (N, C) | output: probabilities of the C classes |
#
# The lecture writes *one* example as a column, so that its pre-activation is Wx + b. Programs handle N examples at once, as the rows of a matrix, and
# W changes sides: a = xW + b. Keras's W is the transpose of the lecture's. That is the only difference; unit 4, where gradients change sides as well, comes back to it.

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
import json
import tempfile
import zipfile
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · Activation functions
#
# A unit computes in two steps (3:17). Its **pre-activation** a is a weighted sum of what comes in, plus a bias. Its **activation** is g(a), for some
# function g that bends. The lecture has three of them:
#
# $$ \sigma(a) = \frac{1}{1 + e^{-a}} \;(4{:}50), \qquad \tanh(a) = \frac{e^a - e^{-a}}{e^a + e^{-a}} \;(5{:}26), \qquad \mathrm{ReLU}(a) = \max(0, a) \;(5{:}42). $$
#
# The sigmoid squashes into (0, 1) and tanh into (−1, 1); ReLU has no ceiling, and is *exactly* 0 below 0.
#
# Formulas are for real numbers; programs have floats. In float32, e⁸⁹ is already infinite, and ∞/∞ is not a number. Even where the value
# survives, as 1/(1 + ∞) = 0 does, its slope may end as 0·∞. Far from 0 your sigmoid should give 0 or 1, your tanh −1 or 1, and both a slope of 0.
# One fact is enough for that: e to a power that is *never positive* cannot overflow.
#
# Networks made of these functions will be trained, and training needs their slopes. TensorFlow finds a slope by going through your program, operation by
# operation; what NumPy computes has none any more. That has three traps, and each leaves the *value* right:
#
# - **`tf.where(condition, u, v)` computes u and v for every a** and chooses afterwards. On the way back the one that was not chosen is multiplied by 0, and if
#   its slope is infinite, 0·∞ is no number. So choose *before* the dangerous operation: not `tf.where(c, f(u), f(v))` but `f(tf.where(c, u, v))`.
# - **At a corner TensorFlow has to take some slope**: 0 for `tf.abs` at 0, and what it takes for a minimum or maximum depends on the order of the arguments. A sigmoid has
#   no corner, and its slope at a = 0 is ¼ (tanh: 1). Write it with a corner inside, such as |a|, and TensorFlow puts together what does not fit.
# - **A root has an infinite slope at 0**, so √(a²), which *is* |a|, ends as 0·∞ as well.
#
# a = 0 is no rare case: biases start there, and pixels are 0 more often than not. Here are the three, on functions that you need not write:


# %% tags=["experiment"]
def slope_at(a, f):
    """The slope that TensorFlow finds for f at one number a."""
    a = tf.constant(float(a))
    with tf.GradientTape() as tape:
        tape.watch(a)
        h = f(a)
    return float(tape.gradient(h, a))


print("a log a, chosen too late, at 0:  ", slope_at(0, lambda a: tf.where(a > 0, a * tf.math.log(a), 0.0)))
print("a log a, chosen before, at 0:    ", slope_at(0, lambda a: a * tf.math.log(tf.where(a > 0, a, 1.0))))


def softplus(a, size):
    """log(1 + exp(a)), smooth, with slope 1/2 at 0; written with a corner inside, since `size` gives |a|."""
    return tf.maximum(a, 0) + tf.math.log(1 + tf.exp(-size(a)))


print("softplus by tf.abs, at 0.001:    ", round(slope_at(0.001, lambda a: softplus(a, tf.abs)), 3))
print("softplus by tf.abs, at 0:        ", slope_at(0, lambda a: softplus(a, tf.abs)))
print("softplus by sqrt(a²), at 0:      ", slope_at(0, lambda a: softplus(a, lambda a: tf.sqrt(a * a))))

# %% [markdown]
# Write all three with TensorFlow's operations (`tf.exp`, `tf.where`, …) or with `keras.ops`. At a = 0 the slopes should be ¼ and 1; for ReLU, which does have a corner
# there, the lecture's mask 1[a > 0] says 0 (24:30), and every slope from 0 to 1 counts as right.

# %%
from solutions.forward_propagation.activations import sigmoid, tanh, relu

# %% [markdown]
# Learning, from unit 3 on, follows slopes: how much does a unit's activation change when its pre-activation does? The next cell draws each
# function and, dashed, its slope, measured by moving `a` a little to both sides.
#
# **Before you run it:** a sigmoid unit sits at a = 10. What is its slope, compared with the largest that a sigmoid has anywhere?

# %% tags=["experiment"]
guess = None  # "half", "hundredth" or "less"
commit(guess, {"half": "about a half", "hundredth": "about a hundredth", "less": "less than a thousandth"})

a = tf.constant(np.linspace(-6, 6, 241))


def slope(g, a, step=1e-5):
    """The slope of g, measured: the change of g(a) over that of a."""
    return (g(a + step) - g(a - step)) / (2 * step)


axes = plots.panels(3, sharey=False)
for ax, (name, g) in zip(axes, {"sigmoid": sigmoid, "tanh": tanh, "ReLU": relu}.items()):
    plots.lines(a, {"h = g(a)": g(a), "slope": slope(g, a)}, xlabel="a", title=name, ax=ax)
plt.show()

for name, g in {"sigmoid": sigmoid, "tanh": tanh, "ReLU": relu}.items():
    at = slope(g, tf.constant([0.5, 3.0, 10.0, -3.0], "float64"))
    print(f"{name:8} slope at 0.5: {at[0]:.4f}   at 3: {at[1]:.4f}   at 10: {at[2]:.1e}   at -3: {at[3]:.1e}")
    print(f"{'':8} and TensorFlow's at 0: {slope_at(0, g):.2f}")

# %% [markdown]
# A sigmoid or tanh unit far from 0 is **saturated**: whatever you do to its input, its output hardly moves, and nothing can be learned through
# it (24:30). The sigmoid's slope is never above 1/4. ReLU does not saturate on the right, but on the left its slope is not small, it is 0: such a unit is *dead*
# for that input. Keep these pictures in mind; units 4 and 7 come back to them.

# %% [markdown]
# ### Derivation: tanh is a stretched sigmoid
#
# 1. Write σ(2a) by the sigmoid's definition.
# 2. Bring 2σ(2a) − 1 over one denominator.
# 3. Turn it into tanh's definition. Say what you multiply by, and why that is allowed.
# 4. Someone has trained a network with one hidden layer of sigmoid units. Which weights and biases does a network with tanh units need, in that
#    layer and in the next, to compute *exactly* the same function?

# %% [markdown] derivation="tanh_from_sigmoid"
# Write your answer to the four points into the next cell. Formulas may be plain text or LaTeX between dollar signs.

# %% [markdown]
# ## 2 · A layer
#
# H_out units side by side, all reading the same H_in numbers, make a layer. Their weights are the columns of one matrix W, and for N examples at once the
# pre-activations of all units are a single product (3:17):
#
# $$ a = hW + b, \qquad h \in \mathbb{R}^{N \times H_{in}},\; W \in \mathbb{R}^{H_{in} \times H_{out}},\; b \in \mathbb{R}^{H_{out}},\; a \in \mathbb{R}^{N \times H_{out}} . $$
#
# The vector b is added to every row.
#
# In Keras a layer is an object with a life of its own. `__init__` takes the settings. **`build`** is called once, when the layer meets its first input
# and so learns H_in; there it makes its weights with `self.add_weight`, which registers them for training. **`call`** computes. **`compute_output_shape`**
# answers without computing: of the input's shape, however many axes it has, the last becomes H_out. **`get_config`** returns the settings, Keras's own
# and yours, so that a saved model can be put together again; the line with `register_keras_serializable` lets Keras find your class by its name when it
# loads one.
#
# How weights are made is best seen on a layer that is not yours to write. This one multiplies each unit by a number of its own, which starts at 1 and is trained.
# Its second method answers a question that will come up again: **how many examples are there?** `fit` turns your `call` into a graph *once*, for batches of any
# size, and while it does so there is no N yet: `h.shape[0]` and `len(h)` are None there, or fail. `tf.shape(h)[0]` is an operation of the graph, and gives the size of
# the batch that is really there. (The number of *units*, `h.shape[-1]`, is known when the graph is built, and is a plain integer.)


# %% tags=["experiment"]
class Scale(keras.layers.Layer):
    """Multiplies each unit by a trained number of its own."""

    def build(self, input_shape):
        self.s = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="s")

    def call(self, h):
        print(
            f"in call: h.shape[0] is {h.shape[0]}, h.shape[-1] is {h.shape[-1]}, tf.shape(h)[0] is {tf.shape(h)[0]}"
        )
        return h * self.s


layer = Scale()
layer.build((None, 3))
in_a_graph = tf.function(layer, input_signature=[tf.TensorSpec((None, 3))])
print(
    "outside the graph N is", len(in_a_graph(tf.ones((5, 3)))), "and then", len(in_a_graph(tf.ones((2, 3))))
)
print("its weights:", [(w.name, w.shape) for w in layer.trainable_weights])

# %% [markdown]
# The graph was built once, without an N, and then served 5 examples and 2: "in call" is printed by Python, which is only there when the graph is built.
#
# Your `Dense` has two weights. W starts *random*: that is what `add_weight` does, for a vector too, if you name no initializer (unit 7 tells which numbers it takes, and why
# zeros would be a disaster). b starts at 0.

# %%
from solutions.forward_propagation.dense import Dense

# %% [markdown]
# Two inputs, one unit: the layer's pre-activation is a plane over the (x₁, x₂) square. Where it is 0, a sigmoid unit is undecided; that is a straight line. The
# arrow is the unit's weight vector, at a right angle to the line.
#
# **Before you run the next cell:** the middle panel multiplies W by 5, b as well. What happens to the line?

# %% tags=["experiment"]
guess = None  # "moves", "turns" or "stays"
commit(
    guess,
    {
        "moves": "it moves away from 0",
        "turns": "it turns",
        "stays": "it stays, and the unit becomes surer beside it",
    },
)

side = np.linspace(-3, 3, 121, dtype="float32")
square = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
axes = plots.panels(3, sharey=True)
settings = {"W, b": (1, 1), "5W, 5b": (5, 5), "W, 5b": (1, 5)}
for ax, (name, (times_W, times_b)) in zip(axes, settings.items()):
    layer = Dense(1)
    layer(square)
    W, b = np.array([[1.0], [0.5]]) * times_W, np.array([-0.4]) * times_b
    layer.set_weights([W, b] if len(layer.weights[0].shape) == 2 else [b, W])
    h = sigmoid(layer(square)).numpy().reshape(121, 121)
    drawn = ax.contourf(side, side, h, levels=np.linspace(0, 1, 11), cmap="gray")
    ax.contour(side, side, h, levels=[0.5], colors="tab:red", linewidths=2)
    start = -W[:, 0] * b / (W**2).sum()  # on the line, and nearest to 0
    ax.annotate(
        "",
        start + 1.2 * W[:, 0] / np.linalg.norm(W),
        start,
        arrowprops={"arrowstyle": "->", "color": "tab:red", "lw": 2},
    )
    ax.set_aspect("equal")
    plots.label(ax, "$x_1$", "$x_2$" if ax is axes[0] else "", name)
plt.colorbar(drawn, ax=axes, label="h = σ(a)", shrink=0.8)
plt.show()

# %% [markdown]
# One unit cuts its inputs with one straight line; the *length* of w says how sharply. Everything else that a network can do comes from having
# many units, and from putting layers of them on top of each other.
#
# Keras treats your layer like its own. The next cell puts it into a model, saves the model to a file and makes a new one from the file.
#
# **Before you run it:** which parts of your layer are in the file: its code, its settings (`units`), its weights?

# %% tags=["experiment"]
guess = None  # "all", "both" or "weights"
commit(guess, {"all": "all three", "both": "settings and weights", "weights": "the weights only"})

with tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/model.keras"
    model = keras.Sequential([keras.Input((2,)), Dense(3, name="mine")])
    model.save(path)
    again = keras.models.load_model(path)
    with zipfile.ZipFile(path) as file:
        print("in the file:", *file.namelist())
        saved = json.loads(file.read("config.json"))["config"]["layers"][-1]
print("your layer: ", saved["registered_name"], {key: saved["config"].get(key) for key in ("name", "units")})
print("largest difference between the two models' outputs:", np.abs(again(square) - model(square)).max())

# %% [markdown]
# Settings and weights; the code stays with you. That is why Keras asks for `get_config`, and for a registered name by which to find the class again.

# %% [markdown]
# ## 3 · Softmax: from numbers to probabilities
#
# A network that tells ten digits apart has ten output units. Its answer should be a distribution: ten numbers, none negative, with sum 1. Exponentiate
# to make them positive, and normalize (6:52):
#
# $$ f_c = \frac{e^{a_c}}{\sum_{c'} e^{a_{c'}}} . $$
#
# Exponentials again, so again the danger of ∞/∞. The way out is in this unit's second proof, below: adding one number to all pre-activations of
# an example changes nothing. Subtract the largest of them, and no exponent is positive any more. TensorFlow's operations again, for the slopes' sake.

# %%
from solutions.forward_propagation.softmax import stable_softmax

# %% [markdown]
# How sure softmax is depends on the *size* of the pre-activations. Below, the same five numbers are multiplied by 0.1, 1 and 10.
#
# **Before you run the next cell:** the largest is 2.0, the next 1.5. How probable is the first class once everything is multiplied by 10?

# %% tags=["experiment"]
guess = None  # "half", "most" or "all"
commit(guess, {"half": "about one half", "most": "about 80 %", "all": "more than 99 %"})

a = tf.constant([[2.0, 1.5, 0.3, -0.5, -1.0]])
axes = plots.panels(3, sharey=True)
for ax, scale in zip(axes, (0.1, 1.0, 10.0)):
    f = stable_softmax(scale * a).numpy()[0]
    ax.bar(range(5), f, color="#bbbbbb", edgecolor="black")
    plots.label(ax, "class c", "$f_c$" if scale == 0.1 else "", f"{scale:g}·a: largest {f.max():.3f}")
plt.show()

# %% [markdown]
# Multiplied by little, all classes become alike; multiplied by much, the largest takes all. Differences count, not ratios: here the two best are 5 apart
# after multiplying by 10, and e⁵ is about 150.
#
# And now the same formula as it stands, beside yours.


# %% tags=["experiment"]
def naive_softmax(a):
    """The formula, word for word."""
    e = tf.exp(a)
    return e / tf.reduce_sum(e, axis=-1, keepdims=True)


for shift in (0.0, 80.0, 100.0, -200.0):
    print(
        f"a {shift:+g}:  naive {naive_softmax(a + shift).numpy().round(3)[0]}   yours {stable_softmax(a + shift).numpy().round(3)[0]}"
    )

# %% [markdown]
# ### Derivation: softmax does not feel a shift
#
# 1. Show that softmax(a + c) = softmax(a), where the same number c is added to every pre-activation of an example.
# 2. Which c makes overflow impossible, and why?
# 3. With that c, why can the sum in the denominator not be 0, although single terms may underflow to 0?
# 4. For a batch, why must each example have a c of its own? With the maximum of the whole batch, which of your steps still holds and which fails?

# %% [markdown] derivation="softmax_shift"
# Write your answer to the four points into the next cell.

# %% [markdown]
# ## 4 · A network
#
# Chain them (2:04, 3:17). The input is layer 0; each hidden layer reads the one below; the output layer has an activation of its own, softmax:
#
# $$ h^{(0)} = x, \qquad h^{(k)} = g\bigl(h^{(k-1)}W^{(k)} + b^{(k)}\bigr), \qquad f(x) = \mathrm{softmax}\bigl(h^{(L)}W^{(L+1)} + b^{(L+1)}\bigr) . $$
#
# One example, worked through. Two inputs, two hidden tanh units, two classes:
#
# $$ x = (1, 2), \qquad W^{(1)} = \begin{pmatrix} 1 & -1 \\ 0.5 & 1 \end{pmatrix}, \; b^{(1)} = (-1, 0), \qquad W^{(2)} = \begin{pmatrix} 1 & 0 \\ -1 & 2 \end{pmatrix}, \; b^{(2)} = (0, 0.5). $$
#
# First hidden unit, the first *column* of W⁽¹⁾: a = 1·1 + 2·0.5 − 1 = 1. Second: a = 1·(−1) + 2·1 + 0 = 1. So h⁽¹⁾ = (tanh 1, tanh 1) = (0.76, 0.76). At the output
# a⁽²⁾ = (0.76·1 + 0.76·(−1) + 0, 0.76·0 + 0.76·2 + 0.5) = (0, 2.02), and softmax makes (1, 7.56)/8.56 = (0.12, 0.88) of it. The same as a picture, each line a weight, each
# circle a unit with its activation:

# %% tags=["experiment"]
x_one = np.array([[1.0, 2.0]])
by_hand = [
    (np.array([[1.0, -1.0], [0.5, 1.0]]), np.array([-1.0, 0.0])),
    (np.array([[1.0, 0.0], [-1.0, 2.0]]), np.array([0.0, 0.5])),
]
(W1, b1), (W2, b2) = by_hand
h1 = np.tanh(x_one @ W1 + b1)
f = stable_softmax(tf.constant(h1 @ W2 + b2)).numpy()

ax = plots.panels(1, width=6, height=2.8)
for k, (W, b) in enumerate(by_hand):
    for (i, j), w in np.ndenumerate(W):
        ax.plot([k, k + 1], [-i, -j], color="black", linewidth=0.6 + abs(w), linestyle="-" if w >= 0 else ":")
        ax.text(
            k + 0.25,
            -i - 0.25 * (j - i),
            f"{w:g}",
            ha="center",
            va="center",
            backgroundcolor="white",
            fontsize=9,
        )
    for j, value in enumerate(b):
        ax.text(k + 1, -j - 0.3, f"b = {value:g}", ha="center", fontsize=9)
for k, (name, values) in enumerate({"x": x_one, "$h^{(1)}$": h1, "f(x)": f}.items()):
    for i, value in enumerate(values[0]):
        ax.text(
            k, -i, f"{value:.2f}", ha="center", va="center", bbox={"boxstyle": "circle", "facecolor": "white"}
        )
    ax.text(k, 0.45, name, ha="center")
ax.set(xlim=(-0.4, 2.4), ylim=(-1.5, 0.65))
ax.axis("off")
plt.show()

# %% [markdown]
# A `keras.Model` is a layer made of layers: `__init__` makes them, `call` chains them, and Keras finds all weights by itself. Like a layer it has a `get_config`, so that
# the same network can be made again; here it is written already. Call what you make something else than `self.layers`, `self.input` or `self.output`: Keras's models use these
# names themselves, and refuse to have them set.

# %%
from solutions.forward_propagation.mlp import MLP

# %% [markdown]
# What can such a network say before it has learned anything? Give it two inputs, three classes and *random* weights, and colour the plane by the
# class that it finds most probable.
#
# **Before you run the next cell:** four networks: no hidden layer; a hidden layer of 30 units without bending, g(a) = a; one with tanh; three
# with tanh. Which of them can have a *curved* border?

# %% tags=["experiment"]
guess = None  # "all", "hidden" or "bent"
commit(guess, {"all": "all but the first", "hidden": "only the deepest", "bent": "only the two with tanh"})

networks = {
    "no hidden layer": ([], tanh),
    "30 units, g(a) = a": ([30], lambda a: a),
    "30 tanh units": ([30], tanh),
    "3 × 30 tanh units": ([30, 30, 30], tanh),
}
axes = plots.panels(4, height=2.4)
for ax, (name, (units, g)) in zip(axes, networks.items()):
    network = MLP(units, 3, g)
    network(np.zeros((1, 2), "float32"))
    rng = np.random.default_rng(2)
    network.set_weights(
        [
            rng.normal(size=w.shape) * 2.5 / np.sqrt(w.shape[0])
            if len(w.shape) > 1
            else rng.normal(size=w.shape)
            for w in network.weights
        ]
    )
    plots.regions(network, title=name, ax=ax)
    ax.set_title(name, fontsize=9)
plt.show()

# %% [markdown]
# Without bending, a chain of layers is one matrix: (xW⁽¹⁾)W⁽²⁾ = x(W⁽¹⁾W⁽²⁾), and its borders are straight however many units it has. With tanh
# they curve, and with depth they fold and break into islands. How *much* can be drawn with enough units is unit 2's question (9:43).

# %% [markdown]
# ## 5 · The decision
#
# Ten probabilities are not yet an answer. The network's decision is the class whose output unit is highest (9:02):
#
# $$ y = \arg\max_c f(x)_c . $$

# %%
from solutions.forward_propagation.predict import predict

# %% [markdown]
# ## 6 · The digits
#
# Scikit-learn's digits are 1,797 scanned numerals of 8 × 8 pixels. One image is a row of D = 64 numbers between 0 (paper) and 1 (ink); a class is its numeral.

# %% tags=["experiment"]
(x_train, y_train), (x_valid, y_valid), (x_test, y_test) = data.digits()
print("training", x_train.shape, " validation", x_valid.shape, " test", x_test.shape)
plots.images(x_train[:8], titles=y_train[:8])
plt.show()

# %% [markdown]
# **Before you run the next cell:** a network with 64 hidden units and random weights, never trained. On how many of the validation images
# does it find the right class?

# %% tags=["experiment"]
guess = None  # "none", "tenth" or "half"
commit(guess, {"none": "almost none", "tenth": "about one in ten", "half": "about half"})


def accuracy(model, x, y):
    """The share of examples that are classified correctly."""
    return float(np.mean(np.asarray(predict(model, x)) == y))


scores = []
for seed in range(10):
    keras.utils.set_random_seed(seed)
    scores.append(accuracy(MLP([64], 10, tanh), x_valid, y_valid))
print("ten untrained networks:", *(f"{score:.2f}" for score in scores), f"  mean {np.mean(scores):.2f}")

# %% [markdown]
# Chance is one in ten, and single networks scatter around it: an untrained network often prefers a few classes for everything.
#
# Forward propagation is the first ten minutes of the lecture. Nearly all the rest is learning, and the course will take it apart piece by piece. But your `MLP` is
# an ordinary Keras model, so Keras can train it today. Watch what *your* layers do when somebody finds good weights for them.
#
# **Before you run the next cell:** thirty passes over the training images, a few seconds. Which share of the *validation* images, which it
# never trains on, will be right?

# %% tags=["experiment"]
guess = None  # "half", "most" or "nearly"
commit(guess, {"half": "about half", "most": "about 80 %", "nearly": "more than 95 %"})

keras.utils.set_random_seed(0)
network = MLP([64], 10, tanh)
network.compile(
    optimizer=keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
run = network.fit(x_train, y_train, validation_data=(x_valid, y_valid), epochs=30, batch_size=64, verbose=0)
plots.history(run, what="accuracy", title="64 tanh units, all of them yours")
plt.show()
print(f"validation accuracy: {accuracy(network, x_valid, y_valid):.3f}")

# %% [markdown]
# The same network again, from its configuration, and its weights put into it: it should give the same answers.

# %% tags=["experiment"]
again = MLP.from_config(network.get_config())
again(x_valid[:1])  # now it knows D, and has weights to be set
before = np.abs(again(x_valid) - network(x_valid)).max()
again.set_weights(network.get_weights())
print(
    f"largest difference: {before:.2f} as it begins, {np.abs(again(x_valid) - network(x_valid)).max():.0e} with the trained weights"
)

# %% [markdown]
# (To a *file* Keras can write g by its name only, and it hands the name back when the file is loaded. So keep the weights, `network.save_weights(…)`, and make the network by
# its configuration, as here.)
#
# Where it is wrong, it is worth looking. Each title gives the numeral, what the network said, and how sure it was.

# %% tags=["experiment"]
f = network(x_valid).numpy()
said = np.asarray(predict(network, x_valid))
wrong = np.flatnonzero(said != y_valid)
wrong = wrong[np.argsort(-f[wrong].max(axis=1))][:8]  # the surest mistakes first
plots.images(
    x_valid[wrong], titles=[f"{y_valid[i]}\nsays {said[i]},\n{f[i].max():.0%} sure" for i in wrong], columns=8
)
plt.show()
print(
    f"{(said != y_valid).sum()} of {len(y_valid)} wrong; mean confidence when right {f.max(axis=1)[said == y_valid].mean():.2f}, when wrong {f.max(axis=1)[said != y_valid].mean():.2f}"
)

# %% [markdown]
# ## What to take away
#
# - A unit is a weighted sum and a bend: a = hW + b, h = g(a). Without the bend, depth is worth nothing (3:17).
# - Sigmoid and tanh saturate: far from 0 their slope is almost 0. ReLU does not on the right, and is exactly flat on the left (4:50–5:42).
# - Softmax makes a distribution of any numbers. It feels their differences only, which is what lets a program compute it safely (6:52).
# - A network is a chain of layers with softmax on top; its decision is the highest output (2:04, 9:02).
# - Formulas that are equal on paper are not equal in float32. The check that feeds 1000 is not pedantry: networks in training do get there.
#
# **Next:** unit 2 asks what such networks can represent at all; unit 3 turns yours into a graph that can differentiate itself.
