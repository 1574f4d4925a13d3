# %% [markdown]
# # 12 · Batch normalization, and the capstone
#
# Inputs are normalized before training; why not normalize what every hidden layer gets, while it learns? In this notebook you build batch normalization with its
# gradient and its final pass, see what it changes, and then put everything that the course has taught into one small network of your own, with a report on how you chose it.

# %% [markdown]
# ## What you will have built
#
# - `BatchNorm`: the layer, with its trained and its measured weights,
# - `batchnorm_backward`: its gradient, line by line, through the batch's mean and variance,
# - `pooled_statistics` and `finalize_statistics`: the full pass over the training set before test time,
# - `normalized_mlp`: a network without a superfluous weight,
# - `sparsity`: a measure for how many units are silent,
# - `build_network` and a report of about a page: the capstone, your best network for MNIST-1D with at most 6,000 parameters.

# %% [markdown]
# ## Notation
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | μ, σ² | `mu`, `var` | (H,) | mean and variance of each unit's pre-activation over the mini-batch |
# | ε | `eps` | a number | keeps the root away from 0 |
# | â | `a_hat` | (N, H) | normalized pre-activation |
# | γ, β | `gamma`, `beta` | (H,) | trained scale and shift |
# | ã | `a_tilde` | (N, H) | what the activation function sees: γâ + β |
# | ∇_ã, ∇_â, … | `da_tilde`, `da_hat`, … | as the value | gradient of the loss with respect to it |

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · Normalize the pre-activations
#
# Normalizing the inputs makes learning easier (38:09). A hidden layer has inputs, too: the activations of the layer below, and their mean and scale *change* all the time,
# as that layer learns. Batch normalization (54:33) normalizes each unit's pre-activation over the examples of the mini-batch, before the activation function:
#
# $$ \mu = \tfrac1N \sum_n a_n, \qquad \sigma^2 = \tfrac1N \sum_n (a_n - \mu)^2, \qquad \hat a_n = \frac{a_n - \mu}{\sqrt{\sigma^2 + \varepsilon}} $$
#
# Every unit by itself: these are sums over the batch. If all units had mean 0 and deviation 1 for ever, the network could express less. So each unit
# gets a scale and a shift of its own, trained like any weight:
#
# $$ \tilde a_n = \gamma \, \hat a_n + \beta, \qquad h_n = g(\tilde a_n) . $$
#
# At test time an example must not depend on whom it shares a batch with. Then global statistics stand in for μ and σ². Your layer keeps a running guess at them,
# moved a little at each training step, as Keras does; section 3 replaces the guess by a measurement, as the lecture says.
#
# Three things that are easily mixed up:
#
# - **Whose momentum?** Here `momentum` is the share of the *old* statistics that stays at a training step, 0.9 unless somebody asks for another; `eps` is 0.001. It is not
#   the optimizer's momentum of unit 8. (PyTorch's layer calls the other share, 0.1, by this name.)
# - **Which variance?** Divided by N, for normalizing *and* for the moving statistics, as in Keras. Elsewhere the moving one is divided by N − 1, to be unbiased. With batches of
#   64 the two differ by 1.6 %, with batches of 4 by a third.
# - **How many examples?** While `fit` turns `call` into a graph, N is not known: `a.shape[0]` is None and `a.numpy()` fails. Means over axis 0 need no N; where you do need it, it is
#   `tf.shape(a)[0]`. And only `assign` changes a weight from inside a graph.

# %%
from solutions.batch_normalization.batch_norm import BatchNorm

# %% [markdown]
# Four units whose pre-activations have very different scales pass through a new layer.
#
# **Before you run the next cell:** how will their histograms look behind it, in training?

# %% tags=["experiment"]
guess = None  # "normal", "same" or "four"
commit(
    guess,
    {
        "normal": "four bell curves with mean 0 and deviation 1",
        "same": "mean 0, deviation 1, and otherwise as before",
        "four": "as before",
    },
)

