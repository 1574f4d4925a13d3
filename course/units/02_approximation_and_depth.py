# %% [markdown]
# # 2 · Approximation and depth
#
# Unit 1 ended with a network that somebody else found weights for. Before the course teaches how to find any, it asks what there is to be found: which functions can a
# network be at all, with how many units, and what do more layers buy? None of the networks that you write in this notebook is trained: you *set* every weight by hand.

# %% [markdown]
# ## What you will have built
#
# - `bump` and `bump_network`: the universal approximation theorem, as a program,
# - `relu_interpolator`: a network that goes through any n points exactly,
# - `count_pieces`: how often a ReLU network really bends, from its weights,
# - `sawtooth`: a network whose pieces double with each layer,
# - `parity_network` and `parity_terms`: the same function, deep and shallow,
# - two proofs, and measurements of what the theorems leave open: whether training finds what they promise.

# %% [markdown]
# ## Notation
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | x | `x` | (N, 1) or (N, n) | input: here mostly *one* number, between 0 and 1, or n zeros and ones |
# | f | `f` | | the function that the network should be near; its own output is called network(x) here |
# | n | `n` | a number | how many cells, points or inputs |
# | s | `sharpness` | a number | weight of a unit that makes a step |
# | ε, δ | | numbers | how near is near, for your proof: on the y axis, and on the x axis |
#
# W⁽ᵏ⁾, b⁽ᵏ⁾, a⁽ᵏ⁾, h⁽ᵏ⁾ and g are weights, biases, pre-activations, activations and the activation function, as in unit 1. The output here is *linear*, as the lecture's theorem has it (9:43):
# a number, not a distribution, and no softmax.

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · Two units make a bump
#
# One sigmoid unit with a large weight s is a step: σ(s·x + b) is nearly 0 where its pre-activation is far below 0, nearly 1 where it is far above, and exactly one half where it *is* 0, at
# x = −b/s. So the bias says *where* the step stands, and the weight how sharp it is.
#
# A step up at one place, minus a step up at another, is a bump:
#
# $$ \mathrm{bump}(x) = \text{height} \cdot \bigl( \sigma(s\,(x - \text{left})) - \sigma(s\,(x - \text{right})) \bigr) . $$
#
# That is a network with one input, two hidden units and a linear output without a bias. Write down its three arrays of weights. A bias is added to s·x, and not to x: multiply out.

# %%
from solutions.approximation_and_depth.bump import bump

# %% [markdown]
# Below, the same bump becomes sharper and sharper.
#
# **Before you run the next cell:** what happens to its value *at* its left edge, x = 0.3?

# %% tags=["experiment"]
guess = None  # "one", "zero" or "half"
commit(guess, {"one": "it goes to 1, the height", "zero": "it goes to 0", "half": "it is one half, always"})

x = np.linspace(0, 1, 501)
axes = plots.panels(2, height=2.8)
for ax, names in zip(axes, ("units", "bump"), strict=True):
    curves = {}
    for s in (15, 60, 1000):
        W1, b1, W2 = (np.asarray(part, "float64") for part in bump(0.3, 0.6, 1.0, s))
        h = 0.5 * (1 + np.tanh((x[:, None] @ W1 + b1) / 2))  # the sigmoid, by unit 1's derivation
        if names == "bump":
            curves[f"s = {s}"] = h @ W2[:, 0]
        elif s == 15:
            curves |= {"$h_1$": h[:, 0], "$h_2$": h[:, 1], "$h_1 - h_2$": h[:, 0] - h[:, 1]}
    title = "two units, s = 15" if names == "units" else "height 1, from 0.3 to 0.6"
    plots.lines(x, curves, xlabel="x", title=title, ax=ax)
plt.show()
for s in (60, 1000):
    W1, b1, W2 = (np.asarray(part, "float64") for part in bump(0.3, 0.6, 1.0, s))
    at_the_edge = 0.5 * (1 + np.tanh((0.3 * W1 + b1) / 2)) @ W2
    print(f"s = {s}: the bump at x = 0.3 is {at_the_edge.item():.4f}")

