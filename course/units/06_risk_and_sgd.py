# %% [markdown]
# # 6 · Risk, weight decay and stochastic gradient descent
#
# Units 3 and 4 gave you gradients. This one says of *what* one takes the gradient, and what to do with it: a few lines of program that have trained almost every
# neural network there is.

# %% [markdown]
# ## What you will have built
#
# - `regularized_risk`, what training minimizes,
# - `L2`, a regularizer that any Keras layer accepts, and `decay_step`, what it does to a weight, line by line,
# - `minibatches`, which deals the training set out in a new order each time,
# - `sgd_step` and `train_epoch`, stochastic gradient descent with `tf.GradientTape`,
# - a proof on paper of why it is called weight *decay*, and measurements of what batch size and decay are good for.

# %% [markdown]
# ## Notation
#
# | symbol | in code | meaning |
# |---|---|---|
# | θ | `model.trainable_variables` | all parameters: every W and every b |
# | L(f(x), y) | `losses` | the loss of one example, here −log f(x)_y |
# | Ω, λ | `penalty`, `lam` | the regularizer, and how much it counts; its gradient ∇Ω is `dOmega` |
# | Δ | `delta` | the direction of a step |
# | α | `lr` | the learning rate: how far to go |
# | T | | the number of training examples; N is the number in a batch |

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
import tempfile
import time
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · What training minimizes
#
# What we want is a network that is right on digits that nobody has seen. What we *have* is T examples. So one minimizes the average loss over those, the
# **empirical risk**, and adds a term that says which networks one would rather not have (10:59):
#
# $$ \underbrace{\frac1T \sum_{t=1}^{T} L\bigl(f(x_t), y_t\bigr)}_{\text{empirical risk}} \;+\; \lambda\, \Omega(\theta), \qquad \Omega(\theta) = \sum_k \sum_{i,j} \bigl(W^{(k)}_{ij}\bigr)^2 . $$
#
# With that term it is called **structural risk** minimization. Ω here is L2 (29:50): the sum of all squared weights. λ says how much it counts. It is added
# *once*: the average is over the losses alone. Biases are usually not penalized: they only shift a unit, and there are few of them.

# %%
from solutions.risk_and_sgd.regularized_risk import regularized_risk

# %% [markdown]
# Why would anybody want small weights? Take a network with no hidden layer, trained until it is right on *all* of 100 digits, and multiply every weight and bias by the
# same number s. Its decisions do not change: the highest output stays the highest.
#
# **Before you run the next cell:** λ = 0. At which s is the risk on these 100 digits smallest?

# %% tags=["experiment"]
guess = None  # "one", "some" or "none"
commit(
    guess,
    {
        "one": "at s = 1, where training left it",
        "some": "at some s above 1",
        "none": "nowhere: it falls for ever",
    },
)

(x_train, y_train), (x_valid, y_valid), (x_test, y_test) = data.digits()
x, y = x_train[:100], y_train[:100]
keras.utils.set_random_seed(0)
linear = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
linear.compile(keras.optimizers.SGD(1.0), loss="sparse_categorical_crossentropy")
linear.fit(x, y, epochs=60, batch_size=20, verbose=0)
print(f"right on {np.mean(linear(x).numpy().argmax(axis=1) == y):.0%} of the 100 digits")

start = linear.get_weights()
scales = np.geomspace(0.1, 8, 40)
curves = {}
for lam in (0.0, 1e-4, 1e-3):
    curves[f"λ = {lam:g}"] = risks = []
    for s in scales:
        linear.set_weights([s * w for w in start])
        risks.append(float(regularized_risk(linear, x, y, lam)))
    print(f"λ = {lam:6g}: smallest risk {min(risks):.3f} at s = {scales[np.argmin(risks)]:.2f}")
ax = plots.lines(
    scales, curves, xlabel="s, by which all weights are multiplied", ylabel="risk", logx=True, logy=True
)
ax.set_ylim(1e-3, 20)
plt.show()

# %% [markdown]
# Once all training examples are right, larger weights make the network *surer*, and the loss falls, without end and without a single decision getting better.
# With λ > 0 being sure has a price, and there is a best size.

