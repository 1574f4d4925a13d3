# %% [markdown]
# # 8 · Optimizers
#
# Gradient descent goes where the gradient points, by a step that the learning rate decides. It forgets each gradient as soon as it has used it. In this notebook
# you write four optimizers that remember, as classes that `model.fit` trains with, and find out what each memory is good for, and where it is not.

# %% [markdown]
# ## What you will have built
#
# - `path`, which follows an optimizer down a function,
# - `Momentum`, `AdaGrad` and `RMSProp` as the lecture has them, and `Adam`, which it names: optimizers of Keras, saved with the model and resumed,
# - `step_lengths`, how far each of them goes, in closed form,
# - `AdamW`, a weight decay that Adam does not spoil,
# - three proofs on paper, and measurements: in a ravine, on rare features, on digits and MNIST-1D over five learning rates.

# %% [markdown]
# ## Notation
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | θ | `theta`, `variable` | any | what is moved: parameters, or a place in a plane |
# | g | `gradient` | as θ | ∇L at θ, the gradient of this step |
# | α | `lr`, `learning_rate` | a number | the learning rate |
# | Δ | `delta` | as θ | momentum's direction |
# | β | `beta` | a number | how much of a memory is kept from one step to the next |
# | m, v | `m`, `v` | as θ | averages or sums of g and of g² |
# | ε | `eps` | a number | keeps a division from 0 |
# | t | `t` | | the number of the step, from 1 |
#
# The lecture writes γ for v. Batch normalization has another γ (unit 12), so here it is v throughout. Products, squares, roots and divisions are entry by entry.

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
from helpers.animation import animate
import tempfile
from pathlib import Path
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf


class Optimizer(keras.optimizers.Optimizer):
    """Keras's optimizer, and which of its variables one is."""

    def index_of(self, variable):
        """Tell which of the variables that `build` saw a variable is, from 0."""
        return self._get_variable_index(variable)


# %% [markdown]
# ## 1 · A ravine
#
# To see what an optimizer does, let it run where everything can be seen: on a function of two variables. Write down every place that it comes to. θ is float32, whatever the start is.

# %%
from solutions.optimizers.path import path

# %% [markdown]
# The function is a ravine: 40 times as steep across as along.
#
# $$ f(\theta) = \tfrac12 \bigl( \theta_1^2 + 40\, \theta_2^2 \bigr) $$
#
# **Before you run the next cell:** sixty steps of gradient descent, with α = 0.02, 0.045 and 0.051. Where does each end?

# %% tags=["experiment"]
guess = None  # "a", "b" or "c"
commit(
    guess,
    {
        "a": "the larger α, the nearer to the bottom",
        "b": "0.045 is nearest; 0.051 is higher than it began",
        "c": "0.02 is nearest; the other two have left the ravine",
    },
)


