# %% [markdown]
# # 9 · Normalization, early stopping, and a score that can be believed
#
# A network that is trained until its training loss no longer falls has usually been trained for too long, and whoever looks at the test set now and then has
# no test set any more. In this notebook you build what stands around training: the split, the units of the inputs, when to stop, how to slow down. Then
# you measure what goes wrong without them, and by how much.

# %% [markdown]
# ## What you will have built
#
# - `split`: training, validation and test set,
# - `expected_best`: how far the best of k scores flatters, exactly,
# - `Standardizer`: a layer that measures its training set once, and travels with the network,
# - `EarlyStopping` and `HalveOnPlateau`: two callbacks that work in any `model.fit`,
# - `fit_with_validation`: all of it together, with a test set that is looked at once,
# - two proofs: why a score that was chosen flatters, and why the gap between training and validation grows.

# %% [markdown]
# ## Notation
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | μ, σ | `mu`, `sigma` | (D,) | mean and standard deviation of each input over the training set |
# | x̂ | `x_hat` | (N, D) | standardized inputs |
# | L_t, L_v | `loss`, `val_loss` | numbers | training loss and validation loss, as `fit` tells them |
# | g_t, g_v | | as θ | their gradients |
# | α | `lr`, `learning_rate` | a number | learning rate |
# | k | `k` | a number | how many models one chooses from |
#
# The lecture's *look-ahead* is `patience` in Keras, and here.

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
from helpers.side_by_side import Networks
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · Three sets
#
# Weights are learned from the training set. Everything else that has to be chosen (how many units, which learning rate, when to stop) is chosen by the score on
# examples that the weights have not seen: the **validation set** (33:02). That score has then been used to choose, so it is no longer an honest one. A third
# set, the **test set**, is for the very end.
#
# The sets must not share examples, and chance must decide which example goes where: data often lie sorted, by class or by the hour of the day.
# `rng.permutation(N)` gives the numbers 0 … N − 1 in a random order, and `x[rows]` the rows with these numbers.

# %%
from solutions.normalization_and_early_stopping.split import split

# %% [markdown]
# Digits that lie sorted by class, split with your function and, beside it, cut without shuffling.
#
# **Before you run the next cell:** how right will a network be on the test set of the second kind?

# %% tags=["experiment"]
guess = None  # "same", "less" or "none"
commit(
    guess,
    {
        "same": "about as right as on the other: it learns what digits look like",
        "less": "right on about every second digit",
        "none": "right on none",
    },
)

x_all = np.concatenate([x for x, _ in data.digits()])
y_all = np.concatenate([y for _, y in data.digits()])
by_class = np.argsort(y_all, kind="stable")
x_all, y_all = x_all[by_class], y_all[by_class]


def cut(x, y, shares):
    """The first examples to train on, the last ones to test on."""
    ends = np.round(np.cumsum(shares)[:2] * len(x)).astype(int)
    return list(zip(np.split(x, ends), np.split(y, ends), strict=True))


axes = plots.panels(2, height=2.8, sharey=True)
kinds = {
    "shuffled": split(x_all, y_all, (0.6, 0.2, 0.2), np.random.default_rng(0)),
    "cut as they lie": cut(x_all, y_all, (0.6, 0.2, 0.2)),
}
for ax, (name, parts) in zip(axes, kinds.items(), strict=True):
    bottom = np.zeros(10)
    for i, (part, (_, y)) in enumerate(zip(("training", "validation", "test"), parts, strict=True)):
        counts = np.bincount(y, minlength=10)
        ax.bar(np.arange(10), counts, bottom=bottom, label=part, color=("#dddddd", "#888888", "#111111")[i])
        bottom += counts
    plots.label(ax, "class y", "examples", name)
axes[1].legend(frameon=False, ncols=3, fontsize=8, loc="upper center", bbox_to_anchor=(0.0, -0.25))
plt.show()
for name, ((x, y), _, (x_t, y_t)) in kinds.items():
    networks = Networks(3, D=64, H=32, C=10, seed=1)
    for _ in range(15):
        networks.epoch(x, y, lr=0.3)
    print(f"{name:16} right on the test set, three networks: {networks.right(x_t, y_t).mean(1).round(3)}")

# %% [markdown]
# A network that has never seen an 8 or a 9 says so of no image. An honest split is the cheapest thing in machine learning, and the most often forgotten.

