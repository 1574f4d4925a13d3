# %% [markdown]
# # 5 · Debugging a network
#
# Most programs that are wrong crash, or print nonsense. A network that is wrong learns a little less well, and nobody is told. In this notebook you build the instruments with which such
# faults are found, try them on faults that you planted yourself, and see what each of them cannot see.

# %% [markdown]
# ## What you will have built
#
# - `numerical_gradient`, which measures any gradient and knows nothing of backpropagation,
# - `truncation`, `rounding` and `best_eps`: why its ε must be neither large nor tiny, and what float32 does to it,
# - `gradient_check`, which holds your gradients against the measured ones,
# - `overfit_50`, the lecture's first test of any network: fifty random examples, learned by heart,
# - `plant`, which makes a network ill in four ways, and `diagnose`, which finds out which,
# - one derivation on paper, and a measurement of how well networks learn with a wrong gradient.

# %% [markdown]
# ## Notation
#
# | symbol | in code | meaning |
# |---|---|---|
# | ε | `eps` | how far a number is moved to measure a slope |
# | g, n | `g`, `n` | the gradient that was computed, and the one that was measured |
# | f′, f″, f‴ | `third` is f‴ | derivatives of a loss with respect to one parameter |
# | u | `u` | by what share of itself a number may be rounded: 1.1·10⁻¹⁶ in float64, 6·10⁻⁸ in float32 |
# | ‖·‖ | `np.linalg.norm` | the root of the sum of the squares of all entries |
# | α | `lr` | the learning rate; unit 6 is about it. One step of gradient descent is θ ← θ − α∇ |
#
# x, W, b, a, h, f(x), y, e(y) and g(a) = tanh a are as in units 1 to 4. From unit 4 you need da = −(e(y) − f)/N at the output, and dW = hᵀ da, db = Σ da, dh = da Wᵀ, da = dh ⊙ (1 − h²) for
# tanh.

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
import itertools
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · It learns all the same
#
# Stochastic gradient descent is *bug-resistant*, says the lecture (45:03): give it a wrong gradient, and it finds some way to make the loss smaller. That sounds like good news. It is why bugs stay.
#
# Below is a network with two hidden layers of 32 tanh units and a backward pass written by hand, as in unit 4. Its middle matrix W⁽²⁾ is square, so many mistakes fit: its gradient may come out as zero, transposed, with the wrong
# sign, or half as large. Or somebody forgets the factor g′(a), which spoils everything below.
#
# **Before you run the next cell:** of these five bugs, how many cost the network more than five points of accuracy on the validation set?

# %% tags=["experiment"]
guess = None  # "one", "three" or "all"
commit(guess, {"one": "one of them", "three": "three", "all": "all five"})

(x_train, y_train), (x_valid, y_valid), _ = data.digits()
centre, width = x_train.mean(), x_train.std()
# inputs with mean 0 and deviation 1: unit 9 says more about that
x, x_v = [((part - centre) / width).astype("float64") for part in (x_train, x_valid)]


def begin(sizes, rng):
    """Weights and biases of each layer, small and random; unit 7 says why √(6/(m + n))."""
    params = []
    for m, n in itertools.pairwise(sizes):
        r = np.sqrt(6 / (m + n))
        params.append((rng.uniform(-r, r, size=(m, n)), np.zeros(n)))
    return params


def forward(params, x):
    """The activation of each layer, x first, and the probabilities f."""
    h = [x]
    for W, b in params[:-1]:
        h.append(np.tanh(h[-1] @ W + b))
    W, b = params[-1]
    a = h[-1] @ W + b
    unnormalized = np.exp(a - a.max(axis=1, keepdims=True))
    return h, unnormalized / unnormalized.sum(axis=1, keepdims=True)


def as_it_is(dW):
    return dW


def slope_of_tanh(h):
    return 1 - h**2


def downwards(params, h, da, bug=as_it_is, slope=slope_of_tanh):
    """From da at the output to (dW, db) of each layer, with room for a bug in dW of layer 2, and one in g′."""
    gradients = []
    for k in range(len(params) - 1, -1, -1):
        dW, db = h[k].T @ da, da.sum(axis=0)
        if k == 1:
            dW = bug(dW)
        gradients.append((dW, db))
        if k > 0:
            da = da @ params[k][0].T * slope(h[k])
    return list(reversed(gradients))


