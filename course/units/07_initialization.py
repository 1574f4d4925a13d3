# %% [markdown]
# # 7 · Where to begin
#
# Gradient descent says where to go from here. It does not say where *here* is, and some places have no way out. In this notebook you find out which, and derive the
# beginning that nearly everybody uses, from two wishes and a little algebra.

# %% [markdown]
# ## What you will have built
#
# - `symmetry_report`, which tells of a network's very first gradient what is zero and which units are copies of each other,
# - `train_and_watch`, which tells whether that gets better with time,
# - `spread`, how wide activations and gradients are in each layer of a deep network,
# - `glorot_bound` and `GlorotUniform`, an initializer that any Keras layer accepts,
# - two arguments on paper: what survives zero weights, and where Glorot and Bengio's √6 comes from.

# %% [markdown]
# ## Notation
#
# | symbol | in code | meaning |
# |---|---|---|
# | W, b | `W`, `b` | weights (H_in, H_out) and biases (H_out,) of a layer |
# | H_in, H_out | `H_in`, `H_out` | units below, units of this layer (*fan-in*, *fan-out*) |
# | da, dh, dW, db | | gradients of the loss with respect to a, h, W, b |
# | ‖∇‖ | `norm` | the root of the sum of the squares of a gradient's entries |
# | Var, std | | variance, and its root, the standard deviation |
# | U(−r, r) | | the uniform distribution between −r and r |
#
# Four lines of unit 4 are all that is needed of it: with a = hW + b and h = g(a),
#
# $$ dW = h_{below}^\top\, da, \qquad db = \textstyle\sum_n da_n, \qquad dh_{below} = da\, W^\top, \qquad da_{below} = dh_{below} \odot g'(a_{below}), $$
#
# and at the output da = −(e(y) − f)/N.

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
import math
import tempfile
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · The first gradient
#
# The lecture's recipe (30:27): biases begin at 0, weights do not. What is wrong with zeros? And if they must not be 0, why not all 0.1? Look at the gradient
# with which training would begin, and ask two things of each variable. Is its gradient **zero**? Then the first step leaves it where it is. Are the columns of its
# gradient **all different**? Column j belongs to unit j, and units whose columns agree move alike.
#
# "Agree" needs a tolerance, since float32 rounds. Say a gradient has the columns (3, 4), (3, 4.00001) and (3, 5). Its norm is √(9 + 16 + 9 + 16.00008 + 9 + 25) = 9.2, so two columns count as equal if no entry differs by more than
# 10⁻⁵ · 9.2 = 0.000092. The first two differ by 0.00001 and are equal, the third differs by 1: two columns are distinct. The tolerance is measured by the norm because a gradient of size 10⁻⁶ may have real differences of
# 10⁻⁸, and one of size 1000 has rounding of 10⁻⁴.

# %%
from solutions.initialization.symmetry_report import symmetry_report

# %% [markdown]
# A network with two hidden layers of 16 tanh units, on 200 digits, begun in three ways. The biases are 0 each time.
#
# **Before you run the next cell:** with all weights 0, how many of the six variables (three W, three b) have a gradient that is *not* zero?

# %% tags=["experiment"]
guess = None  # "none", "one", "three" or "six"
commit(guess, {"none": "none", "one": "one", "three": "the three biases", "six": "all six"})

(x_train, y_train), (x_valid, y_valid), (x_test, y_test) = data.digits()
mean, std = x_train.mean(), x_train.std()
# inputs with mean 0 and deviation 1: unit 9 says more about that
x_train, x_valid = (x_train - mean) / std, (x_valid - mean) / std
x, y = x_train[:200], y_train[:200]


def network(initializer, hidden=(16, 16), activation="tanh", seed=0):
    """Hidden layers and a softmax of ten classes, all weights begun by one initializer."""
    keras.utils.set_random_seed(seed)
    begin = keras.initializers.get(initializer)
    # each layer gets an initializer of its own; section 5 says why
    layers = [keras.layers.Dense(units, activation, kernel_initializer=begin.clone()) for units in hidden]
    model = keras.Sequential([*layers, keras.layers.Dense(10, "softmax", kernel_initializer=begin.clone())])
    model.build((None, x_train.shape[1]))
    return model