# %% [markdown]
# ## 2 · A score that was chosen flatters
#
# Suppose that k models are all equally good: each is right with probability p on any example. Their scores on n validation examples differ nevertheless, by luck. You
# take the one with the best score. How good is it? As good as the others: p. And its score?
#
# ### Derivation: choosing flatters
#
# Let s_i be the validation score of model i, i = 1 … k: the share of n independent examples on which it is right.
#
# 1. Show that one score has the mean p and the variance σ² = p(1 − p)/n.
# 2. Show that E[max s_i] ≥ p. When is it equal? How much of the difference is real?
# 3. Write s_i = p + e_i and take e_i to be normal with deviation σ, so that E[exp(t e_i)] = exp(t²σ²/2). Show that E[max e_i] ≤ σ√(2 log k). (Begin with
#    exp(t E[max e_i]) for any t > 0, use that exp is convex and that a maximum of positive numbers is at most their sum; then choose the best t.)
# 4. How many points is that for p = 0.9, n = 300, k = 40? What do four times as many examples do, and what a thousand times as many models?
# 5. Why does the test score of the chosen model not flatter? What changes if the same examples are hard for all models?

# %% [markdown] derivation="choosing_flatters"
# Write your answers to the five steps into the next cell.

# %% [markdown]
# A bound is one thing; the number itself is another. The highest of k scores is at most s if *all* k are at most s:
#
# $$ P(\max_i s_i \le s) = P(s_i \le s)^k . $$
#
# The probability that the maximum *is* s is the step that this makes at s. Weigh each score with it.

# %%
from solutions.normalization_and_early_stopping.expected_best import expected_best

# %% [markdown]
# Now with real networks. Forty of them, alike but for their first weights, have learned 150 digits. We choose the best on n validation examples, and see
# how it does on 300 others. (600 digits that no network has seen are dealt out anew, 300 times.)
#
# **Before you run the next cell:** real networks are not equally good, and the same digits are hard for all of them. Will the chosen one's score flatter more than
# your formula says for equal and independent models, or less?

# %% tags=["experiment"]
guess = None  # "more", "as" or "less"
commit(
    guess,
    {
        "more": "more: some networks are really worse",
        "as": "just as much",
        "less": "less: part of the difference is real, and part of the luck is shared",
    },
)

(x_train, y_train), (x_valid, y_valid), (x_test, y_test) = data.digits()
k = 40
networks = Networks(k, D=64, H=16, C=10, seed=0)
for _ in range(25):
    networks.epoch(x_train[:150], y_train[:150], lr=0.1, size=25)
right = networks.right(np.concatenate([x_valid, x_test]), np.concatenate([y_valid, y_test]))
p = right.mean()


def binomial(n, p):
    """The shares of n examples that one can be right on, and the probability of each."""
    log_factorial = np.concatenate([[0], np.cumsum(np.log(np.arange(1, n + 1)))])
    j = np.arange(n + 1)
    choose = log_factorial[n] - log_factorial[j] - log_factorial[n - j]
    return j / n, np.exp(choose + j * np.log(p) + (n - j) * np.log(1 - p))


rng = np.random.default_rng(0)
sizes, measured, gained = (25, 50, 100, 200, 300), [], []
for n in sizes:
    above, better = [], []
    for _ in range(300):
        order = rng.permutation(600)
        valid, others = order[:n], order[300:]
        scores = right[:, valid].mean(1)
        best = rng.choice(np.flatnonzero(scores == scores.max()))
        above.append(scores[best] - right[best, others].mean())
        better.append(right[best, others].mean() - right[:, others].mean())
    measured.append(np.mean(above))
    gained.append(np.mean(better))
exact = [expected_best(*binomial(n, p), k) - p for n in sizes]
bound = [(2 * np.log(k) * p * (1 - p) / n) ** 0.5 for n in sizes]
plots.lines(
    sizes,
    {
        "bound σ√(2 log k)": bound,
        "equal models, exactly": exact,
        "measured": measured,
        "really better by": gained,
    },
    xlabel="validation examples n",
    ylabel="share of examples",
    marker=True,
    title=f"the best of {k}: its validation score is too high by …",
)
plt.show()
for n, b, e, m, g in zip(sizes, bound, exact, measured, gained, strict=True):
    print(
        f"n = {n:3}: bound {b:.3f}, equal models {e:.3f}, measured {m:.3f}; it really is better than the mean by {g:.3f}"
    )