def backward(params, x, y, **bugs):
    """The gradients (dW, db) of each layer, of the mean loss."""
    h, f = forward(params, x)
    da = -(np.eye(10)[y] - f) / len(x)
    return downwards(params, h, da, **bugs)


BUGS = {
    "no bug": {},
    "dW2 is zero": {"bug": lambda dW: 0 * dW},
    "dW2 is transposed": {"bug": lambda dW: dW.T},
    "dW2 has the wrong sign": {"bug": lambda dW: -dW},
    "dW2 is halved": {"bug": lambda dW: dW / 2},
    "g′(a) is forgotten": {"slope": np.ones_like},
}


def train_with(bug, seed, epochs=12, lr=0.1, size=40):
    rng = np.random.default_rng(seed)
    params = begin([64, 32, 32, 10], rng)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            rows = order[start : start + size]
            gradients = backward(params, x[rows], y_train[rows], **BUGS[bug])
            params = [(W - lr * dW, b - lr * db) for (W, b), (dW, db) in zip(params, gradients, strict=True)]
    return params


accuracies = {}
for bug in BUGS:
    trained = [forward(train_with(bug, seed), x_v)[1] for seed in range(5)]
    accuracies[bug] = [np.mean(f.argmax(axis=1) == y_valid) for f in trained]
ax = plots.panels(1, width=6.4, height=2.8)
for place, (bug, values) in enumerate(accuracies.items()):
    ax.plot(values, np.full(5, place), "o", color="black", markerfacecolor="none")
ax.set_yticks(range(len(BUGS)), BUGS)
ax.invert_yaxis()
plots.label(ax, "accuracy on the validation set, five seeds", "", "trained with a wrong gradient")
plt.show()
for bug, values in accuracies.items():
    print(f"{bug:24} {np.mean(values):.1%}, from {min(values):.1%} to {max(values):.1%}")

# %% [markdown]
# Only the wrong sign makes itself felt. A layer that never moves costs next to nothing: the layers above and below make up for it. A halved gradient is a smaller learning rate for one layer. And who would
# look for a forgotten factor in a network that is right on 96 % of the digits? Over ten seeds with α = 0.1 and 15 epochs we got 97.4 % with no bug, 97.0 % with a dead layer, 96.8 % with a transposed gradient,
# 97.3 % with half of it and 96.2 % without g′, against 29 % with the wrong sign; with α = 0.3 the order was the same.
#
# So an accuracy is no test of a gradient. What is? Something that knows the right answer by other means.

# %% [markdown]
# ## 2 · Measure instead of derive
#
# The slope of a function can be measured: move one parameter a little to both sides, and see what the loss does (42:58). Everything else stays as it is. Unit 4 did so in one line for a few pre-activations; here it becomes a tool.
#
# $$ \frac{\partial f}{\partial w_i} \approx \frac{f(w_i + \varepsilon) - f(w_i - \varepsilon)}{2\varepsilon} $$
#
# These are *central* differences. f(w_i + ε) − f(w_i), over ε, would be a forward difference: section 3 shows what that costs.
#
# In numbers: f(w) = w³ at w = 2 with ε = 0.1 gives (2.1³ − 1.9³)/0.2 = (9.261 − 6.859)/0.2 = 12.01, and the slope is 3w² = 12. The forward difference gives 12.61.
#
# The function that you write has to move a variable that belongs to somebody else. So it puts it back, exactly: adding ε and taking it away again leaves other last bits behind. And if f raises an exception in the middle, w must not stay
# where it was moved to; Python's `try: … finally: …` runs the second part whatever happens in the first.

# %%
from solutions.debugging_a_network.numerical_gradient import numerical_gradient

# %% [markdown]
# It looks like magic: no chain rule, no tape, and it works for any program that gives a number. Here it is beside the backward pass of section 1.
#
# **Before you run the next cell:** the network has 3,466 parameters. How many times does the whole forward pass run, to measure one gradient of all of them?