rng = np.random.default_rng(0)
units = {
    "normal": rng.normal(50, 10, 500),
    "uniform": rng.uniform(-0.02, 0.02, 500),
    "skewed": rng.exponential(3, 500),
    "two heaps": rng.choice([-200.0, 200.0], 500) + rng.normal(0, 30, 500),
}
a = tf.constant(np.stack(list(units.values()), 1), "float32")
layer = BatchNorm(eps=1e-6)
a_tilde = layer(a, training=True).numpy()
axes = plots.panels(4, 2, height=3.6)
for j, name in enumerate(units):
    for row, values in zip(axes, (a[:, j], a_tilde[:, j]), strict=True):
        row[j].hist(np.asarray(values), bins=25, color="#bbbbbb", edgecolor="black", linewidth=0.5)
        row[j].set_yticks([])
    plots.label(axes[0, j], "a", "", name)
    plots.label(axes[1, j], "ã", "")
plt.show()
print("mean", a_tilde.mean(0).round(3), " deviation", a_tilde.std(0).round(3))
print("at test time, from a first guess at the statistics: deviation", layer(a).numpy().std(0).round(2))

# %% [markdown]
# Normalizing shifts and stretches; it does not change the shape of a distribution. And after a single training step the moving statistics are still nowhere
# near the batch's: with momentum 0.9 only a tenth of the way. (The second unit's deviation falls a little short of 1: its variance is so small that ε counts.)
#
# What if there is hardly a batch? With N = 1 every â is 0: nothing is left. With four examples μ and σ² are more noise than measurement. **Layer normalization** takes them over the units of
# *one* example instead, the same in training and at test time; that is why it is found where batches are small or examples are sequences of different lengths. In a
# **convolutional** network all positions of a feature map share their weights, so they share μ, σ², γ and β as well: means are taken over examples *and* positions.

# %% [markdown]
# ## 2 · The gradient
#
# μ and σ² are functions of the batch, so a gradient flows through them as well (58:20). A pre-activation reaches the loss by **three ways**: directly through its own â, through σ²,
# and through μ, and the last two lead to *all* examples' â.
#
# $$
# \begin{aligned}
# \nabla_\gamma &= \textstyle\sum_n \nabla_{\tilde a_n} \hat a_n, \qquad \nabla_\beta = \sum_n \nabla_{\tilde a_n}, \qquad \nabla_{\hat a_n} = \gamma \nabla_{\tilde a_n} \\
# \nabla_{\sigma^2} &= \;?, \qquad \nabla_\mu = \;? \\
# \nabla_{a_n} &= \nabla_{\hat a_n} \frac{\partial \hat a_n}{\partial a_n} + \nabla_{\sigma^2} \frac{\partial \sigma^2}{\partial a_n} + \nabla_\mu \frac{\partial \mu}{\partial a_n}
# \end{aligned}
# $$
#
# ### Derivation: the gradient of batch normalization
#
# Take one unit; write r = √(σ² + ε) and d_n = ∂L/∂ã_n.
#
# 1. Derive ∂L/∂γ and ∂L/∂β.
# 2. Derive ∂L/∂â_n.
# 3. Derive ∂L/∂σ², with μ held fixed.
# 4. Derive ∂L/∂μ. There are two ways, and one of them contributes nothing: why?
# 5. Add up the three ways to a_n.
# 6. Put everything together into one line with d_n and â_n only (and γ, r, N). Sum it over the batch: what comes out, and what does it mean?

# %% [markdown] derivation="batchnorm_gradient"
# Write your derivation of the six steps into the next cell.

# %% [markdown]
# Now the same as code. The check looks at each line by itself, so that you know at which one it went wrong.

# %%
from solutions.batch_normalization.batchnorm_backward import batchnorm_backward

# %% [markdown]
# Your gradient against that of TensorFlow, through your own layer, and against what is left if μ and σ² are taken for constants.
#
# **Before you run the next cell:** how wrong is the gradient without the ways through μ and σ²?

# %% tags=["experiment"]
guess = None  # "little", "same" or "other"
commit(
    guess,
    {"little": "a few percent, as 1/N is small", "same": "a constant factor", "other": "it points elsewhere"},
)

rng = np.random.default_rng(1)
a, upstream = tf.constant(rng.normal(size=(64, 3)) * 2 + 1), rng.normal(size=(64, 3))
upstream += 0.7 * a.numpy()  # as if the loss wanted smaller activations
layer = BatchNorm(eps=1e-3, dtype="float64")
with tf.GradientTape() as tape:
    tape.watch(a)
    a_tilde = layer(a, training=True)