# %% [markdown]
# Less: over three sets of networks the winner of 100 examples was flattered by 2.9 to 3.7 points, where equal models would have been flattered by 7.5. These networks do
# differ (their true scores have a deviation of three points or so), so that choosing gains something real, the more the larger the validation set. What no one can read off the
# validation score is how much of it is which. That is what the test set is for.

# %% [markdown]
# ## 3 · Inputs in units of their own
#
# A weight multiplies an input. If one input is measured in metres and the next in milligrams, one learning rate is too large for the one and too small for the other. So real-valued inputs are
# **normalized** by the mean and the standard deviation of each dimension, and both come from the *training* set (38:09):
#
# $$ \hat x_j = \frac{x_j - \mu_j}{\sigma_j}, \qquad \mu_j = \frac1N \sum_n x_{nj}, \qquad \sigma_j^2 = \frac1N \sum_n (x_{nj} - \mu_j)^2 . $$
#
# Two kinds of input are left out. **Binary** ones, 0 or 1, stay as they are (38:20): a yes or no has no unit. And an input that is **constant** in the training set has σ_j = 0. Dividing by 0
# gives NaN, and dividing by 0.0000001 gives something worse, a number that looks harmless until a test example differs there: it is then ten million times as large.
# Divide by 1. And do not ask whether σ_j is 0. The mean of equal numbers is rounded, so that σ_j may be 0.00000001; ask whether the largest value equals the smallest.
#
# As a *layer* the measurement travels with the network: it is saved with it, and nobody can forget it at test time. What is measured and not trained is a weight with `trainable=False`:
#
#     self.mu = self.add_weight(name=…, shape=…, initializer=…, trainable=False)
#
# An adapted layer is used like any other, as the first of a network.

# %%
from solutions.normalization_and_early_stopping.standardizer import Standardizer

# %% [markdown]
# Digits, once as they are, once with each pixel in a unit of its own (multiplied by a number between 0.03 and 30), and the same standardized. We count the epochs until the
# training loss is below 0.1, at six learning rates.
#
# **Before you run the next cell:** at its best learning rate, how long does the second kind take, compared with the third?

# %% tags=["experiment"]
guess = None  # "same", "twice" or "more"
commit(
    guess,
    {
        "same": "about as long: the first weights can make up for the units",
        "twice": "about twice as long",
        "more": "ten times as long, or it never gets there",
    },
)

units = 10 ** np.random.default_rng(0).uniform(-1.5, 1.5, 64)
apart = (x_train * units).astype("float32")
layer = Standardizer()
layer.adapt(apart)
inputs = {"as they are": x_train, "units apart": apart, "standardized": np.asarray(layer(apart))}
rates = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
most = 30
curves, best_losses = {}, {}
for name, x in inputs.items():
    networks = Networks(len(rates), D=64, H=32, C=10, seed=0)
    losses = []
    for _ in range(most):
        networks.epoch(x, y_train, lr=rates)
        losses.append(networks.loss(x, y_train))
    losses = np.array(losses)
    reached = losses < 0.1
    curves[name] = np.where(reached.any(0), 1 + reached.argmax(0), np.nan)
    best_losses[name] = losses[:, np.argmin(losses[-1])]
left, right_ax = plots.panels(2, height=3.2)
plots.lines(
    rates, curves, xlabel="learning rate α", ylabel="epochs to a loss of 0.1", logx=True, marker=True, ax=left
)
plots.lines(
    None, best_losses, xlabel="epoch", ylabel="training loss at the best rate", logy=True, ax=right_ax
)
plt.show()
for name, epochs in curves.items():
    told = ", ".join(
        f"{rate:g}: {'–' if np.isnan(e) else int(e)}" for rate, e in zip(rates, epochs, strict=True)
    )
    print(f"{name:13} epochs at each rate  {told}")

# %% [markdown]
# Over four seeds, with up to 40 epochs, the standardized digits took 2 or 3 epochs at their best rate (the largest, 1), the digits as they are 6 to 8. With units apart two of four never got there at any of
# these rates, and the other two took 28 and 36. A rate that is small enough for the pixel with the largest unit is far too small for the others. Pixels share a unit, so digits *as they are* do no great
# harm; a table with ages, incomes and distances does.