# %% tags=["experiment"]
guess = None  # "two", "3,466" or "6,932"
commit(guess, {"two": "twice", "3,466": "3,466 times", "6,932": "6,932 times"})

params = begin([64, 32, 32, 10], np.random.default_rng(0))
rows = np.random.default_rng(1).permutation(len(x))[:50]
W3 = tf.Variable(params[2][0], dtype="float64")
passes = []


def loss_by_W3():
    passes.append(1)
    _, f = forward([*params[:2], (W3.numpy(), params[2][1])], x[rows])
    return -np.mean(np.log(f[np.arange(50), y_train[rows]]))


measured = numerical_gradient(loss_by_W3, W3)
dW3, _ = backward(params, x[rows], y_train[rows])[2]
print("a corner of W3, by backpropagation:\n", dW3[:3, :4].round(6))
print("measured:\n", measured[:3, :4].round(6))
print(f"largest difference of all {W3.shape[0] * W3.shape[1]} entries: {np.abs(measured - dW3).max():.1e}")
whole = sum(W.size + b.size for W, b in params)
print(f"forward passes for W3 alone: {len(passes)}; for all {whole:,} parameters it would be {2 * whole:,}")

# %% [markdown]
# Two passes a parameter. Backpropagation costs about as much as one or two forward passes for *all* of them (24:00, and unit 3 measured it). So nobody trains like this. One checks like this, on a small network and a few examples, once.

# %% [markdown]
# ## 3 · How small is small?
#
# The lecture takes ε = 10⁻⁶ (42:58). Calculus says: the smaller, the better.
#
# **Before you run the next cell:** it measures the gradient of ten biases with ε from 10⁻¹² to 1, in float64 and in float32, the precision in which networks are usually trained. How large will the error be at ε = 10⁻⁶ in float32?

# %% tags=["experiment"]
guess = None  # "digits", "percent" or "tens"
commit(
    guess,
    {
        "digits": "in the seventh digit, all that float32 has",
        "percent": "about one percent",
        "tens": "tens of percent, or more",
    },
)

steps = 10.0 ** np.arange(-12, 0.5, 0.5)


def measured_errors(dtype, seed, N=20, D=16, C=10):
    """The relative error of a measured gradient for each ε; and f, the size of f‴, the size of the gradient."""
    rng = np.random.default_rng(seed)
    h, W = rng.normal(size=(N, D)).astype(dtype), (0.5 * rng.normal(size=(D, C))).astype(dtype)
    y, b = rng.integers(C, size=N), tf.Variable(0.5 * rng.normal(size=C), dtype=dtype)

    def loss():
        a = h @ W + b.numpy()
        a = a - a.max(axis=1, keepdims=True)
        return np.mean(np.log(np.exp(a).sum(axis=1)) - a[np.arange(N), y])

    # the truth, in float64: db = -Σ(e(y) - f)/N, and its derivatives once and twice more
    f = np.array(tf.nn.softmax(h.astype("float64") @ W.astype("float64") + b.numpy()))
    db = (f - np.eye(C)[y]).mean(axis=0)
    third = (f * (1 - f) * (1 - 2 * f)).mean(axis=0)
    errors = [np.linalg.norm(numerical_gradient(loss, b, eps) - db) / np.linalg.norm(db) for eps in steps]
    return errors, float(loss()), np.linalg.norm(third), np.linalg.norm(db)


errors = {}
for dtype in ("float64", "float32"):
    found = [measured_errors(dtype, seed) for seed in range(3)]
    errors[dtype] = np.median([each[0] for each in found], axis=0)
plots.lines(
    steps,
    errors,
    xlabel="ε",
    ylabel="‖n − g‖ / ‖g‖",
    title="how wrong is a measured gradient?",
    logx=True,
    logy=True,
    marker=True,
)
plt.show()
for dtype, values in errors.items():
    best = values.argmin()
    print(
        f"{dtype}: {values[steps.searchsorted(0.99e-6)]:.1e} at ε = 1e-06; lowest, {values[best]:.1e}, at ε = {steps[best]:.0e}"
    )