by_tape = tape.gradient(a_tilde, a, tf.constant(upstream)).numpy()
ours = batchnorm_backward(upstream, a.numpy(), np.ones(3), 1e-3)
constant = ours["da_hat"] / np.sqrt(np.var(a, axis=0) + 1e-3)
cosine = (constant * by_tape).sum(0) / np.linalg.norm(constant, axis=0) / np.linalg.norm(by_tape, axis=0)
print(f"largest difference from the tape: {np.abs(ours['da'] - by_tape).max():.1e}")
print(
    "without mu and var: length × ",
    (np.linalg.norm(constant, axis=0) / np.linalg.norm(by_tape, axis=0)).round(2),
)
print("                    angle     ", np.degrees(np.arccos(cosine)).round(0), "degrees")
print("sum over the batch: true", by_tape.sum(0).round(12) + 0, " without", constant.sum(0).round(1))

# %% [markdown]
# The two parts that go through μ and σ² are each of order 1/N for *one* pair of examples, but there are N of them. Without them the gradient would push all
# pre-activations up or down together, a direction in which the loss does not change at all.

# %% [markdown]
# ## 3 · Before test time: a full pass
#
# The moving statistics are a guess, and a late one: they remember batches that were seen with older weights. The lecture's rule is cleaner (54:33). After training, pass the whole training set
# through the network and measure each unit's mean and variance over *all* examples.
#
# In mini-batches, since the set may be large. Then mind what is pooled. The overall variance is **not** the mean of the batches' variances: the batches' means differ as well.
#
# $$ \mu = \sum_b \frac{n_b}{N} \mu_b, \qquad \sigma^2 = \sum_b \frac{n_b}{N} \left( \sigma_b^2 + (\mu_b - \mu)^2 \right) $$
#
# And mind the order: a layer's input depends on the statistics of the layers below, so they come first.

# %%
from solutions.batch_normalization.finalize_statistics import finalize_statistics, pooled_statistics

# %% [markdown]
# How much is between the batches? With *random* batches of 64 digits, and with the digits *sorted* by class, as a file might have them:
#
# **Before you run the next cell:** what share of the variance does the mean of the batches' variances miss, with each of them?

# %% tags=["experiment"]
guess = None  # "none", "random" or "sorted"
commit(
    guess,
    {
        "none": "next to nothing with either",
        "random": "more with random batches",
        "sorted": "about 1/64 with random ones, far more with sorted ones",
    },
)

(x_train, y_train), (x_valid, y_valid), _ = data.digits()
a = x_train @ np.random.default_rng(2).normal(size=(64, 32)).astype("float32")
for name, order in (
    ("random", np.random.default_rng(3).permutation(len(a))),
    ("sorted", np.argsort(y_train, kind="stable")),
):
    batches = [a[order[i : i + 64]] for i in range(0, len(a), 64)]
    mu, var = pooled_statistics(batches)
    within = np.average([b.var(0) for b in batches], axis=0, weights=[len(b) for b in batches])
    print(
        f"{name}: {len(batches)} batches, the last of {len(batches[-1])}; missed {1 - np.mean(within / var):.1%} of the variance (1/64 = {1 / 64:.1%})"
    )

# %% [markdown]
# The mean of 64 random examples scatters around that of all by a 64th of the variance, and that is what goes missing. In sorted batches it is nearly a third:
# what lies *between* the digits. The formula is right for either.

# %% [markdown]
# ## 4 · Where it stands in a network, and what it makes superfluous
#
# Dense, then BatchNorm, then the activation. The output layer is left alone. One thing can go:
#
# ### Derivation: the bias cancels
#
# A unit's pre-activation is a_n = w·h_n + b, followed by batch normalization in training.
#
# 1. Show that ã_n does not depend on b.
# 2. What is ∂L/∂b? Show it from 1, and from the last line of the derivation above. What takes the bias's place?
# 3. Now replace W by cW, with c > 0, no bias and ε = 0. Show that ã_n does not change, and derive how ∇_W L at cW compares with that at W.
# 4. What does 3 mean for the choice of the learning rate, or for the scale of the initial weights? One consequence, with its reason.

# %% [markdown] derivation="bias_cancels"
# Write your derivation of the four steps into the next cell.

# %% [markdown]
# So build the network without it. Each `BatchNorm` with its defaults, momentum 0.9 and ε = 0.001.

# %%
from solutions.batch_normalization.normalized_mlp import normalized_mlp