# %% [markdown]
# ## 4 · When to stop
#
# The number of epochs is a hyperparameter that one gets almost for free: one training tries all of them (36:49). After each epoch look at the validation loss; keep a copy of the weights whenever it
# is the lowest so far; when it has not been for a **look-ahead** of some epochs, stop and go back to the best network.
#
# In Keras that is a **callback**: an object that `fit` tells what happens. Yours has a `self.model`, which Keras sets, and three methods that `fit` calls:
#
#     on_train_begin(logs)          once, before the first epoch
#     on_epoch_end(epoch, logs)     after each epoch; logs is a dict such as {"loss": 0.31, "val_loss": 0.52}
#     on_train_end(logs)            once, behind the last epoch
#
# `self.model.stop_training = True` asks `fit` to make this epoch its last.
#
# Be careful with the weights. `self.model.weights` is a list of the network's *own* variables: keep it, and a step later it holds the new values.
# `self.model.get_weights()` gives their values as arrays, copied, and `self.model.set_weights(…)` puts such arrays back.

# %%
from solutions.normalization_and_early_stopping.early_stopping import EarlyStopping

# %% [markdown]
# Your callback at work: a network of 128 hidden units learns 600 curves of MNIST-1D.
#
# **Before you run the next cell:** how will the validation loss and the validation accuracy of the network that is put back compare with those of the last epoch?

# %% tags=["experiment"]
guess = None  # "both", "loss" or "accuracy"
commit(
    guess,
    {
        "both": "both are better",
        "loss": "the loss is better; the accuracy may well be lower",
        "accuracy": "the accuracy is better; the loss is higher",
    },
)

(x_curves, y_curves), (x_curves_valid, y_curves_valid), _ = data.mnist1d()
x_few, y_few = x_curves[:600], y_curves[:600]


def network(first=None, H=128, lr=0.2, D=40):
    """One hidden layer of ReLU units, compiled; perhaps behind another layer."""
    layers = [keras.Input((D,)), *([first] if first else [])]
    layers += [keras.layers.Dense(H, activation="relu"), keras.layers.Dense(10)]
    model = keras.Sequential(layers)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(lr), loss, metrics=["accuracy"])
    return model


keras.utils.set_random_seed(1)
model, stop = network(), EarlyStopping(patience=12)
history = model.fit(
    x_few,
    y_few,
    batch_size=50,
    epochs=80,
    validation_data=(x_curves_valid, y_curves_valid),
    callbacks=[stop],
    verbose=0,
)
left, right_ax = plots.panels(2, height=3.2)
for ax, what in ((left, "loss"), (right_ax, "accuracy")):
    plots.history(history, what=what, ax=ax)
    ax.axvline(stop.best_epoch + 1, color="black", linewidth=0.8, linestyle=":")
    ax.text(stop.best_epoch + 1.3, ax.get_ylim()[1], "best", va="top", fontsize=9)
plt.show()
loss, accuracy = model.evaluate(x_curves_valid, y_curves_valid, verbose=0)
last = {name: values[-1] for name, values in history.history.items()}
print(f"{len(history.epoch)} epochs, the best is number {stop.best_epoch + 1}")
print(f"put back:   validation loss {loss:.3f}, accuracy {accuracy:.1%}")
print(f"last epoch: validation loss {last['val_loss']:.3f}, accuracy {last['val_accuracy']:.1%}")

# %% [markdown]
# The weights were put back: `evaluate` finds the lowest loss of the curve. Whether the accuracy agrees is another matter, as in unit 11: the loss rises because the network becomes too sure of what
# it gets wrong. Watch the score that you care about. (Ours is one to be low; for an accuracy watch its negative, or the error.)
#
# ### Derivation: why the gap grows
#
# L_t is the training loss, L_v the validation loss, g_t and g_v their gradients at the present θ. A step of gradient descent is Δθ = −αg_t. Work to first order in α.
#
# 1. By how much do L_t and L_v change in one step?
# 2. Under which condition on g_t and g_v does the validation loss fall? What holds where it is lowest?
# 3. By how much does the gap L_v − L_t grow in one step?
# 4. Before training θ depends on no example. Write g_t = g + e_t and g_v = g + e_v, with g the gradient of the true risk and e_t, e_v the chance of either set. Show that the gap grows on average by
#    α E‖e_t‖² with the first step. How does that go with the number of training examples?
# 5. Why does the argument of point 4 not hold later on, and what happens then?