# %% [markdown]
# A V in both. On the right arm the measurement is too coarse, and the error falls as ε². On the left arm the two losses have become so alike that their difference is made of rounding: the error *grows* as 1/ε. In float64 the lecture's 10⁻⁶ is near the bottom.
# In float32 it is far up the left arm, near the place where w + ε is w itself and n is 0. Over ten seeds this gradient was wrong by 63 to 230 % at ε = 10⁻⁶ in float32, where nothing is left of it, and by 2·10⁻⁹ to 5·10⁻⁹ in float64. How bad it is depends on how small the slopes are beside the loss, but bad it is.
#
# That is why this notebook computes in float64, and why your `gradient_check` will refuse anything else. In Keras: `dtype="float64"` for each layer, or `keras.config.set_floatx("float64")` for all.

# %% [markdown]
# ### Derivation: the best ε
#
# Let f be the loss as a function of one parameter w, smooth, and let the computer store each value of f with a relative error of at most u.
#
# 1. Write down Taylor's series of f(w + ε) and f(w − ε) up to ε³. What is the first term that stays in the central difference? And in the forward difference?
# 2. How far may the central difference be off because of rounding? Say where the 2 of 2ε goes.
# 3. For which ε is the sum of both errors smallest? Is rounding larger there, or truncation?
# 4. Put in numbers for float64 and float32 with |f| = |f‴| = 1. What remains of 16 digits, and of 7, at best? Why can float32 not work at ε = 10⁻⁶?
# 5. Somebody adds a constant of 1000 to the loss. What changes in the gradient, and what in its measurement?

# %% [markdown] derivation="best_epsilon"
# Write your answer to the five points into the next cell. Formulas may be plain text or LaTeX between dollar signs.

# %% [markdown]
# Now as three functions. Each takes plain numbers, of either sign where they can have one, and gives one. The first two are errors, so they are never negative.

# %%
from solutions.debugging_a_network.best_eps import best_eps, rounding, truncation

# %% [markdown]
# Held against the measurement: the lines are your two formulas, the marks what was measured, and the vertical lines your best ε.
#
# **Before you run the next cell:** will the marks lie on, above or below your lines?

# %% tags=["experiment"]
guess = None  # "left below", "on" or "above"
commit(
    guess,
    {
        "left below": "on the line on the right arm, at or below it on the left",
        "on": "on the lines, everywhere",
        "above": "above them, everywhere",
    },
)

axes = plots.panels(2, height=3.2, sharey=True)
for ax, (dtype, u) in zip(axes, {"float64": 1.1e-16, "float32": 6.0e-8}.items(), strict=True):
    found, value, third, length = measured_errors(dtype, seed=0)
    by_formula = {
        "truncation, ε²|f‴|/6": [truncation(third, eps) / length for eps in steps],
        # ten biases, each with an error of its own
        "rounding, u|f|/ε": [np.sqrt(10) * rounding(value, eps, u) / length for eps in steps],
    }
    plots.lines(steps, by_formula, xlabel="ε", title=dtype, logx=True, logy=True, ax=ax)
    ax.plot(steps, found, "o", color="black", markerfacecolor="none", label="measured")
    best = best_eps(np.sqrt(10) * value, third, u)
    ax.axvline(best, color="gray", linewidth=0.8)
    ax.set_ylim(1e-13, 1e4)
    print(f"{dtype}: the best ε is {best:.1e}")
axes[0].set_ylabel("relative error of n")
axes[1].legend(frameon=False, fontsize=8)
plt.show()

# %% [markdown]
# On the right arm the marks lie on the line, until ε is so large that Taylor's next term counts. Rounding is a matter of luck: u|f|/ε is what happens at worst to each value, and most roundings are milder. For ε below 10⁻⁷ in float32 w + ε is rounded as well: often it *is* w.