# %% [markdown]
# ## 2 · L2 as Keras would have it
#
# In Keras a regularizer is an object that takes a weight and returns what it costs, λΩ(W). A layer that is given one, `kernel_regularizer=L2(0.01)`, adds that to the
# model's loss by itself, for its W and not for its b.
#
# The same conventions as for a layer: `__init__` takes the settings, `__call__` computes, `get_config` returns the settings, and the line with
# `register_keras_serializable` lets Keras find the class again when it loads a model. One thing differs: a regularizer has no settings of Keras's own, so
# `get_config` returns yours alone, and there is no `super().get_config()` to ask.

# %%
from solutions.risk_and_sgd.l2 import L2

# %% [markdown]
# Two ways to the same number: `regularized_risk`, which adds up by hand, and Keras, which calls your `L2` while it evaluates. And your regularizer survives being
# saved.

# %% tags=["experiment"]
keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(32, activation="tanh", kernel_regularizer=L2(0.01)),
        keras.layers.Dense(10, activation="softmax", kernel_regularizer=L2(0.01)),
    ]
)
model.compile(keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy")
model.fit(x_train, y_train, epochs=3, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    model.save(f"{folder}/model.keras")
    again = keras.models.load_model(f"{folder}/model.keras")
print(f"regularized_risk      {float(regularized_risk(model, x_valid, y_valid, 0.01)):.5f}")
print(f"Keras, with your L2   {model.evaluate(x_valid, y_valid, verbose=0):.5f}")
print(f"saved and loaded      {again.evaluate(x_valid, y_valid, verbose=0):.5f}")
print(f"the loss alone        {float(regularized_risk(model, x_valid, y_valid, 0.0)):.5f}")

# %% [markdown]
# ## 3 · Why it is called weight decay
#
# A step of gradient descent on the risk goes against both gradients (13:19):
#
# $$ \Delta = -\nabla L - \lambda \nabla \Omega, \qquad \theta \leftarrow \theta + \alpha \Delta . $$
#
# What is ∇Ω? And what does the step do to a weight that the loss does not care about? Write it down line by line, by hand: no tape yet. The checks tell at
# which line it went wrong.

# %%
from solutions.risk_and_sgd.decay_step import decay_step

# %% [markdown]
# ### Derivation: what decays, and how fast
#
# 1. Find ∂Ω/∂w for one weight w.
# 2. Put it into Δ, and Δ into w ← w + αΔ. Collect what multiplies w.
# 3. A weight has ∇L = 0 from now on. What is it after n steps? After how many steps has it halved, for small αλ?
# 4. For which values of αλ does it *not* decay towards 0? Say what happens there.
# 5. With L1, Ω = Σ|w|, the same weight would go to 0 in another manner. In which? What does that mean for weights that matter little?

# %% [markdown] derivation="weight_decay"
# Write your answer to the five points into the next cell. Formulas may be plain text or LaTeX between dollar signs.

# %% [markdown]
# Three weights, 1.0, 0.5 and −0.25, for which the loss does not care, with α = 0.1 and λ = 0.05.
#
# **Before you run the next cell:** which of them has lost *half its size* first?

# %% tags=["experiment"]
guess = None  # "large", "small" or "same"
commit(guess, {"large": "the largest", "small": "the smallest", "same": "all at the same step"})

w = tf.constant([1.0, 0.5, -0.25])
path = [w]
for _ in range(200):
    path.append(decay_step(path[-1], tf.zeros(3), 0.1, 0.05)[3])
path = np.array(path)
axes = plots.panels(2)
names = [f"w = {value:g}" for value in path[0]]
plots.lines(range(201), dict(zip(names, path.T)), xlabel="step", ylabel="w", ax=axes[0])
plots.lines(range(201), dict(zip(names, np.abs(path.T))), xlabel="step", ylabel="|w|", logy=True, ax=axes[1])
plt.show()
print("half its size after step", [int(np.argmax(np.abs(p) <= abs(p[0]) / 2)) for p in path.T])

# %% [markdown]
# All at once: each is multiplied by the same factor at every step, so on a logarithmic axis they are parallel lines. None of them ever *arrives* at 0.

# %% [markdown]
# ## 4 · Mini-batches
#
# The lecture's stochastic gradient descent takes one example at a time (13:19). In practice one takes 64 or 128 (39:31): the loss is their mean, and the
# products become matrix times matrix, which a computer does far faster than as many vectors one by one.
#
# **Why the mean?** Because it is an estimate of what we are after. Draw the N examples of a batch at random: each of the T has the same chance to be among them, so *on average over all draws* the mean gradient of the batch
# is the mean gradient of all T. Such an estimate is called **unbiased**: it errs, but in no preferred direction, and many small steps that err at random lead where one exact step would. And a mean does not
# grow with N, as a sum would, so that α need not shrink with it. But the estimate is unbiased only if the examples come *at random*.
#
# An **epoch** is one pass over all T examples. Each comes exactly once, in an order that is new every time; if the size does not divide T, the last batch is
# smaller. (Keras and `tf.data` would do this for you. Here you cut the batches yourself.)
#
# Two tools for it. `rng.permutation(n)` gives the numbers 0 to n − 1 in random order. And an array takes a list of row numbers in brackets, and gives those rows in that order, as a new array:

# %% tags=["experiment"]
rng = np.random.default_rng(0)
letters, numbers = np.array(["a", "b", "c", "d", "e"]), np.array([1, 2, 3, 4, 5])
rows = rng.permutation(5)
print("rows", rows, " letters", letters[rows], " numbers", numbers[rows], " and as it was:", letters)
print("two of them:", letters[rows[:2]], numbers[rows[:2]], " a new order:", rng.permutation(5))

# %%
from solutions.risk_and_sgd.minibatches import minibatches

# %% [markdown]
# A batch's gradient is an estimate of the gradient over all examples, right on average. How good is a single one? The cosine of the angle between the two is 1 if they point the same way, and 0 if
# they have nothing to do with each other. (`tf.GradientTape` is TensorFlow's version of the tape of unit 3: what is computed inside `with` is recorded, and
# `tape.gradient(risk, variables)` goes back through it.)
#
# **Before you run the next cell:** an untrained network, batches of 64 of the 1,197 digits. How large is the cosine on average?

# %% tags=["experiment"]
guess = None  # "tenth", "half" or "most"
commit(guess, {"tenth": "about 0.1", "half": "about 0.5", "most": "about 0.8"})


def gradient(model, x, y):
    """The gradient of the mean loss by all parameters, as one long vector."""
    with tf.GradientTape() as t:
        risk = regularized_risk(model, x, y, 0.0)
    return np.concatenate([np.ravel(g) for g in t.gradient(risk, model.trainable_variables)])


def cosine(u, v):
    return u @ v / np.sqrt((u @ u) * (v @ v))


def fresh(seed=0):
    """A new network: 64 tanh units, 10 classes."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.layers.Dense(64, activation="tanh"), keras.layers.Dense(10, activation="softmax")]
    )
    model.build((None, 64))
    return model


rng = np.random.default_rng(0)
trained = fresh()
trained.compile(keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy")
trained.fit(x_train, y_train, epochs=20, verbose=0)
sizes, curves = [1, 8, 64, 256], {}
for name, model in {"untrained": fresh(), "trained for 20 epochs": trained}.items():
    whole = gradient(model, x_train, y_train)
    curves[name] = []
    for size in sizes:
        found = [
            cosine(whole, gradient(model, *part))
            for part in list(minibatches(x_train, y_train, size, rng))[:20]
        ]
        curves[name].append(np.mean(found))
    print(f"{name}:", ", ".join(f"{size}: {c:.2f}" for size, c in zip(sizes, curves[name])))
    # 19 batches of 63 make the 1,197 digits: over one epoch their mean is the whole gradient
    parts = [gradient(model, *part) for part in minibatches(x_train, y_train, 63, rng)]
    print(f"   the mean over an epoch in batches of 63: cosine {cosine(whole, np.mean(parts, axis=0)):.6f}")
ax = plots.lines(
    sizes,
    curves,
    xlabel="examples in the batch",
    ylabel="cosine with the whole gradient",
    marker=True,
    logx=True,
)
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
plt.show()

# %% [markdown]
# At the beginning 64 examples point roughly where all 1,197 do: a cosine of 0.8 is an angle of 37°. All of them would cost nearly
# twenty times as much, for a turn of that size. After 20 epochs the cosine is only about 0.5: most examples are right, only odd ones still pull, and the path becomes noisy.

# %% [markdown]
# ## 5 · One step
#
# Now the step itself. Record the batch's risk on a tape; ask it for the gradients of *all* variables at once; then move them all (13:19):
#
# $$ \theta \leftarrow \theta - \alpha\, \nabla_\theta \Bigl( \tfrac1N \textstyle\sum_n L + \lambda\Omega \Bigr) . $$
#
# A Keras variable is an object that holds an array. `v = v - …` would make a new array and give it the name v, and the model would never hear of it;
# `v.assign_sub(…)` changes what the model uses.

# %%
from solutions.risk_and_sgd.sgd_step import sgd_step

# %% [markdown]
# The same batch of 64 digits again and again, from the same start, with four learning rates.
#
# **Before you run the next cell:** which of α = 0.01, 0.1, 1 and 10 has the lowest risk after 30 steps?

# %% tags=["experiment"]
guess = None  # "0.01", "0.1", "1" or "10"
commit(guess, {"0.01": "α = 0.01", "0.1": "α = 0.1", "1": "α = 1", "10": "α = 10"})

curves = {}
for lr in (0.01, 0.1, 1.0, 10.0):
    model = fresh()
    curves[f"α = {lr:g}"] = [float(sgd_step(model, x_train[:64], y_train[:64], lr, 0.0)) for _ in range(30)]
    print(f"α = {lr:5g}: risk after 30 steps {curves[f'α = {lr:g}'][-1]:.3f}")
plots.lines(None, curves, xlabel="step", ylabel="risk of the batch", logy=True)
plt.show()

# %% [markdown]
# Too small a step arrives nowhere in the time there is; too large a one jumps across the valley and climbs up the other side. α = 1 does a little of
# that at first, and still it wins. Factors of 10 matter here: that is why unit 10 searches α on a logarithmic scale.

# %% [markdown]
# ### Two paths
#
# What does the noise of small batches look like? With two weights one can see it: a straight line through 60 points, its slope and its offset, and the mean squared error as the loss. Gradient descent takes all 60 points
# for each step, stochastic gradient descent four; both start at the same place, with the same α, and both may look at 600 points.

# %% tags=["experiment"]
rng = np.random.default_rng(1)
u = rng.normal(size=60)
v = 1.5 * u - 0.5 + rng.normal(size=60)


def error(w):
    return np.mean((w[0] * u + w[1] - v) ** 2)


def walk(size, epochs, lr=0.15):
    """The weights, step by step."""
    w, path, rng = np.array([-1.5, 1.5]), [], np.random.default_rng(2)
    for _ in range(epochs):
        for inputs, targets in minibatches(u, v, size, rng):
            path.append(w)
            left = w[0] * inputs + w[1] - targets
            w = w - lr * 2 * np.array([np.mean(left * inputs), np.mean(left)])
    return np.array([*path, w])


best = np.polyfit(u, v, 1)
side = np.linspace(-2, 2.5, 80)
heights = [[error(np.array([slope, offset])) for slope in side] for offset in side]
axes = plots.panels(2, height=3.6, sharey=True)
for ax, (name, size) in zip(axes, {"all 60 points a step": 60, "4 points a step": 4}.items(), strict=True):
    path = walk(size, 10)
    ax.contour(side, side, heights, levels=np.geomspace(1, 16, 9), colors="#aaaaaa", linewidths=0.8)
    ax.plot(*path.T, color="black", marker=".", linewidth=0.9)
    ax.plot(*best, marker="x", color="tab:red", markersize=10)
    plots.label(ax, "slope", "offset", f"{name}: {len(path) - 1} steps").label_outer()
    print(f"{name:20} error after 10 epochs {error(path[-1]):.3f}, the least possible is {error(best):.3f}")
plt.show()

# %% [markdown]
# The exact gradient goes straight, and is not quite there after its ten steps. The noisy one takes 150 for the same number of points looked at: it staggers, is at the bottom after ten of them, and then does not settle, since each four points have a best line of their own. That is the price of a constant α,
# and a reason to lower it in the end (unit 9).

# %% [markdown]
# ## 6 · An epoch
#
# All together: deal the examples out, and take a step for each batch. To train is to call this again and again, with the same `rng`, so that each epoch has an
# order of its own and the whole run can still be repeated.

# %%
from solutions.risk_and_sgd.train_epoch import train_epoch

# %% [markdown]
# ### In which order?
#
# Files often come sorted: first all zeros, then all ones. And x and y lie in two arrays, so that somebody who shuffles may shuffle just one. Four epochs on the sorted digits, in three ways: as they come; dealt out by your
# `minibatches`; and with x in order and y shuffled.
#
# **Before you run the next cell:** where will the three end, as they come, dealt out, misaligned?

# %% tags=["experiment"]
guess = None  # "a", "b" or "c"
commit(
    guess,
    {
        "a": "all above 0.9: it is the same data",
        "b": "as they come a little lower than dealt out; misaligned about 0.5",
        "c": "only dealt out above 0.9; misaligned no better than chance",
    },
)


def accuracy(model, x, y):
    return float(np.mean(model(x).numpy().argmax(axis=1) == y))


in_order = np.argsort(y_train, kind="stable")
x_sorted, y_sorted = x_train[in_order], y_train[in_order]


def as_they_come(rng):
    return [(x_sorted[i : i + 32], y_sorted[i : i + 32]) for i in range(0, len(x_sorted), 32)]


def dealt_out(rng):
    return minibatches(x_sorted, y_sorted, 32, rng)


def misaligned(rng):
    return minibatches(x_sorted, rng.permutation(y_sorted), 32, rng)


curves = {}
for deal in (as_they_come, dealt_out, misaligned):
    model, rng, curve = fresh(), np.random.default_rng(0), []
    for _ in range(4):
        for part, classes in deal(rng):
            sgd_step(model, part, classes, 0.5, 0.0)
        curve.append(accuracy(model, x_valid, y_valid))
    curves[deal.__name__.replace("_", " ")] = curve
    print(f"{deal.__name__:13}", np.round(curve, 2))
ax = plots.lines(None, curves, xlabel="epoch", ylabel="validation accuracy", marker=True)
ax.set_ylim(0, 1)
plt.show()

# %% [markdown]
# Dealt out, the network is right on 0.94 to 0.96 of the digits after four epochs (three seeds). Misaligned it has learned nothing, as it must: every x comes with the class of some other. As they come, the digits are the right ones with the
# right classes, and yet after four epochs it is at 0.11, with each of the seeds. For a while it sees nothing but zeros, and learns to answer 0; then nothing but ones. Each batch's gradient is a fine estimate of *something*, but not of the whole gradient:
# it is biased, and the biases do not cancel while the network follows them. (A smaller α helps: with 0.1 we got 0.35 to 0.42, against 0.91 to 0.93.) Neither fault stops the program, and both look like a bad network.
#
# ### The size of a batch: time and progress
#
# First the price of an epoch: 256 digits in batches of 1, 8, 64, 128 and all 256.
#
# **Before you run the next cell:** an epoch in batches of 64 is faster than one in single examples. By how much?

# %% tags=["experiment"]
guess = None  # "two", "fifty" or "same"
commit(
    guess,
    {
        "same": "not at all: it is the same number of examples",
        "two": "about twice",
        "fifty": "about fifty times",
    },
)

sizes, seconds = [1, 8, 64, 128, 256], []
for size in sizes:
    model, rng = fresh(), np.random.default_rng(0)
    # The first call of anything is slow; with α = 0 it moves nothing.
    sgd_step(model, x_train[:size], y_train[:size], 0.0, 0.0)
    begin = time.perf_counter()
    train_epoch(model, x_train[:256], y_train[:256], size, 0.1, 0.0, rng)
    seconds.append(time.perf_counter() - begin)
    print(f"size {size:3}: {seconds[-1]:6.3f} s an epoch, {-(-256 // size):3} steps")

# %% [markdown]
# A step costs nearly the same for one example as for 64: for so small a network it is mostly the trouble of asking. So larger batches make an epoch cheaper almost in proportion. But an epoch in larger batches has fewer steps, too,
# and learns less. What counts is progress by the *second*, and each size with a rate to match: a better estimate bears a larger step.
#
# **Before you run the next cell:** one second of computing for each size. Which has the highest validation accuracy then?

# %% tags=["experiment"]
guess = None  # "1", "8", "64" or "all"
commit(
    guess,
    {
        "1": "single examples",
        "8": "batches of 8",
        "64": "batches of 64 or 128, ahead of the rest",
        "all": "64, 128 and all 1,197 together",
    },
)


def learn_for(budget, size, lr):
    """Validation accuracy against seconds of computing; the time for looking is not counted."""
    model, rng, spent, seen = fresh(), np.random.default_rng(0), 0.0, []
    sgd_step(model, x_train[:size], y_train[:size], 0.0, 0.0)
    while True:
        for part, classes in minibatches(x_train, y_train, size, rng):
            begin = time.process_time()
            sgd_step(model, part, classes, lr, 0.0)
            spent += time.process_time() - begin
            if spent > budget * (len(seen) + 1) / 8:
                seen.append((spent, accuracy(model, x_valid, y_valid)))
            if spent > budget:
                return np.array(seen)


ax = plots.panels(1, width=7)
for i, (size, lr) in enumerate({1: 0.02, 8: 0.1, 64: 0.5, 128: 1.0, len(x_train): 1.0}.items()):
    seen = learn_for(1.0, size, lr)
    ax.plot(*seen.T, label=f"{size} with α = {lr:g}", **plots.style(i, marker=True))
    print(f"size {size:4}, α = {lr:4g}: validation accuracy {seen[-1, 1]:.2f} after a second")
ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
plots.label(ax, "seconds of computing", "validation accuracy")
plt.show()

# %% [markdown]
# Single examples are far behind, and batches of 8 need a while: on a busy machine, with two seconds instead of one, we saw over three seeds 0.25 to 0.61 and 0.88 to 0.90. From 64 on there was nothing to choose between: 0.93 to 0.96 with 64, 0.94 to 0.97 with 128, 0.96 to 0.97 with all 1,197. That is how far "64 or 128" (39:31)
# can be *seen* here. The network is small and the training set too, so one step on all of it costs hardly more than one on 64. With a million examples it would cost thousands of times as much, for a gradient whose direction 64 examples already tell
# roughly; that is where the advice comes from.

# %% [markdown]
# ### Weight decay: when does it help?
#
# A hundred training digits for a network of nearly five thousand parameters: enough room to learn them by heart. Two training sets: one as it is, and one where
# a careless person has given about every fifth digit a random class. The validation set is always right.
#
# **Before you run the next cell:** where does weight decay (λ = 0.01) improve the validation accuracy?

# %% tags=["experiment"]
guess = None  # "both", "clean", "wrong" or "none"
commit(
    guess,
    {
        "both": "on both",
        "clean": "on the clean digits",
        "wrong": "where classes are wrong",
        "none": "on neither",
    },
)

rng = np.random.default_rng(0)
careless = rng.random(100) < 0.2
y_clean = y_train[:100]
y_wrong = np.where(careless, rng.integers(10, size=100), y_clean)


def train(y, lam, seed, epochs=25):
    """A network trained on 100 digits; its accuracy on them and on the validation set, epoch by epoch."""
    model, rng, curve = fresh(seed), np.random.default_rng(seed), []
    for _ in range(epochs):
        train_epoch(model, x_train[:100], y, 20, 0.3, lam, rng)
        curve.append((accuracy(model, x_train[:100], y), accuracy(model, x_valid, y_valid)))
    return model, np.array(curve)


seeds = (1, 2, 3)
runs = {}
for kind, y in (("clean", y_clean), ("wrong", y_wrong)):
    for lam in (0.0, 0.01):
        runs[kind, lam] = [train(y, lam, seed) for seed in seeds]
axes = plots.panels(2, sharey=True)
for ax, kind in zip(axes, ("clean", "wrong")):
    for i, lam in enumerate((0.0, 0.01)):
        curves = np.array([curve for _, curve in runs[kind, lam]])
        for part, dashes in ((0, "--"), (1, "-")):
            line = plots.style(i) | {"linestyle": dashes, "linewidth": 1.2 + 1.4 * i}
            epochs = range(1, curves.shape[1] + 1)
            ax.plot(
                epochs,
                curves[:, :, part].mean(axis=0),
                label=f"λ = {lam:g}, {('training', 'validation')[part]}",
                **line,
            )
            ax.fill_between(
                epochs, *np.percentile(curves[:, :, part], (0, 100), axis=0), color=line["color"], alpha=0.12
            )
        trained_on, valid = curves[:, -1].T
        print(
            f"{kind:5}, λ = {lam:4g}: training {trained_on.mean():.2f}, validation {np.round(valid, 2)}, mean {valid.mean():.3f}"
        )
    plots.label(
        ax,
        "epoch",
        "accuracy" if kind == "clean" else "",
        {"clean": "all classes right", "wrong": "every fifth class random"}[kind],
    )
axes[1].legend(frameon=False, loc="lower right", fontsize=9)
plt.show()

# %% [markdown]
# The lines are means of three starts, the bands reach from the lowest to the highest: wide, so a single run proves little. We therefore did it twenty times, each time with another hundred digits, other wrong classes and another start. Where
# classes are wrong, decay raised the final validation accuracy from 0.738 to 0.770 on average, and in 16 runs of 20. With clean digits it did not help: 0.899 without, 0.885 with it, lower in 17 of 20.
#
# In the right picture the network without decay learns the mistakes by heart: its training accuracy climbs to nearly 1, and its validation accuracy *falls* meanwhile, from above 0.8. With decay it
# cannot afford the large weights that such exceptions need, and loses less. A regularizer is no present; it is a bet that what it punishes
# is noise. Whether it pays is decided on the validation set (33:02).
#
# What has λ done to the weights? Each picture below shows four hidden units of a network trained on the wrong classes, 8 × 8 weights each, dark where they are
# positive and light where they are negative, scaled by the largest in the picture. The histograms count all weights of the first layer.
#
# **Before you run the next cell:** the left and right edge are white in nearly every digit. Which weights stand there after training with
# λ = 0?

# %% tags=["experiment"]
guess = None  # "zero", "start" or "large"
commit(
    guess, {"zero": "zeros", "start": "about those with which training began", "large": "the largest of all"}
)

nets = {
    lam: runs["wrong", lam][0][0] if ("wrong", lam) in runs else train(y_wrong, lam, seeds[0])[0]
    for lam in (0.0, 0.01, 0.03)
}
edge = x_train[:100].mean(axis=0) < 0.05
axes = plots.panels(3, 2, height=4.6, height_ratios=[1.6, 1])
for column, (lam, model) in enumerate(nets.items()):
    W = model.get_weights()[0]
    tiles = np.pad(W.T[:4].reshape(2, 2, 8, 8), ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    square, most = np.hstack(np.hstack(tiles)), np.abs(W).max()  # two rows of two units
    axes[0, column].imshow(square[:-1, :-1], cmap="gray_r", vmin=-most, vmax=most)
    axes[0, column].set_title(f"λ = {lam:g}")
    axes[0, column].axis("off")
    axes[1, column].hist(W.ravel(), bins=np.linspace(-0.6, 0.6, 41), color="#888888")
    axes[1, column].set_ylim(0, 1500)
    plots.label(axes[1, column], "$W_{ij}$", "weights" if column == 0 else "")
    at_edge, inside = (np.sqrt((W[part] ** 2).mean()) for part in (edge, ~edge))
    print(f"λ = {lam:4g}: root mean square of W {at_edge:.3f} at the edge, {inside:.3f} elsewhere")
plt.show()
W = fresh(seed=1).get_weights()[0]
print(
    f"before training: {np.sqrt((W[edge] ** 2).mean()):.3f} at the edge, {np.sqrt((W[~edge] ** 2).mean()):.3f} elsewhere"
)

# %% [markdown]
# More decay, smaller weights, above all where there is hardly ever ink. At the edge nearly all inputs are 0, so dW = xᵀ da is nearly 0 there as well: without
# decay those weights stay about as chance made them. They look harmless, until a digit comes that does have ink there. Decay wipes them away.

# %% [markdown]
# ## Four choices
#
# Everything that was *chosen* in this unit, and everything that other units choose, has a place in those few lines (13:19):
#
# | choice | here | more of it in |
# |---|---|---|
# | the loss L | −log f(x)_y | unit 4 |
# | how ∇L is computed | backpropagation, by a tape | units 3 and 4 |
# | the regularizer Ω | L2 on the weights | unit 11 |
# | where θ begins | as Keras begins | unit 7 |
#
# How to go on from Δ, with a memory of earlier steps, is unit 8.

# %% [markdown]
# ## What to take away
#
# - Training minimizes the *mean* loss plus λΩ. Right decisions do not stop the loss from falling; large weights make it fall (10:59).
# - L2 is the sum of the squared weights, gradient 2w. A step multiplies a weight by 1 − 2αλ: decay (29:50).
# - An epoch meets every example once, in a new order, x and y together, the tail included (13:19).
# - Batches of 64 or 128 are chosen for speed. At first their gradient points roughly where the whole one does; it is a mean over examples drawn at random, hence unbiased, and α keeps its meaning (39:31).
# - Without shuffling the estimate is biased; shuffling x without y leaves nothing to learn. Neither stops the program.
# - Decay helps where large weights would learn noise, and hardly where there is none. Measure on validation data (33:02).
#
# **Next:** the fourth choice, where θ begins. In unit 7 some beginnings turn out to have no end.