begun = {
    "all 0": keras.initializers.Zeros(),
    "all 0.1": keras.initializers.Constant(0.1),
    "U(-0.1, 0.1)": keras.initializers.RandomUniform(-0.1, 0.1),
}
print(f"{'':14}" + "".join(f"{name:>16}" for name in ("dW1", "db1", "dW2", "db2", "dW3", "db3")))
for name, initializer in begun.items():
    norms, distinct = symmetry_report(network(initializer), x, y)
    print(f"{name:14}" + "".join(f"{norm:9.4f} ({count:2d} d)" for norm, count in zip(norms, distinct)))
print(
    "(d: how many of the columns are distinct; there are 16 units in the hidden layers and 10 at the output)"
)

model = network(keras.initializers.Zeros())
with tf.GradientTape() as record:
    nll = keras.losses.sparse_categorical_crossentropy(y, model(x))
    risk = tf.reduce_mean(nll)
db3 = record.gradient(risk, model.trainable_variables[-1]).numpy()
share = np.bincount(y, minlength=10) / len(y)
print("\nclass           ", "".join(f"{c:8d}" for c in range(10)))
print("share of the 200", "".join(f"{s:8.3f}" for s in share))
print("db3, weights 0  ", "".join(f"{d:8.3f}" for d in db3))

# %% [markdown]
# "With zero weights every gradient is zero" is often said, and it is wrong by one. The output's −(e(y) − f) is not 0 where the weights are, and db is its sum:
# for each class ⅒ less its share of the 200 digits, as the two last lines show. (Classes of the same share agree, hence 6 d and not 10.) But that is all: the rest is *exactly* 0.
#
# With equal weights dW⁽³⁾ is there as well. Below it there is rounding and nothing else: the entries of −(e(y) − f) add up to 0, and on the way down equal weights
# just add them up. One step later W⁽³⁾ has become different for each class, and all layers move. But the 16 units of a layer still have one and the same gradient
# (1 d), and that is worse: they move, and remain one unit, sixteen times. Only with random weights do the columns differ.

# %% [markdown]
# ### Derivation: what survives zero weights
#
# A network with one hidden layer of tanh units, all weights and biases 0, softmax at the output, and the mean loss −log f_y over N examples.
#
# 1. What are a⁽¹⁾, h⁽¹⁾, a⁽²⁾ and f? What is da⁽²⁾?
# 2. Find db⁽²⁾, dW⁽²⁾, db⁽¹⁾ and dW⁽¹⁾. For each that is 0, say which factor makes it so.
# 3. Take one step. Which parameters have changed? The value of db⁽²⁾ changes with them. Show that what was 0 in 2 is 0 after it as well, and after any number of steps.
# 4. Now with sigmoid hidden units. Which gradients are not 0 at the first step, and which others are not 0 at the second? Do the hidden units then differ
#    from each other, and why?
# 5. Why does a random *bias* with zero weights not help a tanh network's first layer at the first step?

# %% [markdown] derivation="zero_weights"
# Write your answer to the five points into the next cell. Formulas may be plain text or LaTeX between dollar signs.

# %% [markdown]
# ## 2 · More than one step
#
# A first gradient is only a beginning. What is stuck at step 1 might come loose at step 2, and what is alike might drift apart. So train, and watch: at every
# step the norms, and the **gap**, how far the units of the first layer are from being copies.

# %%
from solutions.initialization.train_and_watch import train_and_watch

# %% [markdown]
# One hidden layer of 16 units, sixty steps on 200 digits, from four beginnings.
#
# **Before you run the next cell:** the network of *sigmoid* units that begins with zero weights. After sixty steps, have its first-layer weights moved?
# Have its units become different?

# %% tags=["experiment"]
guess = None  # "no", "copies" or "yes"
commit(
    guess,
    {
        "no": "they have not moved",
        "copies": "moved, and the units are still copies",
        "yes": "moved, and the units differ",
    },
)