# %% [markdown] derivation="gap_grows"
# Write your answers to the five points into the next cell.

# %% [markdown]
# Point 2 is a claim that can be measured. Four networks learn 200 curves by plain gradient descent with small steps, and we look at the angle between the two gradients.
#
# **Before you run the next cell:** at the step with the lowest validation loss, what will the cosine of that angle be?

# %% tags=["experiment"]
guess = None  # "one", "zero" or "minus"
commit(guess, {"one": "near 1", "zero": "near 0", "minus": "near −1"})

networks = Networks(4, D=40, H=64, C=10, seed=2)
x_200, y_200 = x_curves[:200], y_curves[:200]


def dot(a, b):
    """The scalar product of two gradients of each network."""
    return sum((one * other).sum((1, 2)) for one, other in zip(a, b, strict=True))


steps, every, seen = 450, 10, []
for step in range(steps):
    if step % every == 0:
        g_t, g_v = networks.gradient(x_200, y_200), networks.gradient(x_curves_valid, y_curves_valid)
        cosine = dot(g_t, g_v) / (dot(g_t, g_t) * dot(g_v, g_v)) ** 0.5
        seen.append([networks.loss(x_200, y_200), networks.loss(x_curves_valid, y_curves_valid), cosine])
    networks.step(x_200, y_200, lr=0.02)
seen = np.array(seen)
at = every * np.arange(len(seen))
left, right_ax = plots.panels(2, height=3.2)
plots.lines(
    at,
    {"validation, L_v": seen[:, 1, 0], "training, L_t": seen[:, 0, 0]},
    xlabel="step",
    ylabel="loss",
    ax=left,
)
plots.lines(at, {"": seen[:, 2, 0]}, xlabel="step", ylabel="cosine of the angle of g_t and g_v", ax=right_ax)
right_ax.axhline(0, color="black", linewidth=0.6)
lowest = seen[:, 1].argmin(0)
for ax in (left, right_ax):
    ax.axvline(at[lowest[0]], color="black", linewidth=0.8, linestyle=":")
plt.show()
for r in range(4):
    print(
        f"network {r}: lowest L_v after step {at[lowest[r]]}; cosine there {seen[lowest[r], 2, r]:+.2f}, "
        f"at the start {seen[0, 2, r]:+.2f}, at the end {seen[-1, 2, r]:+.2f}"
    )

# %% [markdown]
# With small steps the lowest validation loss is just where the two gradients are orthogonal, and beyond it each step that helps the 200 hurts the others. At the start the cosine was 0.8 to 0.9: what the first steps
# learn is good for all. The training loss never shows the difference.
# With mini-batches and large rates the picture is blurred: noise and curvature make the validation loss turn earlier.

# %% [markdown]
# ## 5 · Slow down
#
# A large learning rate moves fast and does not settle: near a minimum its steps are longer than the way that is left. A small one settles and takes for ever. So begin with a large one, and when the
# validation score stops improving, divide it by 2 and go on (38:35). One could also begin with a small rate at once; the lecture says why not (39:14): the large one gets to the right place fast.
#
# The rate belongs to the optimizer: `self.model.optimizer.learning_rate`. Read it with `float(…)`, and assign a number to it: the next step uses it. (Keras 2 called it `lr`; assigning
# to that name now makes an attribute that nobody reads.)

# %%
from solutions.normalization_and_early_stopping.halve_on_plateau import HalveOnPlateau

# %% [markdown]
# 1,600 curves of MNIST-1D in mini-batches of 20, and four ways to choose the rate: large, small and in between, and large at first and then as your callback says. (The networks are small and
# trained by NumPy, side by side; your callback is told of the last one's validation loss and changes the rate of an optimizer, from which we read it.)
#
# **Before you run the next cell:** what will halving gain over the large rate that stays large?

# %% tags=["experiment"]
guess = None  # "lower", "end" or "nothing"
commit(
    guess,
    {
        "lower": "a much lower validation loss at its lowest point",
        "end": "about the same lowest point; but it stays near it, where the other climbs",
        "nothing": "nothing at all",
    },
)