# %% [markdown]
# The third step of the derivation, measured: all hidden weights of your network are multiplied by c.
#
# **Before you run the next cell:** what happens to the gradient of the first layer's weights when they are ten times as large?

# %% tags=["experiment"]
guess = None  # "100", "10", "1" or "0.1"
commit(guess, {"100": "× 100", "10": "× 10", "1": "nothing", "0.1": "÷ 10"})


def plain_mlp(D, units, C):
    """The same network without normalization: each Dense layer has its bias."""
    hidden = [keras.layers.Dense(H, activation="relu") for H in units]
    return keras.Sequential([keras.Input((D,)), *hidden, keras.layers.Dense(C, activation="softmax")])


def start_at(model, scale, seed=0):
    """Begin afresh: weights of deviation √(2/H_in), in the hidden layers times a scale; biases 0, BatchNorm as new."""
    rng = np.random.default_rng(seed)
    dense = [part for part in model.layers if isinstance(part, keras.layers.Dense)]
    for part in dense:
        H_in, H = part.kernel.shape
        part.kernel.assign(
            rng.normal(size=(H_in, H)) * np.sqrt(2 / H_in) * (1 if part is dense[-1] else scale)
        )
        if part.use_bias:
            part.bias.assign(np.zeros(H))
    for norm in (part for part in model.layers if isinstance(part, BatchNorm)):
        for weight, value in ((norm.gamma, 1), (norm.beta, 0), (norm.moving_mu, 0), (norm.moving_var, 1)):
            weight.assign(np.full(weight.shape, value))


loss_of = keras.losses.SparseCategoricalCrossentropy()
for name, build in (("plain", plain_mlp), ("normalized", normalized_mlp)):
    model = build(64, [32, 32], 10)
    lengths = []
    for c in (1, 10):
        start_at(model, c)
        with tf.GradientTape() as tape:
            loss = loss_of(y_train[:128], model(x_train[:128], training=True))
        lengths.append(np.linalg.norm(tape.gradient(loss, model.trainable_weights[0])))
    print(
        f"{name:10} length of the first layer's gradient: {lengths[0]:.3f} at c = 1, {lengths[1]:.4f} at c = 10; ratio {lengths[1] / lengths[0]:.3f}"
    )

# %% [markdown]
# A tenth, as derived: ten times the weights, a tenth of the gradient. The plain network is less fortunate. Its activations and its gradients grow with every
# layer of larger weights, and a rate that suited it at c = 1 no longer does.

# %% [markdown]
# ### The full pass, measured
#
# Your network learns digits for a few steps only, with `BatchNorm`'s momentum at 0.99, a usual choice. At several moments it is asked about the validation set twice: with the moving statistics, and after
# your full pass.
#
# **Before you run the next cell:** after how many steps are the moving statistics good enough?

# %% tags=["experiment"]
guess = None  # "10", "100" or "400"
commit(guess, {"10": "10: the first batches tell enough", "100": "some 100", "400": "several hundred"})

keras.utils.set_random_seed(4)
model = normalized_mlp(64, [64, 64], 10)
for norm in (part for part in model.layers if isinstance(part, BatchNorm)):
    norm.momentum = 0.99
optimizer = keras.optimizers.SGD(0.05)
model.compile(optimizer, loss_of)


def right():
    return np.mean(np.argmax(model(x_valid), 1) == y_valid)


steps, moving, full = [1, 3, 10, 20, 40, 80, 160, 320], [], []
rng, done = np.random.default_rng(5), 0
for step in steps:
    for _ in range(step - done):
        rows = rng.integers(0, len(x_train), 64)
        model.train_on_batch(x_train[rows], y_train[rows])
    done = step
    moving.append(right())
    kept = [w.numpy() for w in model.non_trainable_weights]
    finalize_statistics(model, x_train, size=512)
    full.append(right())
    for w, value in zip(
        model.non_trainable_weights, kept, strict=True
    ):  # training goes on as if nothing had happened
        w.assign(value)
ax = plots.lines(
    steps,
    {"after a full pass": full, "moving statistics": moving},
    xlabel="training steps",
    ylabel="validation accuracy",
    logx=True,
    marker=True,
)
ax.set_xticks(steps, steps)
ax.minorticks_off()
plt.show()
print("steps ", steps, "\nmoving", [f"{v:.0%}" for v in moving], "\nfull  ", [f"{v:.0%}" for v in full])