# %% [markdown]
# ## 4 · Hold your gradients against it
#
# A difference of 10⁻⁷: is that much? Beside a gradient of 1 it is nothing, beside one of 10⁻⁷ it is everything. So compare relative to size:
#
# $$ \text{error} = \frac{\|g - n\|}{\|g\| + \|n\|} $$
#
# for each variable by itself, so that you know where to look. Then the error itself tells something:
#
# | error | what it looks like |
# |---|---|
# | below 10⁻⁶ | right |
# | 1/3 | twice too large, or half: ‖g − 2g‖/(‖g‖ + ‖2g‖) |
# | 1 | the wrong sign, or one of the two is 0 in every entry and the other is not |
# | NaN | g = n = 0: **nothing has been checked** |
#
# The last line is the one that is most often forgotten. A network of zeros, or with a unit that is dead, passes every gradient for right, since 0 = 0. Change the weights and check again.

# %%
from solutions.debugging_a_network.gradient_check import gradient_check

# %% [markdown]
# The six backward passes of section 1, checked. Five of them looked alike by their accuracy.
#
# **Before you run the next cell:** where g′(a) is forgotten, in both hidden layers, which of the three W will show an error?

# %% tags=["experiment"]
guess = None  # "all", "below" or "one"
commit(guess, {"all": "all three", "below": "W1 and W2, but not W3", "one": "W1 only"})

rng = np.random.default_rng(2)
few, classes = x[:, ::4][:20], y_train[:20]
start = [(W, 0.1 * rng.normal(size=b.shape)) for W, b in begin([16, 6, 6, 10], rng)]
names = ("W1", "b1", "W2", "b2", "W3", "b3")
variables = [tf.Variable(value, dtype="float64") for layer in start for value in layer]


def current():
    """The variables as the pairs (W, b) that `forward` takes."""
    values = [v.numpy() for v in variables]
    return list(zip(values[::2], values[1::2], strict=True))


def loss():
    _, f = forward(current(), few)
    return -np.mean(np.log(f[np.arange(20), classes]))


print(f"{'error of':24}", *(f"{name:>8}" for name in names))
for bug, settings in BUGS.items():
    pairs = backward(current(), few, classes, **settings)
    gradients = [part for pair in pairs for part in pair]
    print(f"{bug:24}", *(f"{error:8.0e}" for error in gradient_check(loss, variables, gradients)))

# %% [markdown]
# Every bug is seen, and where it sits. What is wrong in one variable alone is wrong in the line that gives its gradient. What is wrong in g′ spoils all that lies *below* it, because da goes down through it: so begin to look at the highest layer that shows an error.
#
# What a gradient check cannot see: a loss that is not the one you meant, since both sides differentiate the same program; whatever happens between two calls, such as another dropout mask each time (switch it off, or fix its seed); and what it is not run on. And one false alarm: a ReLU
# that changes sides between w − ε and w + ε has no slope in between, and what is measured lies between 0 and 1.

# %% tags=["experiment"]
for a in (1e-3, 1e-7, -1e-7):
    unit = tf.Variable(a, dtype="float64")
    n = numerical_gradient(lambda unit=unit: np.maximum(unit.numpy(), 0), unit, 1e-6)
    print(f"ReLU at a = {a:6.0e}: measured slope {float(n):.2f}, true slope {float(a > 0):.0f}")

# %% [markdown]
# ## 5 · Fifty examples by heart
#
# The second instrument looks at the whole: architecture, loss, gradient, learning rate, data (43:37). Take fifty *random* examples and let the network learn them by heart. Any network with enough units can, so it should become right on all fifty. Right means: the largest of the probabilities is that of the class. All fifty, and not 49: else one of them cannot be learned, and that is worth knowing.
#
# If it does not, the lecture lists what may be wrong: units that are saturated from the start, wrong gradients, inputs that are not normalized, a learning rate that is too large. And fifty examples take a second, where the whole training set takes an evening.
#
# Why random? Files are often sorted. The first fifty may all be of one class, and a network that always says "0" passes. And what is random *in* the network is switched off: with dropout (unit 11) a network has good reason not to be right on everything. `training=False` says so.

# %%
from solutions.debugging_a_network.overfit_50 import overfit_50

# %% [markdown]
# Back to the backward passes of section 1, with the bugs that only a gradient check could see.
#
# **Before you run the next cell:** how many of the five bugs will this test find?