# %% [markdown]
# However sharp the step, at its edge it is halfway up. Keep that in mind: it is the one place where the proof below needs care, and a row of bumps whose first began at 0 would lose half of f there.

# %% [markdown]
# ## 2 · Any continuous function
#
# Now put bumps side by side (9:43). Cut [0, 1] into n cells, let each cell's bump be as high as f in the middle of the cell, and let each begin where the one before it ends:
#
# $$ \mathrm{network}(x) = \sum_{i=1}^{n} \mathrm{bump}_i(x), \qquad \text{2n hidden units, one hidden layer, a linear output.} $$
#
# The more cells, the nearer. That is the **universal approximation theorem** for one input: on a closed interval, a single hidden layer of sigmoid or tanh units with a linear output comes as near as you like to any *continuous* function, given enough units.
#
# A Keras model has weights as soon as it knows what comes in, so begin with `keras.Input`. Then `model.set_weights([W1, b1, W2, b2])` puts all of them in place; `Dense` in Keras orders them so: W, then b, layer by layer. The bumps need no bias at the output: b2 is `np.zeros(1)`. Each of them is a NumPy array, the one bias of the output too. Your
# `bump` gives each cell's part; `np.hstack`, `np.vstack` and `np.concatenate` join them.

# %%
from solutions.approximation_and_depth.bump_network import bump_network


# %% tags=["experiment"]
def wave(x):
    """A function with something to do: slow, fast, and rising."""
    return np.sin(6 * x) + 0.5 * np.sin(20 * x) + x


def values(model, x):
    """What a network gives for numbers x, as a row."""
    return model(np.asarray(x, "float32")[:, None]).numpy()[:, 0]


fine = np.linspace(0, 1, 4001)
axes = plots.panels(3, height=2.5, sharey=True)
for ax, n in zip(axes, (5, 20, 80), strict=True):
    network = bump_network(wave, n)
    curves = {"network(x)": values(network, fine), "f(x)": wave(fine)}
    plots.lines(fine, curves, xlabel="x", title=f"n = {n}, {2 * n} units", ax=ax)
axes[0].set_ylim(-0.8, 2.7)
for ax in axes[1:]:
    ax.get_legend().remove()
plt.show()

# %% [markdown]
# How fast does it get nearer? Three functions: the one above; √x, which is continuous but infinitely steep at 0; and one that jumps by 1 at x = 0.4321.
#
# **Before you run the next cell:** with ten times as many units, what happens to the largest error of the function that *jumps*?

# %% tags=["experiment"]
guess = None  # "tenth", "slower" or "stays"
commit(
    guess,
    {"tenth": "it falls to a tenth", "slower": "it falls, more slowly", "stays": "it does not fall at all"},
)

cells = [8, 16, 32, 64, 128, 256]
functions = {
    "wave": wave,
    "√x": np.sqrt,
    "a jump": lambda x: np.where(np.asarray(x) < 0.4321, 0.0, 1.0),
}
worst = {}
for name, f in functions.items():
    worst[name] = np.array([np.abs(values(bump_network(f, n), fine) - f(fine)).max() for n in cells])
ax = plots.lines(
    [2 * n for n in cells],
    worst,
    xlabel="hidden units, 2n",
    ylabel="largest error on [0, 1]",
    title="bumps",
    marker=True,
    logx=True,
    logy=True,
)
ax.set_xticks([2 * n for n in cells], [2 * n for n in cells])
ax.minorticks_off()
plt.show()
for name, errors in worst.items():
    slope = np.polyfit(np.log(cells), np.log(errors), 1)[0]
    print(
        f"{name:7} largest error {errors[0]:.3f} with 16 units, {errors[-1]:.4f} with 512; slope {slope:+.2f}"
    )