beginnings = {
    "tanh, all 0": network("zeros", [16]),
    "sigmoid, all 0": network("zeros", [16], "sigmoid"),
    "tanh, all 0.1": network(begun["all 0.1"], [16]),
    "tanh, U(-0.1, 0.1)": network(begun["U(-0.1, 0.1)"], [16]),
}
watched = {name: train_and_watch(model, x, y, 0.5, 60) for name, model in beginnings.items()}
axes = plots.panels(3, height=3.2)
visible = 1e-5  # what is 0 is drawn here, since a logarithmic axis has no 0
for ax, what, column in (
    (axes[0], r"norm of $\nabla_{W^{(1)}}$", 0),
    (axes[1], r"norm of $\nabla_{b^{(2)}}$", 3),
):
    curves = {
        name: np.maximum(np.asarray(norms)[:, column], visible) for name, (norms, gap) in watched.items()
    }
    plots.lines(None, curves, xlabel="step", title=what, logy=True, ax=ax)
    ax.tick_params(axis="y", which="minor", labelleft=False)
    ax.get_legend().remove()
curves = {name: np.maximum(gap, visible) for name, (norms, gap) in watched.items()}
plots.lines(None, curves, xlabel="step", title="gap between the units", logy=True, ax=axes[2])
axes[2].get_legend().remove()
axes[0].figure.legend(
    *axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False, fontsize=9
)
plt.show()
for name, (norms, gap) in watched.items():
    model = beginnings[name]
    right = np.mean(model(x_valid).numpy().argmax(axis=1) == y_valid)
    print(f"{name:19} gap at the end {gap[-1]:.1e}, right on {right:.0%} of the validation set")

# %% [markdown]
# What lies on the bottom line, at 10⁻⁵, is 0; on the right, three curves lie there. Zero weights and tanh: stuck for ever. Only the output biases learn, and all
# they can learn is how frequent each class is: their gradient fades (the straight line in the middle), and the network guesses. With sigmoid units h is ½ and not 0,
# so W⁽²⁾ moves first and W⁽¹⁾ follows, but all units go the same way. And equal units stay equal while everything moves: they begin as copies and get the same gradient
# at each step. No number of steps breaks a symmetry that the gradient shares.
#
# What do the units *look* like? Each image is one column of W⁽¹⁾ after those sixty steps, 8 × 8 weights.

# %% tags=["experiment"]
for name in ("tanh, all 0.1", "tanh, U(-0.1, 0.1)"):
    W = beginnings[name].get_weights()[0]
    axes = plots.images(W.T[:8])
    axes[0].figure.suptitle(f"{name}: eight of the sixteen units", fontsize=10)
    plt.show()

# %% [markdown]
# If all units are copies, how many units does the network have?
#
# **Before you run the next cell:** three networks are trained for 40 epochs on all training digits: 32 random units, 32 units that begin equal, and a
# network with *one* hidden unit. Where does the second one end?

# %% tags=["experiment"]
guess = None  # "first", "between" or "one"
commit(guess, {"first": "near the 32 random units", "between": "halfway", "one": "nearer to the single unit"})