# %% tags=["experiment"]
guess = None  # "one", "three" or "all"
commit(guess, {"one": "one of them", "three": "three", "all": "all five"})


class ByHand:
    """The network of section 1 as something that `overfit_50` can train: a tape gets the gradients of `backward`."""

    def __init__(self, bug, seed):
        pairs = begin([64, 32, 32, 10], np.random.default_rng(seed))
        self.trainable_variables = [tf.Variable(value, dtype="float64") for pair in pairs for value in pair]
        self.bug = bug

    def __call__(self, x, training=False):
        # The tape is told of each variable, and asks `back` for its gradient.
        @tf.custom_gradient
        def f_of(*values):
            params = [(values[i].numpy(), values[i + 1].numpy()) for i in range(0, len(values), 2)]
            h, f = forward(params, np.asarray(x))

            def back(df):
                # any loss of f: da = f (df - Σ f df), as unit 4 derived it
                df = df.numpy()
                da = f * (df - (f * df).sum(axis=1, keepdims=True))
                pairs = downwards(params, h, da, **BUGS[self.bug])
                return [tf.constant(part) for pair in pairs for part in pair]

            return tf.constant(f), back

        return f_of(*map(tf.convert_to_tensor, self.trainable_variables))


for bug in BUGS:
    outcomes = []
    for seed in range(3):
        fitted, taken, _ = overfit_50(
            lambda bug=bug, seed=seed: ByHand(bug, seed), x, y_train, np.random.default_rng(seed), steps=60
        )
        if fitted:
            outcomes.append(f"all fifty after {taken:2} steps")
        else:
            outcomes.append(f"not all after {taken} steps")
    print(f"{bug:24} {'; '.join(outcomes)}")

# %% [markdown]
# The wrong sign, again, and nothing else. Over ten seeds the network without a bug needed 6 to 16 steps, with a dead or transposed layer 8 to 18. So fifty examples are no test of gradients either, though a wrong gradient *may* be why they fail. That is what the lecture means by doing both (45:03): each instrument sees
# what the other one does not.

# %% [markdown]
# ## 6 · Four illnesses
#
# To learn to recognize illnesses one needs patients. The network here has a first layer that normalizes its inputs, as a part of the model: `keras.layers.Rescaling(scale, offset)` gives scale · x + offset. Then two hidden layers with tanh and the softmax. Make it ill in one way at a time:
#
# | fault | what to change |
# |---|---|
# | `"saturated"` | the weights (or biases) of a hidden layer, so that its units sit at ±1: `layer.kernel.assign(…)` |
# | `"gradient"` | the activation of a hidden layer, `layer.activation = …`, by one with the same values and another slope: `@tf.custom_gradient`, as in unit 4 |
# | `"inputs"` | what the Rescaling does: its `scale` or `offset` |
# | `"rate"` | `model.optimizer.learning_rate` |
#
# Nothing else may change: a classmate is to find *this* fault. One hidden layer or all of them, as you like; the softmax keeps its W and b.

# %%
from solutions.debugging_a_network.plant import plant

# %% [markdown]
# What can be measured of a patient? The function below notes what goes into the first layer, how many hidden units are saturated, how long each gradient is and whether it is right, and what the loss does in 40 steps on fifty examples. The digits are shrunk to 4×4 pixels with ink from 0 to
# 255, so that a whole gradient check is a matter of a second. First the pictures.
#
# **Before you run the next cell:** with which illness will the loss still fall nearly as far as in the healthy network?

# %% tags=["experiment"]
guess = None  # "saturated", "gradient", "inputs" or "rate"
commit(
    guess,
    {
        "saturated": "saturated units",
        "gradient": "a wrong gradient",
        "inputs": "inputs that are not normalized",
        "rate": "a rate that is too large",
    },
)

ink = 255 * x_train.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16).astype("float64")
scale, offset = 1 / ink.std(), -ink.mean() / ink.std()