names = ["large, 0.3", "small, 0.01", "in between, 0.1", "0.3, halved"]
rates = np.array([0.3, 0.01, 0.1, 0.3])
x_1600, y_1600 = x_curves[:1600], y_curves[:1600]
networks = Networks(4, D=40, H=64, C=10, seed=3)
rule, holder = HalveOnPlateau(patience=3), network(lr=0.3)
rule.set_model(holder)
rule.on_train_begin()
valid_losses, used = [], []
for epoch in range(40):
    networks.epoch(x_1600, y_1600, lr=rates, size=20)
    valid_losses.append(networks.loss(x_curves_valid, y_curves_valid))
    used.append(rates.copy())
    rule.on_epoch_end(epoch, {"val_loss": float(valid_losses[-1][3])})
    rates[3] = float(holder.optimizer.learning_rate)
valid_losses, used = np.array(valid_losses), np.array(used)
left, right_ax = plots.panels(2, height=3.2)
curves = dict(zip(names, valid_losses.T, strict=True))
plots.lines(None, curves, xlabel="epoch", ylabel="validation loss, L_v", ax=left)
curves = dict(zip(names, used.T, strict=True))
plots.lines(None, curves, xlabel="epoch", ylabel="learning rate α", logy=True, ax=right_ax)
right_ax.get_legend().remove()
plt.show()
for name, losses in zip(names, valid_losses.T, strict=True):
    print(
        f"{name:16} lowest {losses.min():.2f} after epoch {losses.argmin() + 1:2}, after 40 epochs {losses[-1]:.2f}"
    )

# %% [markdown]
# The lecture is right about the small rate: over five seeds it stood at 1.60 to 1.65 after 40 epochs, a loss that the large one had passed long before. What halving gains is less than one might
# think. At its lowest point the validation loss was 1.31 on average, against 1.32 with the large rate left alone (and 1.37 with 0.1): no difference to speak of. But then the large rate went up to 2.5, the
# halved one to 1.4, since it hardly moves any more. Halving makes the end of training *harmless*. With early stopping beside it, which goes back to the best network anyway, you need it less; with the whole
# training set the two lowest points were as close (1.11 and 1.13).

# %% [markdown]
# ## 6 · All of it together
#
# One function, so that no step can be forgotten: split, adapt the standardizer to the training set *alone*, build, train with both callbacks watching the validation set, and test once. The patience of halving is the shorter one, or
# the lower rate would never get its chance. Use what you have written above, and `model.fit(x, y, validation_data=(…), epochs=…, callbacks=[…], verbose=0)`; `model.evaluate(x, y, verbose=0)` gives the score.

# %%
from solutions.normalization_and_early_stopping.fit_with_validation import fit_with_validation

# %% tags=["experiment"]
keras.utils.set_random_seed(3)


def build(standardizer):
    """A small network for digits that begins with the standardizer."""
    return network(standardizer, H=32, lr=0.2, D=64)


rng = np.random.default_rng(0)
model, (loss, accuracy) = fit_with_validation(
    build, x_all, y_all, (0.6, 0.2, 0.2), rng, epochs=40, halve_after=2, stop_after=6
)
print(f"{len(model.history.epoch)} epochs, rate at the end {float(model.optimizer.learning_rate):.4f}")
print(f"on the test set, once: loss {loss:.3f}, {accuracy:.1%} right")

# %% [markdown]
# ### Three leaks, measured
#
# What if the test set is *not* left alone? Three ways in which that happens, each by accident in many a paper:
#
# 1. **standardize** by all the data, before the split;
# 2. **select** the inputs that go best with the class on all the data, and split afterwards;
# 3. **stop** training where the *test* score is best.
#
# For the second, the data are pure noise: 100 examples of 1,000 random numbers and a class by the toss of a coin. Nobody can be right on more than half of new examples.
#
# **Before you run the next cell:** which leak flatters most, and which least?

# %% tags=["experiment"]
guess = None  # "stop", "select" or "standardize"
commit(
    guess,
    {
        "stop": "stopping most, selecting least",
        "select": "selecting most, standardizing least",
        "standardize": "standardizing most, stopping least",
    },
)