# %% [markdown]
# The wave's error goes down like 1/n, slope −1: half the width of a cell, times the slope of f. √x is continuous, so the theorem holds, but its error only goes like 1/√n, since near 0 it is steeper than any bound. The jump stays: a
# sum of sigmoids is continuous, and no continuous function comes nearer to a jump of 1 than ½. (Ours is even worse, since one bump covers both sides.) So `bump_network` makes a network for a function that jumps as well; it just cannot be near it everywhere.
#
# ### Derivation: why it works, and where "continuous" enters
#
# Let f be continuous on [0, 1], and let ε > 0 be given.
#
# 1. Show that there is an n such that f differs from its value in the middle of a cell by at most ε, everywhere in that cell, for *all* cells. Which property of f do you use?
# 2. Let S be the staircase that is as high as f in the middle, on each cell. Conclude that |S(x) − f(x)| ≤ ε for every x.
# 3. Show that for this n the sharpness can be chosen such that the network is near f *everywhere*, the places at the edges included, where a unit is neither 0 nor 1. How near? (Neighbouring bumps share a step: sum them up by steps.)
# 4. In which steps did continuity enter? What is the least possible largest error for an f that jumps by J?
# 5. Name two things that the theorem does not say, and which would matter to somebody who wants to use a network.

# %% [markdown] derivation="bump_proof"
# Write your answer to the five points into the next cell.

# %% [markdown]
# ## 3 · Straight pieces
#
# Steps are a clumsy way to follow a slope. ReLU units are straight: ReLU(x − c) is 0 up to c and rises with slope 1 from there on. Add them up with weights v_j, and f is straight between the kinks; at the kink of unit j the slope
# *changes* by v_j, and on its left that unit has no say at all.
#
# So there is a network through any n points (x_i, y_i). Number the points from left to right. Start at the height of the first, the leftmost: the output's bias. At each point but the last a unit begins. Its weight is not the slope of the segment that begins there, since the units on its left are
# still on; it is by how much the slope changes:
#
# $$ \mathrm{network}(x) = y_1 + \sum_{i=1}^{n-1} (\text{slope}_i - \text{slope}_{i-1})\;\mathrm{ReLU}(x - x_i), \qquad \text{slope}_i = \frac{y_{i+1} - y_i}{x_{i+1} - x_i}, \quad \text{slope}_0 = 0 . $$

# %%
from solutions.approximation_and_depth.relu_interpolator import relu_interpolator

# %% [markdown]
# The two constructions side by side, both on the wave, with the same number of hidden units.
#
# **Before you run the next cell:** with bumps, twice the units meant half the error. With straight pieces?

# %% tags=["experiment"]
guess = None  # "half", "quarter" or "root"
commit(guess, {"half": "half the error too", "quarter": "a quarter of the error", "root": "0.7 of the error"})

units = [2 * n for n in cells]
straight = []
for n in units:
    x = np.linspace(0, 1, n + 1)
    straight.append(np.abs(values(relu_interpolator(x, wave(x)), fine) - wave(fine)).max())
errors = {"sigmoid bumps": worst["wave"], "ReLU pieces": np.array(straight)}
ax = plots.lines(
    units,
    errors,
    xlabel="hidden units",
    ylabel="largest error on [0, 1]",
    title="the wave, by steps and by straight pieces",
    marker=True,
    logx=True,
    logy=True,
)
ax.set_xticks(units, units)
ax.minorticks_off()
plt.show()
for name, error in errors.items():
    slope = np.polyfit(np.log(units), np.log(error), 1)[0]
    print(
        f"{name:13} largest error {error[0]:.4f} with 16 units, {error[-1]:.6f} with 512; slope {slope:+.2f}"
    )

# %% [markdown]
# A quarter: slope −2 on logarithmic axes. A step is wrong by the *slope* of f times the width; a straight piece has the slope right, and is wrong by the curvature of f times the width squared, over 8. (That needs a second derivative: on √x
# straight pieces go like 1/√n as well, and on the jump they stay.) "With enough units" hides large differences: what the bumps reach with 512 units, straight pieces reach with 32.

# %% [markdown]
# ## 4 · It does not say how to find the weights
#
# So says the lecture right after the theorem (9:43). In the sections above you knew f, and could write the weights down. From unit 3 on the course *searches* for weights instead: it starts with random ones and moves them, step by
# step, so that the mean squared error becomes smaller. Here is that search, as a black box that we hand 32 sigmoid units and the wave at 513 places. The rivals: `bump_network` with 32 units, set; the search by plain gradient
# descent (unit 6), from one random start; the search by Adam (unit 8), from three.
#
# **Before you run the next cell:** 6,000 steps each. Who is nearer to f in the end?