def patient(seed, H=6):
    """A healthy network, in float64."""
    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.Rescaling(scale, offset, dtype="float64"),
        keras.layers.Dense(H, activation="tanh", dtype="float64"),
        keras.layers.Dense(H, activation="tanh", dtype="float64"),
        keras.layers.Dense(10, activation="softmax", dtype="float64"),
    ]
    model = keras.Sequential([keras.Input((16,), dtype="float64"), *layers])
    model.compile(keras.optimizers.SGD(0.5))
    return model


def measure(model, x, y, steps=40):
    """A run, as `diagnose` takes it, and the activations of the hidden layers; the model is left as it was."""
    begun, variables = model.get_weights(), model.trainable_variables

    @tf.function(autograph=False)
    def loss():
        return tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))

    @tf.function(autograph=False)
    def loss_and_gradients():
        with tf.GradientTape() as t:
            value = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
        return value, t.gradient(value, variables)

    _, gradients = loss_and_gradients()
    measured = [numerical_gradient(loss, v) for v in variables]
    run = {
        "errors": gradient_check(loss, variables, gradients),
        "norms": np.array(
            [max(np.linalg.norm(g), np.linalg.norm(n)) for g, n in zip(gradients, measured, strict=True)]
        ),
    }
    h = model.layers[0](x)
    run |= {"means": np.mean(h, axis=0), "deviations": np.std(h, axis=0)}
    hidden = []
    for layer in model.layers[1:-1]:
        h = layer(h)
        hidden.append(np.array(h))
    run["saturated"] = np.array([np.mean(np.abs(h) > 0.99) for h in hidden])

    losses, rate = [], float(model.optimizer.learning_rate)
    for _ in range(steps):
        value, gradients = loss_and_gradients()
        losses.append(float(value))
        for v, g in zip(variables, gradients, strict=True):
            v.assign_sub(rate * g)
    run["losses"] = np.array([*losses, float(loss())])
    model.set_weights(begun)
    return run, hidden


rows = np.random.default_rng(3).permutation(len(ink))[:50]
patients, runs, seen = {}, {}, {}
for fault in ("healthy", "saturated", "gradient", "inputs", "rate"):
    patients[fault] = patient(seed=3)
    if fault != "healthy":
        plant(fault, patients[fault])
    runs[fault], seen[fault] = measure(patients[fault], ink[rows], y_train[rows])

axes = plots.panels(5, 3, height=5.4)
for column, fault in enumerate(runs):
    run, top, middle, bottom = runs[fault], *axes[:, column]
    top.hist([h.ravel() for h in seen[fault]], bins=np.linspace(-1, 1, 11), color=["#333333", "#bbbbbb"])
    middle.bar(("W1", "W2", "W3"), run["norms"][::2], color="#bbbbbb", edgecolor="black")
    bottom.plot(run["losses"], color="black")
    plots.label(top, "h", "", fault)
    plots.label(middle, "", "", logy=True).set_ylim(1e-8, 1e3)
    plots.label(bottom, "step").set_ylim(0, 9)
for ax, words in zip(axes[:, 0], ("h1 dark, h2 light", "gradient norm", "loss"), strict=True):
    ax.set_ylabel(words)
plt.show()
for fault, run in runs.items():
    errors_told = ", ".join(f"{error:.0e}" for error in run["errors"][::2])
    print(
        f"{fault:10} loss {run['losses'][0]:.2f} → {run['losses'][-1]:5.2f}; gradient errors of W1, W2, W3: {errors_told}"
    )

# %% [markdown]
# Saturated units give a loss that falls slowly: only the highest layer learns, the gradients below it are ten to some thousand times smaller. Wide inputs saturate the first layer, and the loss hardly moves. A large rate makes it jump out of the picture. And the wrong gradient? Its
# loss falls, on a ragged way, nearly as far: with our wrong slope to 0.83, where the healthy network comes to 0.71. Yours may do better or worse. Over six seeds ours ended at 0.73 to 1.91, and 9 to 17 of the 40 steps rose; the healthy network ended at
# 0.65 to 0.92, with none to six such steps. With eight units a layer both ended between 0.57 and 1.03. Who looks at the curve alone would turn down the learning rate, and the gradient would stay wrong.
#
# Now the fifty examples, with 16 units a layer and each model's own rate.