def ravine(angle=0.0):
    """A function that is 40 times as steep across as along, its floor turned by an angle; and a place on its wall."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    steepness = tf.constant(turn @ np.diag([1.0, 40.0]) @ turn.T, "float32")
    return lambda theta: tf.tensordot(theta, tf.linalg.matvec(steepness, theta), 1) / 2, turn @ [-4.0, 0.8]


def heights(f, places):
    return np.array([float(f(tf.constant(place, "float32"))) for place in places])


def draw_path(ax, places, angle=0.0, title="", color="black"):
    """The places, on lines of equal height."""
    side = np.linspace(-4.6, 4.6, 90)
    x, y = np.meshgrid(side, side)
    along, across = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    levels = np.geomspace(0.05, 400, 10)
    ax.contour(x, y, (along**2 + 40 * across**2) / 2, levels=levels, colors="#bbbbbb", linewidths=0.7)
    ax.plot(*places.T, color=color, marker=".", markersize=4, linewidth=0.8)
    ax.plot(0, 0, marker="x", color="tab:red", markersize=9)
    ax.set(xlim=(-4.6, 4.6), ylim=(-4.6, 4.6) if angle else (-1.6, 1.6))
    return plots.label(ax, "$θ_1$", "$θ_2$", title)


f, start = ravine()
axes = plots.panels(3, height=2.4, sharey=True)
for ax, lr in zip(axes, (0.02, 0.045, 0.051)):
    places = path(keras.optimizers.SGD(lr), f, start, 60)
    end = heights(f, places[[0, 60]])
    print(f"α = {lr:5}: height {end[0]:.1f} at the start, {end[1]:10.4f} after 60 steps")
    draw_path(ax, places[:25], title=f"α = {lr}, 24 steps").label_outer()
plt.show()

# %% [markdown]
# A step multiplies θ₁ by 1 − α and θ₂ by 1 − 40α. Beyond α = 2/40 = 0.05 the second factor is below −1, and every step lands higher on the opposite wall. So the *steep* direction says how large α may be, and along the
# floor such a rate is far too small: θ₁ keeps 95 % of itself at each step. The ratio of the two, here 40, is the **condition number** κ. Real losses have ratios of thousands, in directions that nobody knows.

# %% [markdown]
# ## 2 · Momentum
#
# Across the ravine the gradient changes its sign at each step; along it, it always points the same way. So add gradients up: what changes sign cancels, what stays accumulates. That is the lecture's momentum (40:27):
# the direction of a step is the current gradient plus β times the direction before.
#
# $$ \Delta \leftarrow -g + \beta\, \Delta, \qquad \theta \leftarrow \theta + \alpha\, \Delta $$
#
# ### How an optimizer of Keras is made
#
# Three methods. `build` is called once, with all variables that may be moved, and makes what is to be remembered: a **slot** for each variable, of its shape. `update_step` is called at each step for each variable, and
# changes it *in place*. The variable is not the object that `build` saw, so find its slot by `self.index_of(variable)`, and not by a name. (The first cell's `Optimizer` is Keras's with that method.) Whatever `update_step` returns, nobody looks at. `get_config` says by which settings a saved optimizer is made again. Here is one that goes like gradient descent, and remembers the largest gradient that each entry ever
# had:
#
#     @keras.saving.register_keras_serializable("demo")
#     class Watcher(Optimizer):
#         def build(self, variables):
#             if self.built:
#                 return
#             super().build(variables)
#             self.largest = self.add_optimizer_variables(variables, "largest")     # a list of slots
#
#         def update_step(self, gradient, variable, learning_rate):
#             slot = self.largest[self.index_of(variable)]               # this variable's
#             self.assign(slot, keras.ops.maximum(slot, keras.ops.abs(gradient)))
#             rate = keras.ops.cast(learning_rate, variable.dtype)                  # it comes as float32
#             self.assign_sub(variable, rate * gradient)
#
# It has no settings of its own, so it needs no `get_config`. As in every layer, `fit` makes a graph of this once: what is to change from step to step belongs in slots, by `self.assign`, and not in attributes or lists of Python's.
# Slots are saved with the model; attributes and lists are not.

# %%
from solutions.optimizers.momentum import Momentum

# %% [markdown]
# Train with it, save the model in the middle, load it, and go on. Beside it, the model that was never saved.

# %% tags=["experiment"]
(x_train, y_train), (x_valid, y_valid), _ = data.digits()
keras.utils.set_random_seed(1)
model = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense(32, "relu"), keras.layers.Dense(10, "softmax")]
)
model.compile(Momentum(0.05), "sparse_categorical_crossentropy")
model.fit(x_train, y_train, batch_size=64, epochs=2, shuffle=False, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder, "model.keras"))
    loaded = keras.saving.load_model(Path(folder, "model.keras"))
for name, one in (("never saved", model), ("loaded", loaded)):
    history = one.fit(x_train, y_train, batch_size=64, epochs=2, shuffle=False, verbose=0).history
    print(f"{name:12} steps taken: {int(one.optimizer.iterations)}, loss by epoch: {history['loss']}")

# %% [markdown]
# ### In the ravine
#
# **Before you run the next cell:** the same sixty steps, from the same start, with β = 0.9 and α = 0.01. How high is momentum at the end, and how does it get there?

# %% tags=["experiment"]
guess = None  # "straight", "swings" or "same"
commit(
    guess,
    {
        "straight": "lower than gradient descent, on a straight way",
        "swings": "lower than gradient descent, after swinging and overshooting",
        "same": "about as high: both go down the same ravine",
    },
)

axes = plots.panels(2, height=2.6, sharey=True)
for ax, (name, optimizer) in zip(
    axes,
    {
        "gradient descent, α = 0.045": keras.optimizers.SGD(0.045),
        "Momentum, α = 0.01, β = 0.9": Momentum(0.01, beta=0.9),
    }.items(),
):
    places = path(optimizer, f, start, 60)
    print(
        f"{name}: height {heights(f, places[[60]])[0]:.4f} after 60 steps, θ1 at most {places[:, 0].max():.2f}"
    )
    draw_path(ax, places, title=name).label_outer()
plt.show()

# %% [markdown]
# Momentum is a heavy ball. It swings across, less and less, and along the floor it builds up speed, so much that it rolls past the bottom and has to come back. How much is gained depends on the ravine. Below, ravines of condition number κ from 10 to 1000; each method
# has the best settings that are known for this kind of function (for momentum β goes with κ: Polyak, 1964), and goes until the height is a thousandth of that at the start. Five starts for each.
#
# **Before you run the next cell:** when κ grows a hundredfold, gradient descent needs about a hundred times as many steps. And momentum?

# %% tags=["experiment"]
guess = None  # "hundred", "fifteen" or "same"
commit(
    guess,
    {
        "hundred": "about a hundred times as many",
        "fifteen": "ten to twenty times as many",
        "same": "no more than before",
    },
)


def steps_to_a_thousandth(kappa, lr, beta, start):
    """How many steps it takes in a ravine of that condition number; NumPy, since there are thousands of them."""
    steepness, theta, delta, steps = np.array([1, kappa]), start, np.zeros(2), 0
    while (steepness * theta**2).sum() > (steepness * start**2).sum() / 1000:
        delta = -steepness * theta + beta * delta
        theta = theta + lr * delta
        steps += 1
    return steps


kappas, counts = np.array([10, 30, 100, 300, 1000]), {"gradient descent": [], "momentum": []}
for kappa in kappas:
    root = np.sqrt(kappa)
    settings = {
        "gradient descent": (2 / (1 + kappa), 0.0),
        "momentum": (4 / (1 + root) ** 2, ((root - 1) / (root + 1)) ** 2),
    }
    for name, (lr, beta) in settings.items():
        ways = np.random.default_rng(0).uniform(0, 2 * np.pi, 5)
        starts = [np.array([np.cos(way), np.sin(way) / root]) for way in ways]
        counts[name].append([steps_to_a_thousandth(kappa, lr, beta, one) for one in starts])
ax = plots.lines(
    kappas,
    {name: np.mean(found, axis=1) for name, found in counts.items()},
    xlabel="condition number κ",
    ylabel="steps",
    marker=True,
    logx=True,
    logy=True,
)
for i, (name, found) in enumerate(counts.items()):
    ax.fill_between(kappas, np.min(found, axis=1), np.max(found, axis=1), color=plots.INK[i], alpha=0.15)
    means = np.mean(found, axis=1)
    slope = np.polyfit(np.log(kappas[1:]), np.log(means[1:]), 1)[0]
    print(
        f"{name:16} steps at κ = 10 … 1000: {np.round(means, 1)}; from κ = 30 on they grow as κ to the {slope:.2f}"
    )
plt.show()

# %% [markdown]
# Gradient descent needs steps in proportion to κ; momentum in proportion to about its square root (the theory says ½; what we measure is a little above). At κ = 1000 that is a factor of 13. The settings matter: with β = 0.9 for all κ and, for each start, the best α
# of eight, we needed 22 steps at κ = 100 and 65 at κ = 1000 on average, fewer still, and at κ = 3 far more than gradient descent (28 against 5). A memory that is longer than the ravine needs only makes it swing.
#
# ### Derivation: one over 1 − β
#
# 1. Unroll Δ ← −g + βΔ: write Δₜ as a sum over all gradients g₁ … gₜ. How much does a gradient count that is k steps old?
# 2. Let all gradients be the same g. Sum the series. What is Δₜ for large t, and for which β? What is it for β = 0.9?
# 3. Now let the gradient change its sign at each step, ±g. To what size does Δₜ tend?
# 4. Put both together: how do α and β act along the ravine, and how across?

# %% [markdown] derivation="momentum_limit"
# Write your answer to the four points into the next cell. Formulas may be plain text or LaTeX between dollar signs.

# %% [markdown]
# ## 3 · AdaGrad: a rate for each parameter
#
# One α serves all parameters alike, those whose gradients are large and those that hardly ever get one. AdaGrad (41:15) notes for each parameter how much gradient it has had, and divides by that:
#
# $$ v \leftarrow v + g^2, \qquad \theta \leftarrow \theta - \alpha\, \frac{g}{\sqrt{v} + \varepsilon} $$
#
# v is a sum of squares, entry by entry, and the root brings it back to the size of a gradient. A small example: an entry with the gradients 3 and then 4 has v = 9 and then 25, so its steps are α · 3/3 and α · 4/5. A second entry with 0.03 and 0.04 has *the same* steps.
#
# The lecture leaves ε out. It is there for the entries that never had a gradient: a dead unit has g = 0 and v = 0, and 0/0 is no number, which `fit` would carry into every parameter. It is added to the root, not under it.

# %%
from solutions.optimizers.adagrad import AdaGrad

# %% [markdown]
# ### Rare features
#
# AdaGrad was made for features that are mostly absent, such as single words in texts. Their weights get a gradient rarely, and so their v stays small and their steps long. Does that help? Twelve features, each present with its own probability, from 1 down to 0.01, and a linear
# target. Batches of ten examples. Each method gets the best of seven rates: the one whose weights
# have the least squared errors, weighted by how often each feature is present and averaged over 20 problems.
#
# **Before you run the next cell:** whose weights for the four *rarest* features are closest to the truth, after 50 steps, and after 1,000?

# %% tags=["experiment"]
guess = None  # "always", "early" or "never"
commit(
    guess,
    {
        "always": "AdaGrad's, clearly, after 50 steps and after 1,000",
        "early": "AdaGrad's after 50 steps; after 1,000 there is nothing to choose",
        "never": "all alike, if each has its best rate",
    },
)

present, rates = np.geomspace(1, 0.01, 12), np.geomspace(0.003, 3, 7)


def learn(rule, batches, problems=20, N=10):
    """Squared errors of the weights, by problem and rate; all of them at once, in NumPy."""
    rng = np.random.default_rng(1)
    truth = rng.normal(size=(problems, 1, 12))
    w, delta, v = np.zeros((3, problems, len(rates), 12))
    lr = rates[:, None]
    for _ in range(batches):
        x = (rng.random((problems, N, 12)) < present) * 1.0
        y = x @ truth[:, 0, :, None] + 0.1 * rng.normal(size=(problems, N, 1))
        g = (np.einsum("pnd,prd->prn", x, w) - y[:, None, :, 0]) @ x / N
        if rule == "gradient descent":
            w = w - lr * g
        elif rule == "momentum":
            delta = -g + 0.9 * delta
            w = w + lr * delta
        elif rule == "AdaGrad":
            v = v + g**2
            w = w - lr * g / (np.sqrt(v) + 1e-7)
        else:
            v = 0.9 * v + 0.1 * g**2
            w = w - lr * g / (np.sqrt(v) + 1e-7)
    return (w - truth) ** 2


axes = plots.panels(3, height=3.0, sharey=True)
for ax, steps in zip(axes, (50, 200, 1000)):
    curves = {}
    print(f"after {steps} steps")
    for rule in ("gradient descent", "momentum", "AdaGrad", "RMSProp"):
        with np.errstate(all="ignore"):
            errors = learn(rule, steps)
            risk = np.nan_to_num((errors * present).sum(axis=-1).mean(axis=0), nan=np.inf)
        best = int(risk.argmin())
        size = np.sqrt(errors[:, best])
        by_problem = size[:, -4:].mean(axis=1)
        curves[rule] = size.mean(axis=0)
        print(
            f"   {rule:17} best α {rates[best]:.3f}, error of the frequent four {size[:, :4].mean():.3f}, "
            f"of the rare four {by_problem.mean():.3f} (problems: {by_problem.min():.2f} to {by_problem.max():.2f})"
        )
    plots.lines(
        present, curves, xlabel="how often present", logx=True, logy=True, title=f"{steps} steps", ax=ax
    )
    if steps < 1000:
        ax.get_legend().remove()
axes[0].set_ylabel("error of the weight")
plt.show()

# %% [markdown]
# After 50 steps a feature of probability 0.01 has been seen about five times. AdaGrad has made more of these than anybody: its rare weights are off by 0.11, those of the others by 0.17 to 0.35. After 200 steps momentum and AdaGrad are level, and after 1,000 all are (0.020 to 0.027), though for the
# very rarest feature AdaGrad is still ahead. The claim holds while there are few examples of the rare, which for words is always. (AdaGrad could also use rates, here up to 3, at which gradient descent and momentum have long since diverged.)

# %% [markdown]
# ## 4 · RMSProp: forget
#
# AdaGrad's v only grows. Steep places at the beginning slow it down for ever. RMSProp (41:54) lets v fade, a **moving average** in the place of the sum:
#
# $$ v \leftarrow \beta\, v + (1 - \beta)\, g^2, \qquad \theta \leftarrow \theta - \alpha\, \frac{g}{\sqrt{v} + \varepsilon} $$
#
# With the weights β and 1 − β it *is* an average: if g stays, v tends to g². Momentum is the one without 1 − β. Keep the two apart.

# %%
from solutions.optimizers.rmsprop import RMSProp

# %% [markdown]
# ### Derivation: steps and scales
#
# 1. Let the gradient of a parameter be the same g at each step. How long is AdaGrad's step t? And RMSProp's, for large t?
# 2. A feature x_j is measured in another unit, 100x_j in the place of x_j, and its weight w_j is a hundredth of what it was: a = … + x_j w_j is unchanged. What becomes of ∂L/∂w_j?
# 3. For which of gradient descent, momentum, AdaGrad, RMSProp (and Adam, once you have read section 5) does the *step* of w_j change, and how much? Leave ε out.
# 4. And a, the pre-activation: how much more or less does it move by that step, in the new unit than in the old? So who does not feel the unit at all?

# %% [markdown] derivation="scaled_feature"
# Write your answer to the four points into the next cell.

# %% [markdown]
# ## 5 · Adam: both
#
# The lecture names Adam and leaves it at that (42:10). It puts the two memories together: a moving average m of the gradient, as momentum has a sum of it, divided by the root of RMSProp's v. And it mends a flaw. Both averages begin with zeros, so at first they are too small.
#
# $$ m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2 $$
# $$ \hat m = \frac{m}{1 - \beta_1^{\,t}}, \qquad \hat v = \frac{v}{1 - \beta_2^{\,t}}, \qquad \theta \leftarrow \theta - \alpha\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon} $$
#
# ### Derivation: why 1 − βᵗ
#
# 1. Unroll m ← βm + (1 − β)g, from m₀ = 0: mₜ as a sum over g₁ … gₜ.
# 2. What do the weights of that sum add up to? What is missing for an average, and where has it gone?
# 3. The gradients are random, all with the same mean E[g]. Show that m̂ₜ has the mean E[g]. Must they be independent?
# 4. With β₁ = 0.9 and β₂ = 0.999, how long would the first step be *without* the two corrections? Do they not cancel?

# %% [markdown] derivation="adam_bias"
# Write your answer to the four points into the next cell.

# %% [markdown]
# t is the number of the step, for all variables together: 1 at the first. Keras keeps `self.iterations`, the number of steps that are done, an integer. There are two slots for each variable now.

# %%
from solutions.optimizers.adam import Adam

# %% [markdown]
# ### How long is a step?
#
# The derivations have most of what each of the four does under a gradient that stays; RMSProp's early steps and Adam's are a line more. Now as a program: the length of step t, in units of α. No loop is needed.

# %%
from solutions.optimizers.step_lengths import step_lengths

# %% [markdown]
# Below, your formulas are the lines, and your optimizers, walking down a plane of slope 2, the dots. β = 0.9 for all.
#
# **Before you run the next cell:** the slope becomes 200. Whose lines move?

# %% tags=["experiment"]
guess = None  # "all", "momentum" or "none"
commit(
    guess,
    {
        "all": "all four",
        "momentum": "Momentum's alone",
        "none": "none: a length in units of α does not depend on the slope",
    },
)

axes, t = plots.panels(2, height=3.2), np.arange(1, 26)
for ax, slope in zip(axes, (2.0, 200.0)):
    closed = step_lengths(slope, 0.9, t)
    optimizers = {
        "Momentum": Momentum(0.01, beta=0.9),
        "AdaGrad": AdaGrad(0.01),
        "RMSProp": RMSProp(0.01, beta=0.9),
        "Adam": Adam(0.01, beta1=0.9, beta2=0.9),
    }
    for i, (name, optimizer) in enumerate(optimizers.items()):
        walked = path(optimizer, lambda theta, slope=slope: slope * tf.reduce_sum(theta), [0.0], 25)[:, 0]
        measured = np.abs(np.diff(walked.astype("float64"))) / 0.01
        ax.plot(t, closed[name], label=name, **plots.style(i))
        ax.plot(t[::4], measured[::4], linestyle="", marker=plots.MARKERS[i], color=plots.INK[i])
        print(f"slope {slope:3.0f}, {name:9} step 1: {measured[0]:7.3f} α, step 25: {measured[-1]:8.3f} α")
    plots.label(ax, "step t", "length of the step / α", f"slope {slope:.0f}", logy=True)
axes[1].legend(frameon=False, loc="center right")
plt.show()

# %% [markdown]
# For three of them the learning rate *is* a length, but for a factor that only β and t decide: α says how far a parameter goes, whatever the loss is multiplied by. That is why rates such as 0.001 can be passed on from network to network. For gradient descent and momentum it says how far *for a gradient of 1*.

# %% [markdown]
# ## 6 · Side by side
#
# Five optimizers in the ravine of section 1, each with a rate that suits it there. Then the same ravine, turned by 45 degrees, with the same rates.
#
# **Before you run the next cell:** who suffers from the turn?

# %% tags=["experiment"]
guess = None  # "nobody", "three" or "all"
commit(
    guess,
    {
        "nobody": "nobody: it is the same ravine",
        "three": "AdaGrad, RMSProp and Adam",
        "all": "all five, since a rate fits one direction only",
    },
)

five = {
    "gradient descent, α = 0.045": lambda: keras.optimizers.SGD(0.045),
    "Momentum, α = 0.01": lambda: Momentum(0.01),
    "AdaGrad, α = 1": lambda: AdaGrad(1.0),
    "RMSProp, α = 0.1": lambda: RMSProp(0.1),
    "Adam, α = 0.2": lambda: Adam(0.2),
}
ways = {}
for angle in (0.0, np.pi / 4):
    f, start = ravine(angle)
    for name, make in five.items():
        ways[name, angle] = path(make(), f, start, 60)
for name in five:
    ends = [heights(ravine(angle)[0], ways[name, angle][[60]])[0] for angle in (0.0, np.pi / 4)]
    print(f"{name:28} height after 60 steps: {ends[0]:.5f}, turned {ends[1]:.5f}")
axes = plots.panels(5, 2, height=4.0, height_ratios=[1, 2.2])
for column, name in enumerate(five):
    short = name.partition(",")[0]
    for row, angle in enumerate((0.0, np.pi / 4)):
        draw_path(axes[row, column], ways[name, angle], angle, "" if row else short)
        axes[row, column].label_outer()
    axes[1, column].set_aspect("equal")
plt.show()

# %% [markdown]
# Gradient descent and momentum take the same path, turned: they know no axes. The other three give a rate to each *axis*. A ravine along an axis is no ravine to them; AdaGrad is at the bottom in a few steps. Turned by 45 degrees both axes are equally steep, so there is nothing
# to balance, and AdaGrad is higher than gradient descent in the end. No other rate helps it: of six between 0.1 and 3 the best was α = 1. What looked like a cure for ravines is one for *badly scaled parameters*.
#
# The same as a film: all five in the turned ravine. On paper you see its last picture, and before it the places after 3, 10 and 30 steps.


# %% tags=["experiment"]
def scene(ax, steps, legend):
    draw_path(ax, np.empty((0, 2)), np.pi / 4, f"{steps} steps")
    for i, name in enumerate(five):
        places = ways[name, np.pi / 4][: steps + 1]
        ax.plot(*places.T, color=plots.INK[i], linewidth=0.8, linestyle=plots.DASHES[i])
        ax.plot(
            *places[-1],
            color=plots.INK[i],
            marker=plots.MARKERS[i],
            label=name.partition(",")[0],
            linestyle="",
        )
    if legend:
        ax.legend(frameon=False, fontsize=8, loc="lower right")
    ax.set(xlim=(-4.2, 1.8), ylim=(-4.2, 1.8))
    ax.set_aspect("equal")
    ax.label_outer()


for column, (ax, steps) in enumerate(zip(plots.panels(3, height=2.9, sharey=True), (3, 10, 30))):
    scene(ax, steps, legend=column == 0)
plt.show()


def picture(steps):
    ax = plots.panels(1, width=4.6, height=4.2)
    scene(ax, steps, legend=True)
    return ax.figure


animate(picture, [0, 1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 30, 40, 60], milliseconds=300)

# %% [markdown]
# ## 7 · Which rate?
#
# On paper an optimizer is better or worse; in practice somebody has to find its learning rate. So each of the five now trains a network of 64 ReLU units on two tasks, with α = 0.0001, 0.001, 0.01, 0.1 and 1, three times each, for 5 epochs (digits) and 6 (MNIST-1D) in
# batches of 64. That is 150 trainings; one graph serves all of an optimizer's, with the slots set back to 0 and the rate set anew.
#
# **Before you run the next cell:** who does tolerably with the most of these five rates, and who is best at its own best rate?

# %% tags=["experiment"]
guess = None  # "adam", "adagrad" or "momentum"
commit(
    guess,
    {
        "adam": "Adam is the least sensitive, and clearly the best at its best rate",
        "adagrad": "an adaptive one is the least sensitive; at their best rates they are close together",
        "momentum": "momentum is the least sensitive; at their best rates they are close together",
    },
)


def trainer(make, train, valid, size=64):
    """A function that trains one network, always the same one, anew from a seed with a rate."""
    steps, (x, y, x_v, y_v) = len(train[0]) // size, map(tf.constant, (*train, *valid))
    net = keras.Sequential(
        [keras.Input((x.shape[1],)), keras.layers.Dense(64, "relu"), keras.layers.Dense(10)]
    )
    optimizer, W1, b1, W2, b2 = make(), *net.trainable_variables
    optimizer.build(net.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def epoch(order):
        for i in tf.range(steps):
            rows = order[i * size : (i + 1) * size]
            with tf.GradientTape() as tape:
                loss = loss_of(tf.gather(y, rows), net(tf.gather(x, rows)))
            optimizer.apply(tape.gradient(loss, net.trainable_variables))
        return tf.reduce_mean(tf.cast(tf.argmax(net(x_v), 1) == y_v, "float32"))

    def run(lr, seed, epochs):
        rng = np.random.default_rng(seed)
        for W, b in ((W1, b1), (W2, b2)):
            r = np.sqrt(6 / sum(W.shape))
            W.assign(rng.uniform(-r, r, W.shape))
            b.assign(np.zeros(b.shape))
        for slot in optimizer.variables:
            slot.assign(tf.zeros(slot.shape, slot.dtype))
        optimizer.learning_rate = lr
        for _ in range(epochs):
            accuracy = epoch(tf.constant(rng.permutation(len(x))))
        return float(accuracy)

    return run


mnist1d_train, mnist1d_valid, _ = data.mnist1d()
tasks = {
    "digits": ((x_train, y_train), (x_valid, y_valid), 5),
    "MNIST-1D": (mnist1d_train, mnist1d_valid, 6),
}
makers = {
    "gradient descent": lambda: keras.optimizers.SGD(0.1),
    "Momentum": lambda: Momentum(0.1),
    "AdaGrad": lambda: AdaGrad(0.1),
    "RMSProp": lambda: RMSProp(0.1),
    "Adam": lambda: Adam(0.1),
}
rates = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
axes = plots.panels(2, height=3.4)
for ax, (task, (train, valid, epochs)) in zip(axes, tasks.items()):
    print(task)
    for i, (name, make) in enumerate(makers.items()):
        run = trainer(make, train, valid)
        found = np.array([[run(lr, seed, epochs) for seed in range(3)] for lr in rates])
        means = found.mean(axis=1)
        ax.plot(rates, means, label=name, **plots.style(i, marker=True))
        ax.fill_between(rates, found.min(axis=1), found.max(axis=1), color=plots.INK[i], alpha=0.12)
        best = found[means.argmax()]
        within = np.sum(means > means.max() - 0.1)
        print(
            f"   {name:17} by rate {np.round(means, 2)}, best {means.max():.3f} "
            f"(seeds {best.min():.3f} to {best.max():.3f}), {within} of 5 rates within 0.1 of it"
        )
    plots.label(ax, "learning rate α", "validation accuracy", f"{task}, {epochs} epochs", logx=True)
axes[0].legend(frameon=False, fontsize=8)
plt.show()

# %% [markdown]
# Adam comes within 0.1 of its best with three of the rates on digits, everybody else with two; on MNIST-1D Adam and AdaGrad do so with two rates, the others with one. So the least sensitive here are two of those that adapt, Adam before AdaGrad; RMSProp, which adapts too, is no less
# sensitive than momentum. None of them is insensitive: of rates a factor of ten apart, two or three serve, and which these are depends on the optimizer. At α = 0.001 only RMSProp and Adam have learned the digits; at α = 1 these two are no better than chance on them, and gradient descent is at its best.
#
# At their best rates all five lie between 0.94 and 0.96 on digits and between 0.53 and 0.57 on MNIST-1D, momentum first on both, Adam nowhere ahead. What an adaptive optimizer saved you is some of the search, not the last percent. (Three seeds, one network, few epochs: for large networks on other data the order may be another.)

# %% [markdown]
# ## 8 · AdamW: a decay that is not divided
#
# Beyond the lecture, and short. Weight decay (unit 6) came from the penalty λθ² in the loss, whose gradient is 2λθ: each weight loses the share 2αλ of itself at a step. Put that gradient into Adam, and it is divided by √v̂ like any other: weights with large gradients
# hardly decay, those with small ones vanish. Loshchilov and Hutter (2019) leave Adam's step alone and let the weights decay beside it:
#
# $$ \theta \leftarrow \theta - \alpha\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon} - 2 \alpha \lambda\, \theta $$
#
# Biases do not decay (29:50); an optimizer knows them by their single axis. (Keras's own AdamW calls 2λ its `weight_decay`.)

# %%
from solutions.optimizers.adamw import AdamW

# %% [markdown]
# Three rows of 400 weights, all 1 at first. The loss does not care about any of them; their gradients are noise around 0, with deviation 10, 1 and 0.1. α = 0.01, λ = 0.1, 300 steps: at the share 1 − 2αλ a step, each should end at 0.998³⁰⁰ = 0.55.
#
# **Before you run the next cell:** with the penalty in the loss, which row ends nearest to 0?

# %% tags=["experiment"]
guess = None  # "loud", "quiet" or "same"
commit(
    guess,
    {
        "loud": "the one with the large gradients",
        "quiet": "the one with the small gradients",
        "same": "all at 0.55",
    },
)

noise = np.random.default_rng(0).normal(size=(300, 3, 400)) * [[10], [1], [0.1]]


def decayed(optimizer, lam):
    """The mean of each row after all steps, where the loss holds a penalty with that λ."""
    theta = tf.Variable(tf.ones((3, 400)))
    optimizer.build([theta])

    @tf.function
    def step(g):
        optimizer.apply([g + 2 * lam * theta], [theta])

    for g in noise:
        step(tf.constant(g, "float32"))
    return theta.numpy().mean(axis=1)


for name, means in {
    "Adam, penalty in the loss": decayed(Adam(0.01), lam=0.1),
    "AdamW": decayed(AdamW(0.01, lam=0.1), lam=0.0),
}.items():
    print(
        f"{name:26} mean of the weights with gradients of 10: {means[0]:.2f}, of 1: {means[1]:.2f}, "
        f"of 0.1: {means[2]:.2f}"
    )

# %% [markdown]
# With the penalty in the loss the loud weights keep nearly all of themselves, and the quiet ones lose everything. With AdamW all rows decay alike, as λ says.

# %% [markdown]
# ## What to take away
#
# - In a ravine the steep direction limits the rate, and the flat one suffers from it. The ratio of the two is the condition number.
# - Momentum sums gradients: up to 1/(1 − β) times along, 1/(1 + β) across (40:27). Its steps grow with √κ where gradient descent's grow with κ.
# - AdaGrad divides by the root of a *sum* of squares, and its steps shrink as 1/√t (41:15); RMSProp by that of a moving *average* (41:54); Adam does so with an averaged gradient and corrects both averages (42:10).
# - These three have a rate for each axis. They cure scales, not ravines that lie across the axes.
# - An optimizer of Keras moves variables in place and keeps its memory in slots, one for each variable; then it can be saved and resumed.
#
# **Next:** when to stop, when to lower α, and why inputs are normalized all the same, unit 9.