# %% tags=["experiment"]
guess = None  # "set", "found" or "depends"
commit(
    guess,
    {
        "set": "what was set by hand is nearer than what was found",
        "found": "what was found is nearer than what was set",
        "depends": "gradient descent ends farther away, Adam nearer",
    },
)


def train(model, x, y, steps, optimizer):
    """Let an optimizer make the mean squared error smaller; return its root, every 100 steps."""
    x, y = (tf.constant(part[:, None], "float32") for part in (x, y))
    optimizer.build(model.trainable_variables)

    @tf.function
    def hundred():
        for _ in tf.range(100):
            with tf.GradientTape() as tape:
                error = tf.reduce_mean((model(x) - y) ** 2)
            gradients = tape.gradient(error, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return tf.sqrt(error)

    return np.array([float(hundred()) for _ in range(steps // 100)])


def shallow(H, g):
    """One hidden layer of H units with random weights."""
    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(H, g), keras.layers.Dense(1)])


places = np.linspace(0, 1, 513)
by_hand = bump_network(wave, 16)
root_mean_square = np.sqrt(np.mean((values(by_hand, places) - wave(places)) ** 2))
axes = plots.panels(2, height=3)
found = {}
searches = {
    "gradient descent": (1, lambda: keras.optimizers.SGD(0.1)),
    "Adam": (3, lambda: keras.optimizers.Adam(0.05)),
}
for number, (name, (starts, optimizer)) in enumerate(searches.items()):
    for seed in range(starts):
        keras.utils.set_random_seed(seed)
        network = shallow(32, "sigmoid")
        curve = train(network, places, wave(places), 6000, optimizer())
        found[name, seed] = network
        line = plots.style(number + 1)
        axes[0].plot(np.arange(1, 61) * 100, curve, label=name if seed == 0 else None, **line)
axes[0].axhline(root_mean_square, **plots.style(0), label="set by hand")
axes[0].legend(frameon=False)
plots.label(axes[0], "step", "root mean square error", "the search", logy=True)
curves = {
    "f(x)": wave(places),
    "gradient descent": values(found["gradient descent", 0], places),
    "Adam": values(found["Adam", 0], places),
}
plots.lines(places, curves, xlabel="x", title="what it found, first start", ax=axes[1])
plt.show()

print(f"set by hand          largest error {np.abs(values(by_hand, places) - wave(places)).max():.2f}")
for name, (starts, _) in searches.items():
    largest = [np.abs(values(found[name, seed], places) - wave(places)).max() for seed in range(starts)]
    print(f"{name:20} largest error", *(f"{error:.2f}" for error in largest))

# %% [markdown]
# Theory and search both come out of this a little smaller. Gradient descent found the slow part of the wave and no more: from five starts, 10,000 steps each, its root mean square error stayed at 0.49 or 0.50, where the network that was set has 0.15. Adam with the *same* 32
# units is not through after 6,000 steps from every start, as the curves show; after 10,000 it was, from five of five, at 0.01 to 0.03, with a largest error of 0.03 to 0.12 where ours has 0.51. With a smaller step (0.01 in the place of 0.05) it became a matter of luck: 0.01 from one start, 0.15 to 0.34 from the other four.
#
# So there are far better weights than those of the proof, which spends two units on each level. Whether a search finds them depends on the search and on its start, and the theorem speaks of neither. Most of this course is about that gap.

# %% [markdown]
# ## 5 · Count the pieces
#
# A network of ReLU units with one input is a chain of straight pieces, however many layers it has: a sum of straight lines is straight, and ReLU of a straight line is straight but for one kink. So *how many pieces* is a fair measure of how much a network can do. One hidden
# layer of n units has at most n + 1.
#
# With several layers, a kink can only be where some unit's pre-activation crosses 0. Layer by layer: as long as everything below is straight between two neighbouring places x_i and x_{i+1}, a pre-activation a is straight there too, and if its values at the two ends have different
# signs, it crosses 0 at
#
# $$ x = x_i + \frac{a(x_i)}{a(x_i) - a(x_{i+1})} \, (x_{i+1} - x_i) . $$
#
# Begin with the two ends of the interval; add the crossings of the first hidden layer's units; between these, those of the second; and so on. Not every crossing is a kink of f: the next layer may not read that unit, or two units may cancel. So compare slopes at the end. And do not count on a
# grid: pieces can be narrower than any grid.

# %%
from solutions.approximation_and_depth.count_pieces import count_pieces

# %% [markdown]
# If each of two layers with n units may cut every piece into n + 1, both together make up to (n + 1)² of them, and L layers (n + 1)ᴸ: depth *multiplies*. That is what can be. What is? Below are networks with 8 units a layer and random weights, ten for each depth.
#
# **Before you run the next cell:** with eight layers (n + 1)ᴸ is 9⁸ = 43 million. How many pieces does a *random* network of that size have on [−2, 2]?

# %% tags=["experiment"]
guess = None  # "tens", "thousands" or "millions"
commit(guess, {"tens": "less than a hundred", "thousands": "some thousands", "millions": "some millions"})


def random_network(depth, H=8):
    """ReLU layers with random weights, of a size that keeps activations alive from layer to layer, and random biases."""
    hidden = []
    for number in range(depth):
        # an initializer of its own: one that is used twice draws the same numbers again
        biases = keras.initializers.RandomNormal(stddev=0.5)
        layer = keras.layers.Dense(H, "relu", kernel_initializer="he_normal", bias_initializer=biases)
        hidden.append(layer)
    return keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])