# %% tags=["experiment"]
for fault in runs:

    def build(fault=fault):
        model = patient(seed=4, H=16)
        if fault != "healthy":
            plant(fault, model)
        return model

    lr = float(build().optimizer.learning_rate)
    fitted, taken, _ = overfit_50(build, ink, y_train, np.random.default_rng(4), lr=lr, steps=120)
    print(f"{fault:10} all fifty right: {fitted}, after {taken} steps")

# %% [markdown]
# Three of the lecture's four causes are found by this test. Over ten seeds, with 300 steps each, the healthy network had all fifty after 33 to 94 steps; with saturated units 38 to 49 of 50 were right in the end, with wide inputs 9 to 27, with the large rate 5 to 9, and never all.
# The fourth is not: with our wrong gradient all fifty were learned after 42 to 82 steps, about as fast as with the right one.

# %% [markdown]
# ## 7 · A diagnosis
#
# Who sees a loss that jumps says "learning rate", and turns it down. That is one cause of four, and the four do not come one at a time. So look at everything, and collect *all* causes. Three rules keep you from blaming the wrong thing:
#
# - **What was not checked proves nothing.** A gradient error of NaN is neither right nor wrong. And a gradient of 10⁻⁹ cannot be measured: rounding (section 3) puts an error of some 10⁻¹⁰ on every measured slope, and beside a gradient of 10⁻⁹ that is a tenth.
# - **Look upstream first.** Inputs of 50 push the first layer's units to ±1, whatever its weights are. Its saturation is then a symptom. The layers above it get numbers between −1 and 1 again, and their saturation is their own.
# - **A curve is evidence about the rate only if all else is right.** A gradient of the wrong sign makes the loss rise at any rate, and wide inputs make any rate too large. Mend these first, then look again. Saturation is no excuse: it makes learning slow, not wild.
#
# The limits (3, one half, 10⁻³, …) are rules of thumb, given in the docstring.

# %%
from solutions.debugging_a_network.diagnose import diagnose

# %% [markdown]
# The five patients, and then a consultation: chance plants two faults, and your `diagnose` sees nothing but numbers.
#
# **Before you run the next cell:** where two faults are planted, will it always name both?

# %% tags=["experiment"]
guess = None  # "always" or "not always"
commit(
    guess,
    {
        "always": "yes, always",
        "not always": "not always: the rate hides behind other faults",
    },
)

for fault, run in runs.items():
    print(f"{fault:10} → {', '.join(sorted(diagnose(run)))}")
print()
rng = np.random.default_rng(8)
for case in range(3):
    planted = sorted(rng.choice(["saturated", "gradient", "inputs", "rate"], size=2, replace=False))
    model = patient(seed=case)
    for fault in planted:
        plant(fault, model)
    run, _ = measure(model, ink[rows], y_train[rows])
    print(f"planted: {' and '.join(planted):24} found: {' and '.join(sorted(diagnose(run)))}")

# %% [markdown]
# Where the rate stands beside wide inputs or a wrong gradient it is not named: the curve has another explanation already. Nor should it be. Mend what is certain, measure again, and the rate will show, or not. Debugging goes in rounds.

# %% [markdown]
# **With a classmate:** call `plant` on a `patient` with a fault of your choice, hand over the model, and let them find out by any means but reading your code. Then change roles.

# %% [markdown]
# ## What to take away
#
# - Gradient descent learns with wrong gradients (45:03): a good accuracy proves nothing about your formulas.
# - Check gradients by central differences (42:58): every entry, in float64, relative to their size; 0 = 0 is not a pass.
# - ε² truncates, 1/ε rounds: near 10⁻⁵ or 10⁻⁶ in float64, and hopeless at 10⁻⁶ in float32.
# - First let a network learn fifty random examples by heart, with everything random switched off (43:37). All fifty.
# - Four illnesses: saturated units, wrong gradients, inputs not normalized, a rate too large. Measure, look upstream first, and expect more than one.
#
# **Next:** unit 6 says what is minimized, and writes the loop that does it.