# %% [markdown]
# In each of three runs the network had learned many digits before its own moving statistics knew: the very same weights, and for dozens of steps a wide gap between the two
# curves; after some hundred steps it is gone. If a network's validation score is inexplicably bad while its training loss is fine, look at its statistics first.

# %% [markdown]
# ## 5 · Learning rate and initialization
#
# This is why batch normalization became popular: networks learn at rates, and from initial weights, at which they otherwise would not. Three hidden layers of 64 units, 150 steps of plain
# SGD on digits; five learning rates α times five scales of the hidden layers' initial weights, where 1 is a good scale for ReLU. With and without.
#
# **Before you run the next cell:** of 25 combinations, with how many does each network get at least 80 % of the validation set right?

# %% tags=["experiment"]
guess = None  # "few", "double" or "all"
commit(
    guess,
    {
        "few": "a few of 25 with both",
        "double": "about twice as many with batch normalization",
        "all": "a few without, more than half with it",
    },
)

rates, scales = (0.001, 0.01, 0.1, 1.0, 10.0), (0.01, 0.1, 1.0, 3.0, 10.0)


def scores(build, D=64):
    """Validation accuracy, and growth of the first W, for each rate and scale; one graph serves all runs."""
    model, optimizer = build(D, [64, 64, 64], 10), keras.optimizers.SGD()
    optimizer.build(model.trainable_variables)
    x, y = tf.constant(x_train), tf.constant(y_train)

    @tf.function
    def run(order):
        for step in tf.range(150):
            rows = order[step]
            with tf.GradientTape() as tape:
                loss = loss_of(tf.gather(y, rows), model(tf.gather(x, rows), training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    table, growth = np.zeros((2, len(rates), len(scales)))
    for i, rate in enumerate(rates):
        for j, scale in enumerate(scales):
            start_at(model, scale)
            length = np.linalg.norm(model.trainable_weights[0])
            optimizer.learning_rate.assign(rate)
            run(tf.constant(np.random.default_rng(6).integers(0, len(x_train), (150, 64))))
            growth[i, j] = np.linalg.norm(model.trainable_weights[0]) / length
            finalize_statistics(model, x_train, size=512)
            table[i, j] = np.mean(np.argmax(model(x_valid), 1) == y_valid)
    return table, growth


without, _ = scores(plain_mlp)
normalized, growth = scores(normalized_mlp)
tables = {"without batch normalization": without, "with batch normalization": normalized}
axes = plots.panels(2, height=3.6, sharey=True)
for ax, (name, table) in zip(axes, tables.items(), strict=True):
    ax.imshow(table, cmap="gray", vmin=0, vmax=1, origin="lower", aspect="auto")
    for (i, j), value in np.ndenumerate(table):
        ax.text(
            j,
            i,
            f"{value:.0%}",
            ha="center",
            va="center",
            color="white" if value < 0.5 else "black",
            fontsize=9,
        )
    ax.set_xticks(range(len(scales)), [f"{s:g}" for s in scales])
    ax.set_yticks(range(len(rates)), [f"{r:g}" for r in rates])
    plots.label(ax, "scale of the initial weights", "learning rate α", name).label_outer()
plt.show()
for name, table in tables.items():
    print(f"{name}: {np.sum(table >= 0.8)} of {table.size} at 80 % or more, the best {table.max():.1%}")
print("\nwith it, by what factor has the first layer's W grown longer in 150 steps?")
for rate, row in zip(rates, growth, strict=True):
    print(
        f"α = {rate:5g}: " + ", ".join(f"{f:.3g} from scale {s:g}" for s, f in zip(scales, row, strict=True))
    )

# %% [markdown]
# Without it 3 to 5 of the 25 combinations work, and you had better know which; with it 14 or 15 (three seeds). Your derivation says what to look for. A step of rate α on weights of scale c
# turns them as far as a step of rate α/c² on weights of scale 1. So on a line along which α grows a hundredfold while c grows tenfold nothing should change: two rows up for one decade to the
# right. On the *right* half of the picture, c = 1 and more, it is about so: large weights want a large rate, and those in the lower right corner have hardly moved after 150 steps.
#
# On the left half it is not. By α/c² the combination of c = 0.01 with α = 1 ought to be hopeless, a ten-thousandfold rate, and it gets 97 to 99 % right. Look at the factors: its W has become
# about a hundred times longer. The output does not change if W is stretched, so the gradient has no part *along* W; it stands at a right angle to it, and by Pythagoras every step makes W
# longer: ‖W‖² becomes ‖W‖² + α²‖∇‖². Longer weights have smaller gradients. A rate that is too large corrects itself; one that is too small has nothing that would help it.
#
# Ten or eleven fail even so, for two reasons. Five or six at the lower right are too slow. And the whole row α = 10 fails: the output layer is not normalized, and nothing corrects *its* steps.
#
# **Why does it work?** Its inventors' reason was *internal covariate shift*: the inputs of a layer change while the layers below learn, and normalizing holds them still. It is a good story, and it has been
# put to the test: with noise added *behind* the normalization, so that the inputs shift more than before, networks still learned as well (Santurkar and others, 2018); they argue that
# the loss becomes smoother instead. What you have just seen, that the scale of the weights drops out and the effective rate adjusts itself, is part of any answer. The question is not closed, and
# a method can be right before its reason is.

# %% [markdown]
# ## 6 · Does it make dropout less useful?
#
# An example's â depends on the others of its batch, drawn at random, so batch normalization is noisy in training. Noise regularizes, and the lecture concludes that dropout
# helps less beside it (54:33). Measure it: 800 curves of MNIST-1D, two hidden layers of 128 units, 50 epochs; with and without either.
#
# **Before you run the next cell:** what will batch normalization do for the validation accuracy, and what will dropout add on top of it?

# %% tags=["experiment"]
guess = None  # "less", "same" or "none"
commit(
    guess,
    {
        "less": "it helps, and dropout then helps less",
        "same": "it helps, and dropout helps as much as before",
        "none": "it does not help",
    },
)

(x_1d, y_1d), (x_1d_valid, y_1d_valid), (x_1d_test, y_1d_test) = data.mnist1d()


def with_dropout(model, rate):
    """The same layers, with dropout in front of each full layer but the first."""
    stack = [keras.Input(model.input_shape[1:])]
    for part in model.layers:
        if isinstance(part, keras.layers.Dense) and len(stack) > 1:
            stack.append(keras.layers.Dropout(rate))
        stack.append(part)
    return keras.Sequential(stack)


def learn(normalize, rate, seed, epochs=50, size=50, N=800):
    """Training and validation loss and accuracy at the end."""
    keras.utils.set_random_seed(seed)
    model = with_dropout((normalized_mlp if normalize else plain_mlp)(40, [128, 128], 10), rate)
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    optimizer.build(model.trainable_variables)
    x, y = tf.constant(x_1d[:N]), tf.constant(y_1d[:N])

    @tf.function
    def epoch(order):
        for i in tf.range(N // size):
            rows = order[i * size : (i + 1) * size]
            with tf.GradientTape() as tape:
                loss = loss_of(tf.gather(y, rows), model(tf.gather(x, rows), training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        epoch(tf.constant(rng.permutation(N)))
    finalize_statistics(model, x, size=400)
    f, f_valid = model(x).numpy(), model(x_1d_valid).numpy()
    return [
        float(loss_of(y, f)),
        float(loss_of(y_1d_valid, f_valid)),
        np.mean(f.argmax(1) == y),
        np.mean(f_valid.argmax(1) == y_1d_valid),
    ]


drops, seeds = (0.0, 0.2, 0.4), (1, 2)
measured = {
    (n, rate): np.array([learn(n, rate, seed) for seed in seeds]) for n in (False, True) for rate in drops
}
left, right_ax = plots.panels(2, height=3.4)
for ax, column, ylabel in ((left, 1, "validation loss"), (right_ax, 3, "validation accuracy")):
    curves = {
        ("with" if n else "without") + " batch normalization": [
            measured[n, rate][:, column].mean() for rate in drops
        ]
        for n in (True, False)
    }
    plots.lines(drops, curves, xlabel="dropout rate p", ylabel=ylabel, marker=True, ax=ax)
plt.show()
for n in (False, True):
    for rate in drops:
        loss, loss_v, accuracy, accuracy_v = measured[n, rate].mean(0)
        spread = np.ptp(measured[n, rate][:, 3])
        print(
            f"{'with' if n else 'without':7} batch normalization, dropout {rate}: training {accuracy:.1%}, validation {accuracy_v:.1%} (seeds apart {spread:.1%}), loss {loss_v:.2f}"
        )
gains = {
    n: max(measured[n, rate][:, 3].mean() for rate in drops) - measured[n, 0.0][:, 3].mean()
    for n in (False, True)
}
print(
    f"what the best rate of dropout adds to the accuracy: {gains[False]:+.1%} without batch normalization, {gains[True]:+.1%} with it"
)

# %% [markdown]
# Here the lecture was right about the accuracy. Over five seeds batch normalization alone gained 4.9 points (42.2 to 47.1 %), about as much as the best dropout without it (4.0), and dropout on top of it next to
# nothing (0.2). But the *loss* still falls with dropout, with or without batch normalization: a network that is told to doubt its units is less sure of itself. And mind the seeds: of five the best and the worst lay 2 to 5 points apart,
# so a difference of a point between two single runs is no difference. How far a claim like this carries depends on the data; that is why one measures.

# %% [markdown]
# ## 7 · Silent units
#
# Networks of ReLU units are *sparse*: many activations are exactly 0 (59:24). That is close to a step of sparse coding, in which each input is described by few
# active units, and units that are off pass no gradient. The lecture calls it mostly an observation. Observe it.

# %%
from solutions.batch_normalization.sparsity import sparsity

# %% [markdown]
# Three hidden layers learn digits, plain and normalized. Their activations on the validation set are counted before training and after it.
#
# **Before you run the next cell:** what share of activations is 0 before training, and in which direction does it move?

# %% tags=["experiment"]
guess = None  # "up", "same" or "down"
commit(
    guess,
    {
        "up": "half, and more after training",
        "same": "half, and it stays",
        "down": "half, and less after training",
    },
)


def zeros_by_layer(model):
    """Share of exact zeros, and of dead units, in what each full layer but the first gets."""
    h, found = x_valid, []
    for part in model.layers:
        if isinstance(part, keras.layers.Dense) and h is not x_valid:
            found.append(sparsity(h))
        h = part(h)
    return np.array(found, "float64")


fig_axes = plots.panels(2, height=3.2, sharey=True)
for ax, (name, build) in zip(
    fig_axes, {"plain": plain_mlp, "normalized": normalized_mlp}.items(), strict=True
):
    keras.utils.set_random_seed(7)
    model = build(64, [64, 64, 64], 10)
    finalize_statistics(model, x_train, size=512)
    before = zeros_by_layer(model)
    model.compile(keras.optimizers.SGD(0.1), loss_of)
    model.fit(x_train, y_train, batch_size=64, epochs=25, verbose=0)
    finalize_statistics(model, x_train, size=512)
    after = zeros_by_layer(model)
    place = np.arange(3)
    ax.bar(place - 0.2, before[:, 0], 0.38, color="white", edgecolor="black", label="before training")
    ax.bar(place + 0.2, after[:, 0], 0.38, color="#888888", edgecolor="black", hatch="//", label="after")
    ax.set_xticks(place, ["h⁽¹⁾", "h⁽²⁾", "h⁽³⁾"])
    ax.axhline(0.5, color="black", linewidth=0.8, linestyle=":")
    plots.label(ax, "layer", "share of exact zeros", name).label_outer()
    accuracy = np.mean(np.argmax(model(x_valid), 1) == y_valid)
    print(
        f"{name:10} zeros before {before[:, 0].round(2)}, after {after[:, 0].round(2)}; dead before {before[:, 1].round(2)}, after {after[:, 1].round(2)}; right on {accuracy:.1%}"
    )
fig_axes[0].set_ylim(0, 0.72)
fig_axes[0].legend(frameon=False, ncols=2, loc="upper center")
plt.show()

# %% [markdown]
# Before training half of the activations are 0, and that needs no explanation: random weights make a pre-activation positive or negative with equal probability. In three runs of three training made the plain network *less*
# sparse (from about 0.5 to between 0.3 and 0.4), not more, while the normalized one stayed where it was: BatchNorm puts every unit's mean at β, which starts at 0 and moved little, so about half of the examples lie on each side. And a normalized unit
# is hardly ever dead, since some example of the batch is always above the mean. So sparsity is real, exact, and there from the first step; that training drives it up is not what we saw.

# %% [markdown]
# ## 8 · Capstone: your best network
#
# Everything is there now: activations, initialization, optimizers, regularization, normalization, and ways to debug and to choose. Build the best network for MNIST-1D that you can, within a **budget**:
#
# - at most **6,000 parameters**, counting all weights, trained or not (`model.count_params()`);
# - at most **20 epochs** with Adam, batches of 64, as `compete` below trains it; you may choose the learning rate.
#
# Two parts are graded. The *form* is checked by machine: the right shapes, the budget, no dependence on the batch or on luck at test time, no weight that cannot learn. The *result* is graded by
# hand, from your report; there is nothing to derive this time. Not by machine, and for a reason: a score from a few seconds of training is within the luck of the seed, a fair one would take minutes for each submission, and a threshold would
# reward the lucky and teach nothing about how to choose. What counts is how you got there.

# %%
from solutions.batch_normalization.build_network import build_network


# %% tags=["experiment"]
def compete(build, lr=0.01, epochs=20, seed=0):
    """Train a network as the rules say, the full pass included; return the model and the history of its training."""
    keras.utils.set_random_seed(seed)
    model = build()
    model.compile(keras.optimizers.Adam(lr), loss_of, metrics=["accuracy"])
    history = model.fit(
        x_1d, y_1d, batch_size=64, epochs=epochs, validation_data=(x_1d_valid, y_1d_valid), verbose=0
    )
    if isinstance(model, keras.Sequential) and any(isinstance(part, BatchNorm) for part in model.layers):
        finalize_statistics(model, x_1d)
    return model, history


baseline, baseline_history = compete(lambda: plain_mlp(40, [100], 10))
mine, my_history = compete(build_network)
ax = plots.history(
    {"baseline": baseline_history, "mine": my_history},
    what="accuracy",
    title="MNIST-1D, at most 6,000 parameters",
)
ax.set_xticks(range(0, 21, 5))
plt.show()
for name, model, history in (("baseline", baseline, baseline_history), ("mine", mine, my_history)):
    accuracy = model.evaluate(x_1d, y_1d, verbose=0)[1]
    accuracy_v = model.evaluate(x_1d_valid, y_1d_valid, verbose=0)[1]
    print(
        f"{name:8} {model.count_params():,} parameters; after 20 epochs training {accuracy:.1%}, validation {accuracy_v:.1%}"
    )

# %% [markdown]
# The curves are by the moving statistics, since they are drawn while the network learns; the numbers below them are after your full pass. (`compete` makes it for your own `BatchNorm` in a `keras.Sequential`,
# whose `layers` take one another's outputs; any other network needs a pass of its own.)
#
# When everything is decided, and not before, run the next cell once: set `decided = True`.

# %% tags=["experiment"]
decided = False
if decided:
    print(f"test accuracy {mine.evaluate(x_1d_test, y_1d_test, verbose=0)[1]:.1%}")
else:
    print("The test set is for the end: it is touched once, when nothing more is to be chosen (33:02).")

# %% [markdown]
# ### Report
#
# On about a page:
#
# 1. **What you tried**: a table of at least four networks, with parameters, training and validation accuracy. Change one thing at a time, or follow a plan (unit 10).
# 2. **How you chose**: by which number, and how large the spread over seeds is.
# 3. **Diagnosis**: does your network underfit or overfit, and how do you know? What do batch normalization and dropout do for it, measured with and without?
# 4. **The final number**: test accuracy, once, beside the validation accuracy.
#
# Full marks do not need a record. A fully connected network that beats the baseline by more than the spread of seeds, or an honest account of why yours did not, is enough.

# %% [markdown] derivation="capstone"
# Write your report into the next cell.

# %% [markdown]
# ## What to take away
#
# - Batch normalization normalizes each unit's pre-activation over the mini-batch, with ε inside the root, and gives it a trained scale and shift; β replaces the bias.
# - Gradients go through μ and σ²: a shift or a stretch of the whole batch has no gradient.
# - At test time use statistics of the training set; a full pass measures them, and pooled variances include what lies between the batches.
# - The scale of the weights drops out of the output and turns into a learning rate, so that far more combinations of rate and initialization work.
# - It regularizes a little; whether dropout still helps, and how sparse a network becomes, is for a measurement to say.
#
# **Next:** unit 13, the bonus, lets a network learn without labels first.