depths = np.arange(1, 9)
counts = []
for depth in depths:
    row = []
    for seed in range(10):
        keras.utils.set_random_seed(seed)
        row.append(count_pieces(random_network(depth), -2, 2))
    counts.append(row)
counts = np.array(counts)
ax = plots.lines(
    depths,
    {
        "most that there can be, $9^L$": 9.0**depths,
        "units, 8L": 8 * depths,
        "pieces, mean of ten": counts.mean(1),
    },
    xlabel="hidden layers L",
    ylabel="number",
    title="random networks, 8 units a layer",
    marker=True,
    logy=True,
)
ax.fill_between(depths, counts.min(1), counts.max(1), color="#cccccc")
plt.show()
for depth in (1, 2, 4, 8):
    row = counts[depth - 1]
    print(
        f"L = {depth}: {row.mean():.1f} pieces on average, {row.min()} to {row.max()}; at most {9**depth:,}"
    )

# %% [markdown]
# About as many pieces as *units*, not as a product says: 8.4 on average with one layer, 15 with two, 27 with four, 46 with eight, whose ten networks have between 27 and 74. With 16 units a layer it is the same picture: 106 for eight layers, 128 units. (Hanin and Rolnick found it so for larger networks, in 2019.) Depth
# *can* multiply; that it does not do so by itself is worth knowing. A crossing of a deep unit multiplies only if the layers below run up and down through that unit's threshold many times, and random ones do not.

# %% [markdown]
# ## 6 · A tent in each layer
#
# So use depth on purpose. The tent t(x) is 2x up to ½ and 2 − 2x from there on: it runs through [0, 1] *twice*, up and down. Whatever the next layer does with [0, 1] thus happens twice. t(t(x)) has four pieces, t(t(t(x))) eight; each layer folds the line once more, like paper.
#
# A tent is two ReLU units: a slope of 2 from 0 on, which changes by −4 at ½. Its value, 2h₁ − 4h₂, need not be computed by a unit of its own: the next layer's a = hW + b can hold it, since W's columns may be that very sum.

# %%
from solutions.approximation_and_depth.sawtooth import sawtooth

# %% tags=["experiment"]
axes = plots.panels(4, height=1.9, sharey=True)
for ax, depth in zip(axes, (1, 2, 3, 5), strict=True):
    network = sawtooth(depth)
    plots.lines(fine, {"": values(network, fine)}, xlabel="x", title=f"depth {depth}", ax=ax)