curves = {}
for name, (units, initializer) in {
    "32 units, random": (32, "glorot_uniform"),
    "32 units, equal": (32, keras.initializers.Constant(0.02)),
    "1 unit, random": (1, "glorot_uniform"),
}.items():
    model = network(initializer, [units])
    model.compile(keras.optimizers.SGD(0.05), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    run = model.fit(x_train, y_train, validation_data=(x_valid, y_valid), epochs=40, batch_size=64, verbose=0)
    curves[name] = run.history["val_accuracy"]
    print(f"{name:17} validation accuracy {curves[name][-1]:.2f}")
plots.lines(None, curves, xlabel="epoch", ylabel="validation accuracy")
plt.show()

# %% [markdown]
# Over three seeds they end at 0.96 to 0.98, 0.31 to 0.49 and 0.18 to 0.21. Thirty-two copies compute what one unit computes: a network of 32·75 + 10 parameters with the powers of one of
# 75 + 10. If it is ahead of the single unit, it owes that to speed: added up, its output weights move thirty-two times as far in one step. **Random** weights
# are there to break this symmetry (30:27).

# %% [markdown]
# ## 3 · Small, but how small?
#
# Random, then. Large random weights make large pre-activations, and tanh saturates: g′(a) is almost 0, and little gradient comes through. Hence "random and
# *small*" (30:27). But in a deep network small has a price as well (48:24). Each layer multiplies by W, forward and backward. If that makes things a little smaller, then ten
# layers make them very much smaller: the **vanishing gradient**. The layers at the bottom learn nothing, and the network *underfits* although it has parameters
# in plenty.
#
# So measure how wide things are, layer by layer: the standard deviation of h on the way up, and of ∇ₕ on the way down.
#
# A tape can be asked for gradients with respect to *any* tensor that it has seen being computed, not only variables: `tape.gradient(loss, [h1, h2])` gives ∇ at both. Two conditions. The tape must be recording
# before the first of them is computed. And it records only what depends on something that it watches: trainable variables by themselves, a constant such as x if you say `tape.watch(x)`. With layers that have
# no variables at all nothing would be recorded without it.

# %%
from solutions.initialization.spread import spread

# %% [markdown]
# Ten layers of 64 tanh units, with weights from U(−s, s). The gradient that enters at the top has deviation 1.
#
# **Before you run the next cell:** with s = 0.01, how wide is the gradient that arrives at the first layer?

# %% tags=["experiment"]
guess = None  # "hundredth", "million" or "nothing"
commit(guess, {"hundredth": "about 0.01", "million": "about 0.000001", "nothing": "less than 0.00000001"})

DEPTH, WIDTH = 10, 64
upstream = tf.constant(np.random.default_rng(0).normal(size=(200, WIDTH)), "float32")


def stack(initializer, seed=0, g="tanh"):
    """Ten hidden layers of 64 units and nothing else."""
    keras.utils.set_random_seed(seed)
    return [keras.layers.Dense(WIDTH, g, kernel_initializer=initializer.clone()) for _ in range(DEPTH)]


def draw_spreads(initializers, g="tanh"):
    """Both deviations by layer; what is exactly 0 leaves a gap."""
    found = {
        name: spread(stack(initializer, g=g), tf.constant(x), upstream)
        for name, initializer in initializers.items()
    }
    axes = plots.panels(2, height=3.4)
    for ax, way, title in ((axes[0], 0, "up: std of $h$"), (axes[1], 1, r"down: std of $\nabla_h$")):
        curves = {
            name: np.where(np.asarray(both[way]) > 0, both[way], np.nan) for name, both in found.items()
        }
        plots.lines(None, curves, xlabel="layer k", title=title, marker=True, logy=True, ax=ax)
        ax.get_legend().remove()
    handles = axes[0].get_legend_handles_labels()
    axes[0].figure.legend(*handles, loc="outside lower center", ncols=len(found), frameon=False, fontsize=9)
    plt.show()
    for name, (up, down) in found.items():
        print(
            f"{name:14} h: {up[0]:.2g} in layer 1, {up[-1]:.2g} in layer 10    dh: {down[-1]:.2g} in layer 10, {down[0]:.2g} in layer 1"
        )


draw_spreads({f"s = {s:g}": keras.initializers.RandomUniform(-s, s) for s in (0.01, 0.1, 0.2, 1.0)})

# %% [markdown]
# Small weights lose signal and gradient alike, by the same factor in every layer: a straight line on a logarithmic axis. Large ones keep h wide, since tanh cannot
# leave (−1, 1), but nearly all units are saturated; and the gradient *explodes*, as the few that are not saturated pass it on through large weights. Somewhere
# between lies a size at which both lines are nearly level. One can search for it, for each layer of each network, or one can calculate.

# %% [markdown]
# ## 4 · Two wishes and a compromise
#
# Suppose that the units are in the linear part of tanh, that the weights are independent of each other and of the activations, with mean 0, and that the activations have mean 0. Then each
# a_j = Σᵢ hᵢ W_ij is a sum of H_in products that are *uncorrelated*, whatever the activations have to do with each other, and the variances of uncorrelated terms add (32:09):
#
# $$ \mathrm{Var}[a] = H_{in}\, \mathrm{Var}[h]\, \mathrm{Var}[W], \qquad \mathrm{Var}[dh] = H_{out}\, \mathrm{Var}[da]\, \mathrm{Var}[W]. $$
#
# Two wishes: what goes up shall stay as wide as it was, and so shall what comes down. They contradict each other unless H_in = H_out. Glorot and Bengio
# put the mean of both sizes in the place of either, and ask how far a uniform distribution must reach to have that variance.

# %%
from solutions.initialization.glorot_bound import glorot_bound

# %% [markdown]
# ### Derivation: where the √6 comes from
#
# 1. Let hᵢ and W_ij be independent, all with mean 0. Show that Var[hᵢ W_ij] = Var[hᵢ] Var[W_ij], and from it Var[a_j]. Where do you need the means to be 0, and where
#    independence?
# 2. Which Var[W] gives Var[a] = Var[h]?
# 3. Do the same for dh = da Wᵀ. How many terms has the sum?
# 4. Show that the variance of U(−r, r) is r²/3.
# 5. Put Var[W] = 2/(H_in + H_out) and find r.
# 6. tanh′(0) = 1, and tanh′ is smaller everywhere else. In which direction is the argument wrong for tanh units that do not stay near 0? And what would you
#    change for sigmoid units, for which σ′(0) = ¼, *or* for ReLU units, half of which are 0? Choose one of the two.

# %% [markdown] derivation="glorot_variance"
# Write your answer to the six points into the next cell. Formulas may be plain text or LaTeX between dollar signs.

# %% [markdown]
# Do the formulas hold? Draw h, da and W at random and measure, for three layers, with the weights' variance as each wish would have it.
#
# **Before you run the next cell:** a layer of 400 units in and 50 out, with the compromise. What becomes of the variance on the way up?

# %% tags=["experiment"]
guess = None  # "kept", "grows" or "shrinks"
commit(
    guess,
    {
        "kept": "it is kept",
        "grows": "it grows, and shrinks on the way down",
        "shrinks": "it shrinks, and grows on the way down",
    },
)

rng = np.random.default_rng(0)
print(f"{'layer':12}{'wish':12}{'Var[a]/Var[h]':>16}{'Var[dh]/Var[da]':>18}")
for H_in, H_out in ((400, 50), (50, 400), (200, 200)):
    forward, backward, both, r = (float(value) for value in glorot_bound(H_in, H_out))
    for wish, reach in (
        ("forward", math.sqrt(3 * forward)),
        ("backward", math.sqrt(3 * backward)),
        ("both", r),
    ):
        W = rng.uniform(-reach, reach, size=(H_in, H_out))
        h, da = rng.normal(size=(1000, H_in)), rng.normal(size=(1000, H_out))
        print(f"{H_in:4} → {H_out:<5}{wish:12}{np.var(h @ W):16.2f}{np.var(da @ W.T):18.2f}")

# %% [markdown]
# A wish that is granted costs the other a factor of eight here. The compromise grants neither, but is off by less: 400 → 50 multiplies by 1.8 on the way up and by 0.2
# on the way down. Where a layer is as wide as the one below, it grants both.

# %% [markdown]
# ## 5 · An initializer for Keras
#
# In Keras an initializer is an object that is called with a shape and returns the weights. One question needs care: **chance**. Two layers that are given the
# same initializer must not get the same numbers, and yet a run should be repeatable. A `SeedGenerator` does both: it starts from a seed, and moves on with each draw.
# `keras.random.uniform(shape, minval=…, maxval=…, dtype=…, seed=self.seeds)` draws from it.

# %%
from solutions.initialization.glorot_uniform import GlorotUniform

# %% [markdown]
# Keras's own initializers answer the question differently. Below, one initializer is given to two layers, Keras's without and with a seed, and yours; and yours is saved and
# loaded.

# %% tags=["experiment"]
for name, initializer in {
    "Keras's, no seed": keras.initializers.GlorotUniform(),
    "Keras's, seed 7": keras.initializers.GlorotUniform(seed=7),
    "yours, seed 7": GlorotUniform(seed=7),
}.items():
    pair = [keras.layers.Dense(30, kernel_initializer=initializer) for _ in range(2)]
    for layer in pair:
        layer.build((None, 20))
    print(
        f"{name:17} two layers, one initializer: equal weights? {np.array_equal(*[layer.get_weights()[0] for layer in pair])}"
    )

model = network(GlorotUniform(seed=7))
with tempfile.TemporaryDirectory() as folder:
    model.save(f"{folder}/model.keras")
    again = keras.models.load_model(f"{folder}/model.keras")
print("loaded:", again.layers[0].kernel_initializer.get_config())

# %% [markdown]
# An initializer of Keras's gives the same values at every call, with a seed as well as without (its documentation warns of it). Two layers of the same shape would begin as copies:
# not a disaster, since they are in different places of the network, but hardly what anybody had in mind. That is why `network` gives each layer a `clone()`.
#
# Now the five beginnings of this unit side by side, on ten layers.
#
# **Before you run the next cell:** Glorot's weights ought to keep both deviations level. With tanh units, do they?

# %% tags=["experiment"]
guess = None  # "level", "slow" or "fast"
commit(
    guess,
    {
        "level": "yes, both are level",
        "slow": "nearly: both shrink slowly",
        "fast": "no better than U(-0.01, 0.01)",
    },
)

five = {
    "all 0": keras.initializers.Zeros(),
    "all 0.02": keras.initializers.Constant(0.02),
    "U(-0.01, 0.01)": keras.initializers.RandomUniform(-0.01, 0.01),
    "U(-1, 1)": keras.initializers.RandomUniform(-1, 1),
    "Glorot": GlorotUniform(),
}
draw_spreads(five)

# %% [markdown]
# Zeros leave no curve: every h is 0, and no gradient gets below the top layer. Equal weights of 0.02 are, by this measure, in good order: neither way does anything vanish. (With 0.1 they would not be: all terms of a sum pull the
# same way, every unit above the third layer is saturated, and 3·10⁻²⁰ of the gradient comes down.) Glorot's lose a little in each layer, for tanh is not linear: its slope is below 1 wherever a is not 0. Over ten layers that makes a factor of
# about three each way, which they can afford; over a hundred it would add up again, and unit 12 takes the matter out of the initializer's hands.
#
# The line of U(−1, 1) on the left looks healthiest of all: a deviation of 0.9 in each layer. A deviation is one number, and says nothing about the *shape*.

# %% tags=["experiment"]
seen = {
    "Glorot": GlorotUniform(),
    "U(-0.2, 0.2)": keras.initializers.RandomUniform(-0.2, 0.2),
    "U(-1, 1)": keras.initializers.RandomUniform(-1, 1),
    "all 0.1": keras.initializers.Constant(0.1),
}
axes = plots.panels(4, height=2.3)
for ax, (name, initializer) in zip(axes, seen.items(), strict=True):
    h = tf.constant(x)
    for layer in stack(initializer):
        h = layer(h)
    ax.hist(np.ravel(h), bins=np.linspace(-1, 1, 41), color="#888888")
    ax.set_yticks([])
    plots.label(ax, "$h^{(10)}$", "", name)
    print(f"{name:13} std of h in layer 10: {np.std(h):.2f}, |h| > 0.99: {np.mean(np.abs(h) > 0.99):.0%}")
plt.show()

# %% [markdown]
# Half of the units of U(−1, 1) sit at −1 or 1, where tanh′ is next to nothing, and with equal weights of 0.1 all of them do, at a deviation of 0.99. Wide is not the same as alive: look at a histogram before you trust a deviation.
#
# ### ReLU wants a factor of two
#
# A ReLU unit is 0 for half of its inputs. So the mean *square* of h is half the variance of a, each layer loses a factor of two in the square, and each layer's gradient as well. He and others (2015) put it back: Var[W] = 2/H_in, that is
# U(−r, r) with r = √6/√H_in. Keras has it as `HeUniform`.
#
# **Before you run the next cell:** ten layers of 64 ReLU units with *Glorot's* weights. How wide is h in the tenth layer, compared with the first?

# %% tags=["experiment"]
guess = None  # "same", "third" or "thirtieth"
commit(guess, {"same": "as wide", "third": "about a third", "thirtieth": "about a thirtieth"})

draw_spreads({"Glorot": keras.initializers.GlorotUniform(), "He": keras.initializers.HeUniform()}, g="relu")

# %% [markdown]
# With H_in = H_out Glorot's variance is 1/H, half of He's. Nine factors of 1/√2 make 0.04, and that is what is left, up and down (0.02 to 0.03 of 0.58 up, 0.04 to 0.05 down, for three seeds). He's weights keep both level, 0.66 to 0.96
# up and 0.9 to 1.2 down. For learning it decides: ten epochs with α = 0.02 took a network of ten such layers to 0.25 to 0.40 on the validation set with Glorot's weights and to 0.89 to 0.93 with He's; one of twenty layers to 0.14 to 0.19 and to
# 0.79 to 0.85 (three seeds each).
#
# Does it matter to *learning*? Back to tanh and the five beginnings. Five hidden layers of 64 tanh units, ten epochs, everything the same but the beginning.
#
# **Before you run the next cell:** which of the five learn anything at all?

# %% tags=["experiment"]
guess = None  # "one", "two" or "four"
commit(guess, {"one": "Glorot's only", "two": "Glorot's and U(-1, 1)", "four": "all but the zeros"})

curves = {}
for name, initializer in five.items():
    model = network(initializer, [64] * 5)
    model.compile(keras.optimizers.SGD(0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    run = model.fit(x_train, y_train, validation_data=(x_valid, y_valid), epochs=10, batch_size=64, verbose=0)
    curves[name] = run.history["val_accuracy"]
    print(f"{name:14} loss {run.history['loss'][-1]:.3f}, validation accuracy {curves[name][-1]:.2f}")
ax = plots.lines(None, curves, xlabel="epoch", ylabel="validation accuracy", marker=True)
ax.set_ylim(0, 1)
ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# Five times the same network, the same data, the same correct gradients. Three of them learned next to nothing, for three different reasons: all 0, no gradient;
# all 0.02, no differences, though from the second step on a gradient arrives: 320 units that are five (0.20 to 0.22); U(−0.01, 0.01), no signal. The large weights did learn, more slowly and not as well (0.81 to 0.84 against 0.97 to 0.98 over three seeds): half of
# their units were saturated from the beginning.
#
# This is one of the lecture's two answers to why training deep networks is **hard** (48:24): optimization fails, and the network underfits. Better beginnings, better optimizers
# (unit 8), batch normalization (unit 12) and more computing help against that. The other answer is too many parameters, and overfitting; regularization helps against *that* (units 6 and
# 11). The two want different cures: look at the training error first.

# %% [markdown]
# ## What to take away
#
# - Biases begin at 0. Weights must not: with tanh units, all that zero weights ever teach is the output bias (30:27).
# - Units that begin equal get equal gradients and stay equal for ever. Random weights break the symmetry.
# - Products of many layers vanish or explode, upwards and downwards: too small loses the signal, too large saturates and lets gradients explode (48:24).
# - To keep both widths about level, Var[W] = 2/(H_in + H_out), that is U(−r, r) with r = √6/√(H_in + H_out) (32:09).
# - A seed is for repeating a run, and not for giving all layers the same numbers.
#
# **Next:** a good beginning and a correct gradient. Unit 8 asks whether there are better steps than −α∇.