def nearest_mean(x, y, x_t):
    """Which of two classes has the nearer mean."""
    means = [x[y == c].mean(0) for c in (0, 1)]
    distances = [((x_t - mean) ** 2).sum(1) for mean in means]
    return (distances[1] < distances[0]).astype(int)


def best_inputs(x, y, count=20):
    """The inputs that go best with the class."""
    together = (x - x.mean(0)).T @ (y - y.mean())
    return np.argsort(-np.abs(together))[:count]


selected = []
for seed in range(100):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(100, 1000)), rng.integers(2, size=100)
    row = []
    for chosen in (best_inputs(x, y), best_inputs(x[:70], y[:70])):
        row.append(np.mean(nearest_mean(x[:70, chosen], y[:70], x[70:, chosen]) == y[70:]))
    selected.append(row)


def nearest_neighbour(x, y, x_t, mu, sigma):
    """The class of the nearest training example, in standardized inputs."""
    sigma = np.where(sigma == 0, 1, sigma)
    x, x_t = (x - mu) / sigma, (x_t - mu) / sigma
    distances = (x_t**2).sum(1)[:, None] - 2 * x_t @ x.T + (x**2).sum(1)
    return y[distances.argmin(1)]


standardized = []
for seed in range(200):
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(x_train))[:80]
    x, y = x_train[rows].astype("float64"), y_train[rows]
    row = []
    for known in (x, x[:40]):
        guessed = nearest_neighbour(x[:40], y[:40], x[40:], known.mean(0), known.std(0))
        row.append(np.mean(guessed == y[40:]))
    standardized.append(row)

x_eval = np.concatenate([part[0] for part in data.mnist1d()[1:]])
y_eval = np.concatenate([part[1] for part in data.mnist1d()[1:]])
networks, by_epoch = Networks(10, D=40, H=64, C=10, seed=0), []
for _ in range(40):
    networks.epoch(x_curves[:400], y_curves[:400], lr=0.1)
    by_epoch.append(networks.right(x_eval, y_eval))
by_epoch = np.array(by_epoch)
stopped, truth = [], []
rng = np.random.default_rng(0)
for trial in range(200):
    order, r = rng.permutation(len(x_eval)), trial % 10
    valid, test, fresh = (by_epoch[:, r, part].mean(1) for part in np.split(order, [100, 200]))
    by_test, by_valid = test.argmax(), valid.argmax()
    stopped.append([test[by_test], test[by_valid]])
    truth.append([fresh[by_test], fresh[by_valid]])

for name, rows in (("standardize", standardized), ("select", selected), ("stop", stopped)):
    leaky, honest = np.mean(rows, axis=0)
    error = np.std(np.subtract(*np.transpose(rows))) / len(rows) ** 0.5
    print(
        f"{name:11} with the test set: {leaky:.1%}, without: {honest:.1%}; difference {leaky - honest:+.1%} ± {error:.1%}"
    )
print(
    "what the two stopped networks are worth, on 1,600 fresh examples: {:.1%} and {:.1%}".format(
        *np.mean(truth, axis=0)
    )
)

# %% [markdown]
# **Selecting** is the disaster: more than four in five right on coin tosses. The twenty inputs were chosen because they agree with the classes of the test examples too. **Stopping** by the test set showed four points more than
# stopping by the validation set, and the two networks were worth the same: the best of 40 epochs flatters as the best of 40 models does. **Standardizing** by all the data hides no labels, and did the least: about a point with 40 training
# examples. On 400 fresh digits, over the same 200 splits, 0.8 of this point was real: a mean of 80 examples is better known than one of 40. With 200 training examples the whole difference was 0.4. That leak is small, and costs
# nothing to close.
#
# Each leak is a line in the wrong place, and none raises an error. That is why `fit_with_validation` is one function.

# %% [markdown]
# ## What to take away
#
# - Three sets, dealt out at random: one to learn from, one to choose by, one to look at once.
# - The best of k scores flatters by up to σ√(2 log k), and only examples that had no part in choosing tell the truth.
# - Standardize real-valued inputs by the training set; leave binary ones; divide a constant one by 1. As a layer it cannot be forgotten.
# - Stop where the validation loss is lowest: there the gradients of training and validation are orthogonal. Keep *copies* of the weights.
# - Start with a large rate, halve it on a plateau.
#
# **Next:** unit 10 chooses the other hyperparameters, and has many more models to choose from.