plt.show()
print("depth  weights and biases  pieces   one hidden layer with so many pieces: weights and biases")
for depth in (1, 2, 5, 10, 12):
    pieces = count_pieces(sawtooth(depth))
    print(f"{depth:5}  {sawtooth(depth).count_params():18}  {pieces:6}   {3 * (pieces - 1) + 1:10,}")

# %% [markdown]
# 73 numbers (with two units a layer) against more than twelve thousand. This is the clean case of what depth can do: the count n + 1 for one hidden layer holds whatever its weights are, and it is no use to be only *near*: whatever stays within less than ½ of the sawtooth has to go up and down as often.
#
# But a network that is *set* is not one that is found. Take the sawtooth of depth 3, eight pieces, as examples at 513 places, and three networks with about 300 weights each: one hidden layer of 100 ReLU units, two of 15, four of 9. Any of them could be exact.
#
# **Before you run the next cell:** which of them does Adam (as in section 4, but with the smaller step 0.01; 3,000 steps, two starts) bring near? A constant ½ would have a root mean square error of 0.29.

# %% tags=["experiment"]
guess = None  # "shallow", "deep" or "none"
commit(
    guess,
    {
        "shallow": "the one with a single hidden layer: it is easy to train",
        "deep": "the two deeper ones: they can fold",
        "none": "none of them",
    },
)

target = sawtooth(3)
teeth = values(target, places)
axes = plots.panels(3, height=2.4, sharey=True)
for ax, (depth, H) in zip(axes, ((1, 100), (2, 15), (4, 9)), strict=True):
    ends, best = [], None
    for seed in range(2):
        keras.utils.set_random_seed(seed)
        hidden = [keras.layers.Dense(H, "relu", kernel_initializer="he_uniform") for _ in range(depth)]
        network = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])
        train(network, places, teeth, 3000, keras.optimizers.Adam(0.01))
        error = np.sqrt(np.mean((values(network, places) - teeth) ** 2))
        ends.append((error, count_pieces(network)))
        if best is None or error < best[0]:
            best = error, network
    curves = {"network(x)": values(best[1], places), "sawtooth": teeth}
    plots.lines(places, curves, xlabel="x", ax=ax)
    ax.set_title(f"{depth} × {H} units, the better of two", fontsize=9)
    told = ", ".join(f"{error:.3f} ({count} pieces)" for error, count in ends)
    print(f"{depth} × {H:3} units, {network.count_params()} weights: root mean square error {told}")
axes[0].set_ylim(-0.05, 1.7)
for ax in axes[1:]:
    ax.get_legend().remove()
plt.show()

# %% [markdown]
# None. In longer runs, 5,000 steps from five starts each, the errors were 0.22 to 0.27 with one hidden layer, 0.26 to 0.28 with two, 0.17 to 0.26 with four: depth has a slight edge, and all of them are nearer to the constant than to the teeth, with pieces enough to be exact. The pictures say where it goes wrong: teeth are learned from the
# left. Biases start at 0, so that every kink starts at x = 0 and has to travel to the tooth that needs it. (Try it with inputs from −1 to 1, or with random biases: the cell is yours.) Four layers of *two* units, 25 weights, little more than the 19 of `sawtooth(3)`, did worst: four of five starts ended as the constant ½.
#
# So the theorem about depth is like the one about width. It says what there is, and not that it is found.
#
# ### Derivation: pieces, and what depth multiplies
#
# 1. Show that a network with one input, one hidden layer of n ReLU units and a linear output has at most n + 1 pieces.
# 2. Let g have p pieces and values in [0, 1], and let f have q pieces on [0, 1]. Show that f(g(x)) has at most p·q. Why does the tent reach this bound, layer by layer?
# 3. How many units does *one* hidden layer need, at least, for a sawtooth of depth d? How many units and weights has your `sawtooth(d)`? Compare for d = 10.
# 4. Parity (next section; you may come back to this): count units for a chain of XORs, and show that an OR of ANDs needs 2ⁿ⁻¹ terms.
# 5. "So a single hidden layer needs exponentially many units for parity." What is wrong with that? Find n threshold units in one hidden layer that do it.

# %% [markdown] derivation="pieces_and_depth"
# Write your answer to the five points into the next cell.

# %% [markdown]
# ## 7 · Parity
#
# The lecture's own example of why depth helps are Boolean functions (47:06): some need exponentially many units if there are few layers, and few units if there are many. The classic is parity: is the number of ones among n inputs odd?
#
# **Deep.** The parity so far and one more input make a new parity: p ← p XOR x_k. On zeros and ones, p XOR x is 0, 1, 0 for p + x = 0, 1, 2, which is a tent again: ReLU(p + x) − 2·ReLU(p + x − 1).
#
# To feed one layer with the output of another *and* with an input, build the network by calls: `inputs = keras.Input((n,))`, then `inputs[:, k : k + 1]` is one input as a column, `keras.layers.Concatenate()([p, …])` puts columns side by side, a layer is called on them, and at the end `keras.Model(inputs, p)` makes a
# model of it all. A layer made so has weights as soon as it has been called: `layer.set_weights([W, b])`.

# %%
from solutions.approximation_and_depth.parity_network import parity_network

# %% [markdown]
# **Shallow, the Boolean way.** AND and OR are threshold units: 1[a > 0]. An AND of all n inputs, some of them negated, is on for one single input pattern. Parity is then the OR of one such AND for each pattern with an odd number of ones, and there is no shorter way: an AND that did not mention some input would be
# on for two patterns that differ in it, and one of these is even.

# %%
from solutions.approximation_and_depth.parity_terms import parity_terms

# %% [markdown]
# **Before you run the next cell:** both for n = 20 inputs, in weights. How many times larger is the shallow one?

# %% tags=["experiment"]
guess = None  # "ten", "thousand" or "more"
commit(
    guess,
    {"ten": "about ten times", "thousand": "about a thousand times", "more": "more than ten thousand times"},
)

print("inputs   weights, deep   weights, ANDs and an OR")
deep, flat = [], []
sizes = [2, 4, 6, 8, 10, 12]
for n in sizes:
    deep.append(parity_network(n).count_params())
    flat.append(sum(np.asarray(part).size for part in parity_terms(n)))
    print(f"{n:6}   {deep[-1]:13,}   {flat[-1]:23,}")
twenty = parity_network(20).count_params(), 2**19 * (20 + 2) + 1
print(f"{20:6}   {twenty[0]:13,}   {twenty[1]:23,}   (the last by its formula)")
plots.lines(
    sizes,
    {"deep": deep, "ANDs and an OR": flat},
    xlabel="inputs n",
    ylabel="weights and biases",
    title="parity",
    marker=True,
    logy=True,
)
plt.show()

# %% [markdown]
# That is the lecture's point. It is worth being exact about what has been shown: not that *a hidden layer* needs exponentially many units for parity, but that ANDs and an OR do. A threshold unit can do more than an AND: it can count.

# %% tags=["experiment"]
n = 12
every_input = np.stack(np.meshgrid(*[[0, 1]] * n), -1).reshape(-1, n)
how_many = every_input.sum(1)
W1, b1 = np.ones((n, n)), 0.5 - np.arange(1, n + 1)  # unit k: at least k ones
W2 = -((-1.0) ** np.arange(1, n + 1))  # +1, -1, +1, …
h = (every_input @ W1 + b1 > 0) * 1.0
right = np.mean(h @ W2 == how_many % 2)
print(f"one hidden layer of {n} threshold units: right on {right:.0%} of {2**n} inputs")

# %% [markdown]
# n units, n² weights, one hidden layer. The exponential bound is about AND and OR (for any *fixed* number of their layers it is exponential in a power of n). With ReLU units the sawtooth of the last section knows no such escape: however their weights are set, one hidden layer needs a unit for each kink. That makes it the cleaner argument for depth.

# %% [markdown]
# ## 8 · The cortex, and practice
#
# The lecture's first reason for depth is neither a proof nor an experiment of ours, but an example that works (45:50). On its way from the eye the visual cortex goes through areas that look for more and more: V1 for edges in some direction at some place, V4 for parts, IT for faces and objects. Deep networks on photographs find
# units like these by themselves, layer by layer. And there is practice: since about 2010 deep networks have won in speech and vision (48:10), which no theorem of this unit foresaw.
#
# Do the weights of a *first* layer look like V1? Keras trains 64 ReLU units on the digits, 8 × 8 pixels, as in unit 1. Above, the edge detectors of V1 as one writes them, small waves under a bell; below, the weights of the 16 units that are most like one of them.
#
# **Before you run the next cell:** what will the sixteen look like?

# %% tags=["experiment"]
guess = None  # "digits", "edges" or "little"
commit(
    guess,
    {"digits": "like digits", "edges": "like clean edges", "little": "like bars and blobs in noise"},
)


def edge_detectors():
    """Waves in eight directions under a bell, at 25 places, with mean 0 and length 1: a model of cells in V1."""
    row, column = np.mgrid[:8, :8] - 3.5
    made = []
    for angle in np.arange(8) * np.pi / 8:
        for wavelength in (4, 6, 8):
            for phase in (0, np.pi / 2):
                for i in range(-2, 3):
                    for j in range(-2, 3):
                        along = (row - i) * np.cos(angle) + (column - j) * np.sin(angle)
                        bell = np.exp(-((row - i) ** 2 + (column - j) ** 2) / (2 * 1.8**2))
                        wave_there = bell * np.cos(2 * np.pi * along / wavelength + phase)
                        made.append((wave_there - wave_there.mean()).ravel())
    made = np.array(made)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def likeness(W):
    """For each unit the largest correlation of its weights with an edge detector; pixels that are never inked are left out."""
    w = W.T * inked
    w = w - w.mean(axis=1, keepdims=True)
    w = w / np.linalg.norm(w, axis=1, keepdims=True)
    return np.abs(w @ edges.T).max(axis=1)


(x_train, y_train), (x_valid, y_valid), _ = data.digits()
inked = x_train.std(axis=0) > 0.05
edges = edge_detectors()
keras.utils.set_random_seed(0)
network = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(10, "softmax")]
)
before = network.get_weights()[0]
network.compile("adam", "sparse_categorical_crossentropy")
network.fit(x_train, y_train, batch_size=64, epochs=40, verbose=0)
after = network.get_weights()[0]
most = np.argsort(-likeness(after))[:16]
shown = np.concatenate([edges[np.arange(8) * 150 + 12], after.T[most] * inked])
axes = plots.images(
    shown, titles=["V1, a model"] * 8 + [f"{likeness(after)[j]:.2f}" for j in most], columns=8
)
plt.show()
accuracy = np.mean(network(x_valid).numpy().argmax(1) == y_valid)
print(f"validation accuracy {accuracy:.1%}")
print(
    f"likeness to an edge, mean of 64 units: {likeness(before).mean():.2f} at the start, {likeness(after).mean():.2f} trained"
)

# %% [markdown]
# Bars and blobs, in noise. The mean likeness rises from 0.37, which random weights reach by chance, since there are 1,200 detectors to be like, to 0.50 (four starts: 0.49 or 0.50 each); neighbouring weights, unrelated at the start, end with a correlation of 0.3. More like edges than chance, then, and far from V1. Small images of which a unit
# sees all, and 1,197 of them, do not ask for more: digits are told apart well without. The clean edges that one sees in books come from networks that look at photographs through small windows, the same weights at every place.

# %% [markdown]
# ## What to take away
#
# - On a closed interval, one hidden layer with a linear output comes as near as you like to any continuous function (9:43): two units a bump, and enough bumps. Where f jumps, the largest error stays.
# - Steps get nearer like 1/n, straight pieces like 1/n².
# - That weights exist does not mean that a search finds them, and what a search finds may be better than what we set.
# - One hidden layer of n ReLU units has at most n + 1 pieces. Depth can multiply them; random networks make no use of that, and trained ones little.
# - ANDs and an OR need 2ⁿ⁻¹ units for parity, a chain of XORs a few a step (47:06). Units that can count need only n in one layer: a bound is about a kind of unit.
#
# **Next:** unit 3 turns a network into a graph that finds slopes by itself, which is what every search for weights follows.
