# %% [markdown]
# # 13 · Unsupervised pre-training (bonus)
#
# Images are free and labels are dear. In this notebook hidden layers learn from images that nobody has labelled, one layer after the other, and a few labels then
# do the rest. You measure when that helps, when it does not, and of which illness it is the cure.

# %% [markdown]
# ## What you will have built
#
# - `Autoencoder`: a model that gives its input back, with one matrix for both ways and noise in training,
# - `reconstruction_loss`, safe for any pre-activation, and `reconstruction_gradients`, its backward pass by hand,
# - `pretrain`: the hidden layers of a deep network, found one by one,
# - `fine_tune` and `learn_from_few`: a classifier from many images and few labels,
# - two derivations: what a tied matrix learns, and which subspace a linear autoencoder finds.

# %% [markdown]
# ## Notation
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | x | `x` | (N, D) | input, entries in [0, 1] |
# | x̃ | `noisy` | (N, D) | the input with noise: some entries are 0 |
# | h | `h` | (N, H) | the code: h = σ(a), a = x̃W + b |
# | â | `a_hat` | (N, D) | pre-activation of the reconstruction: â = hWᵀ + c |
# | x̂ | `x_hat` | (N, D) | the reconstruction: x̂ = σ(â) |
# | W, b, c | `W`, `b`, `c` | (D, H), (H,), (D,) | weights, and the biases of the code and of the reconstruction |
#
# σ is the sigmoid; ∇ and `da`, `dW`, … as before; ⊙ multiplies element by element. Everything runs on digits of 8×8 pixels, so D = 64.

# %% tags=["setup"]
from helpers import check, commit, data, few_labels, plots  # first: it keeps TensorFlow's start-up log away
from helpers.descent import Descent
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · Images without labels
#
# Against overfitting the lecture names two families of better regularization (50:30): dropout, which was unit 11, and unsupervised pre-training, which it comes back to only in
# passing (54:23, 58:38). This notebook takes it up.
#
# The idea: before anybody says what an image *shows*, it says a lot about what images *are*. Strokes are continuous, neighbouring pixels go together, the corners are empty. A hidden layer
# that knows such things has its weights in a good place already, and the labels need only say which combination of strokes is called a 3.
#
# So a network learns in two steps:
#
# 1. **Pre-training**, without labels: the hidden layers, from below, each by trying to give its own input back.
# 2. **Fine-tuning**, with labels: a softmax on top, and gradient descent for everything, from where step 1 ended.
#
# Our training set has 1,197 digits. Below, all but five of each class lose their label; where it is not known, -1 stands. This -1 is a mark of ours and no class.
# No loss of classes may meet it: as an index NumPy takes it for the last class, and `keras.losses.sparse_categorical_crossentropy` stops with an error, or computes NaN.

# %% tags=["experiment"]
(x_train, y_train), (x_valid, y_valid), _ = data.digits()


def few(per_class, seed=0):
    """The classes of so many examples of each, drawn at random; -1 for all others."""
    rng = np.random.default_rng(seed)
    y = np.full_like(y_train, -1)
    for c in range(10):
        rows = rng.permutation(np.flatnonzero(y_train == c))[:per_class]
        y[rows] = c
    return y


y_few = few(5)
print(f"{np.sum(y_few >= 0)} labelled images, {np.sum(y_few < 0)} without a label")
plots.images(x_train[:24], ["?" if c < 0 else f"y = {c}" for c in y_few[:24]])
plt.show()

# %% [markdown]
# ## 2 · A network that gives its input back
#
# How does one train a hidden layer when there is no y? By making x the target. An **autoencoder** squeezes x through one hidden layer and is to give it back:
#
# $$ h = \sigma(xW + b), \qquad \hat a = h W^\top + c, \qquad \hat x = \sigma(\hat a) $$
#
# The first half is the **encoder**, and h the **code** of x. The second is the **decoder**. It has no matrix of its own: it goes back by the transpose of the matrix by which the encoder came. The weights are
# **tied**. If column j of W is the pattern that makes unit j fire, then unit j, when it fires, draws this same pattern: what it looks for is what it paints.
#
# A layer with as many units as pixels could learn to hand each pixel through, and know nothing about digits. Therefore the **noise** (Vincent and others, 2008): in training, each entry of x is lost, set to
# 0, with some probability, and what should come back is the *clean* x. Handing through what is lost does not help; one has to guess a pixel from its neighbours. At test time there is no noise.
#
# It is a `keras.Model`; the rules are those of a layer. The weights are made by `self.add_weight` in `build`. Without an `initializer` Keras draws them at random (Glorot's way, unit 7), and W must be
# random, or all units would stay copies of one another. Biases have nothing to keep apart and start at 0 (30:27), so b and c need `initializer="zeros"`.
#
# The noise is drawn as in your dropout, `keras.random.uniform(tf.shape(x), seed=self.seeds)`, since N is not
# known when `fit` builds its graph. `tf.matmul(h, W, transpose_b=True)` is hWᵀ.

# %%
from solutions.unsupervised_pretraining.autoencoder import Autoencoder

# %% [markdown]
# ## 3 · How far from x?
#
# The entries of x lie in [0, 1]. Read x̂_d as the probability that pixel d has ink, and the loss is the cross-entropy of unit 4 (16:10), for each pixel between two classes, ink and paper:
#
# $$ L = -\frac1N \sum_n \sum_d \Big[ x_{nd} \log \hat x_{nd} + (1 - x_{nd}) \log(1 - \hat x_{nd}) \Big] $$
#
# A sum over the pixels of an example, and a mean over the examples. As with the softmax, go from the pre-activation to the logarithm in one step: log(1 + exp a) is `tf.nn.softplus(a)`, which neither overflows nor
# rounds to log 0. Write −log σ(â) and −log(1 − σ(â)) by it first, on paper; it is one line each.
#
# Two x come into a loss with noise. Give them two names.

# %%
from solutions.unsupervised_pretraining.reconstruction_loss import reconstruction_loss

# %% [markdown]
# Now we can train. `Descent` is mini-batch gradient descent with momentum (40:27), as unit 8 has it, 50 examples a batch; 480 steps are 20 epochs.


# %% tags=["experiment"]
def train_autoencoder(autoencoder, h, steps=480, lr=0.1):
    """Train an autoencoder in place, on inputs h."""
    autoencoder(h[:1])

    def loss_of(x):
        return reconstruction_loss(autoencoder, x, training=True)

    Descent(autoencoder.trainable_variables, loss_of, h, lr=lr).go(steps)


def trained(H, noise):
    keras.utils.set_random_seed(1)
    one = Autoencoder(H, noise)
    train_autoencoder(one, x_train)
    return one


# %% [markdown]
# Two autoencoders with 100 units for 64 pixels, one trained without noise, one with 20 % of the pixels lost. Both are asked to give back 300 new digits: once as they are, and once with 40 % of the pixels lost.
#
# **Before you run the next cell:** which one has the lower loss?

# %% tags=["experiment"]
guess = None  # "noise", "none" or "home"
commit(
    guess,
    {
        "noise": "the one trained with noise, on both",
        "none": "the one trained without, on both",
        "home": "without noise on the clean digits, with noise on the damaged ones",
    },
)

without_noise, with_noise = trained(100, 0.0), trained(100, 0.2)
lost = np.random.default_rng(2).random(x_valid.shape) < 0.4
damaged = np.where(lost, 0, x_valid).astype("float32")


def cross_entropy(x, x_hat):
    """Summed over the pixels, mean over the images."""
    inside = np.clip(x_hat, 1e-7, 1 - 1e-7)
    of_pixels = x * np.log(inside) + (1 - x) * np.log(1 - inside)
    return -of_pixels.sum(axis=1).mean()


for name, autoencoder in (("without noise", without_noise), ("with noise", with_noise)):
    clean = cross_entropy(x_valid, autoencoder(x_valid))
    hard = cross_entropy(x_valid, autoencoder(damaged))
    print(f"trained {name:14} L = {clean:.1f} from clean digits, {hard:.1f} from damaged ones")
print(f"no x̂ has a lower loss than x itself: {cross_entropy(x_valid, x_valid):.1f}")
rows = [x_valid[:8], damaged[:8], without_noise(damaged[:8]), with_noise(damaged[:8])]
names = ["x", "x damaged", "x̂, trained\nwithout noise", "x̂, trained\nwith noise"]
# the name of a row above its first image
titles = [name if n == 0 else "" for name in names for n in range(8)]
plots.images(np.concatenate(rows), titles)
plt.show()

# %% [markdown]
# Without noise the reconstruction of a clean digit comes close to the floor: 100 units are enough to hand 64 pixels through. Ask this network for what is missing, and it hands the holes through as well. The
# other one is a little worse at copying, and fills holes, since it had to learn how digits go on. It is the second kind of knowledge that a classifier can use.

# %% [markdown]
# ## 4 · One matrix, two gradients
#
# W stands in two places of the forward pass, and both lead to the loss. In unit 3 a node with two readers added what either of them handed back (27:30); nothing else happens here. Line by line, with the lecture's rules (21:30):
#
# $$
# \begin{aligned}
# \nabla_{\hat a} &= \tfrac1N (\hat x - x), \qquad \nabla_c = \textstyle\sum_n \nabla_{\hat a} \\
# \nabla_h &= \;? \\
# \nabla_a &= \nabla_h \odot \sigma'(a), \qquad \nabla_b = \textstyle\sum_n \nabla_a \\
# \nabla_W &= \;?\; + \;?
# \end{aligned}
# $$
#
# The decoder multiplies by Wᵀ, so think twice which way the transposes go; shapes help, as long as D, H and N differ. And where there is noise, there are two x again.

# %%
from solutions.unsupervised_pretraining.reconstruction_gradients import reconstruction_gradients

# %% [markdown]
# How large are the two shares of ∇_W?
#
# **Before you run the next cell:** which is larger, before training and after 20 epochs?

# %% tags=["experiment"]
guess = None  # "encoder", "decoder" or "same"
commit(
    guess,
    {
        "encoder": "the encoder's, from first to last",
        "decoder": "the decoder's by far at first, and by less in the end",
        "same": "they are equal: it is the same matrix",
    },
)

keras.utils.set_random_seed(1)
autoencoder = Autoencoder(100)
autoencoder(x_train[:1])
done = 0
for epochs in (0, 1, 5, 20):
    if epochs:
        train_autoencoder(autoencoder, x_train, steps=24 * (epochs - done))
        done = epochs
    W, b, c = (w.numpy().astype("float64") for w in (autoencoder.W, autoencoder.b, autoencoder.c))
    found = reconstruction_gradients(x_train, x_train, W, b, c)
    of_encoder = x_train.T @ np.asarray(found["da"])
    of_decoder = np.asarray(found["dW"]) - of_encoder
    sizes = np.linalg.norm(of_encoder), np.linalg.norm(of_decoder)
    cosine = np.sum(of_encoder * of_decoder) / (sizes[0] * sizes[1])
    print(
        f"after {epochs:2} epochs: encoder's share {sizes[0]:6.2f}, decoder's {sizes[1]:6.2f}, cosine between them {cosine:+.2f}"
    )

# %% [markdown]
# The decoder's share comes straight from the error; the encoder's has been through W, which begins small, and through a sigmoid's slope, at most ¼. The two point in nearly unrelated directions (the cosine is near 0), so that whoever leaves
# one of them out, or takes one twice, walks somewhere else.
#
# ### Derivation: the reconstruction's gradient
#
# For one example, with x̃ as what is encoded:
#
# 1. Write the loss of one entry by â and x, so that nothing overflows.
# 2. Show that its derivative by â is x̂ − x, and say what has cancelled. Where have you seen this form before?
# 3. Give the decoder a matrix V of its own. Work out the gradients of V, c, h, a, b and the encoder's matrix.
# 4. Now tie them: V = Wᵀ. Show that ∇_W is a *sum* of two, and with which transposes.
# 5. Where does x stand in the result, and where x̃? Why has the noise no gradient?

# %% [markdown] derivation="reconstruction_gradient"
# Write your derivation of the five steps into the next cell.

# %% [markdown]
# ## 5 · What a linear autoencoder finds
#
# Take the sigmoids away, subtract the mean of x so that biases are not needed, and measure the squared error: x̂ = xWWᵀ. What is left can be understood to the end. It is an old acquaintance, the principal component analysis: the
# H directions in which digits vary most.
#
# ### Derivation: the principal subspace
#
# Let x have mean 0 and covariance Σ (D × D) with eigenvalues λ₁ ≥ … ≥ λ_D and orthonormal eigenvectors q₁, …, q_D. The code is h = xW with H < D units, the reconstruction x̂ = hV, and the loss is the mean of ‖x − x̂‖².
#
# 1. Show that all x̂ lie in a subspace of at most H dimensions.
# 2. Show that for a given subspace no reconstruction is better than the orthogonal projection, and that tied weights V = Wᵀ can make it.
# 3. Show that a best subspace is spanned by q₁, …, q_H, and that the loss is then λ_{H+1} + … + λ_D.
# 4. Are the columns of W the eigenvectors themselves? Prove it, or give other weights with the same loss.
# 5. Which steps fail when the code and the output have sigmoids, as in section 2?

# %% [markdown] derivation="principal_subspace"
# Write your derivation of the five steps into the next cell.

# %% [markdown]
# Now measured. Gradient descent on a tied linear autoencoder with three units, in NumPy (the learning rate holds the factor 2); the eigenvectors come from a singular value decomposition.
#
# **Before you run the next cell:** when the loss no longer falls, what are the three columns of W?

# %% tags=["experiment"]
guess = None  # "order", "some order" or "space"
commit(
    guess,
    {
        "order": "the three eigenvectors, the first one first",
        "some order": "the three eigenvectors, in some order",
        "space": "three orthonormal directions in their space, and not they themselves",
    },
)

centred = (x_train - x_train.mean(axis=0)).astype("float64")
_, singular, Q = np.linalg.svd(centred, full_matrices=False)
eigenvalues = singular**2 / len(centred)
H = 3
W = 0.1 * np.random.default_rng(0).normal(size=(64, H))
steps, angles, losses = [], [], []
for step in range(1001):
    error = centred @ W @ W.T - centred
    if step % 20 == 0:
        basis = np.linalg.qr(W)[0]
        cosines = np.linalg.svd(Q[:H] @ basis, compute_uv=False)
        steps.append(step)
        angles.append(np.degrees(np.arccos(min(cosines.min(), 1))))
        losses.append(np.sum(error**2, axis=1).mean())
    W -= 0.05 * (centred.T @ (error @ W) + error.T @ (centred @ W)) / len(centred)

left, right = plots.panels(2, height=3.0)
plots.lines(
    steps,
    {"angle": angles},
    xlabel="step",
    ylabel="largest angle to the\nprincipal subspace, degrees",
    ax=left,
)
both = {"x̂ = xWWᵀ": losses, "λ₄ + … + λ₆₄": np.full(len(steps), eigenvalues[H:].sum())}
plots.lines(steps, both, xlabel="step", ylabel="mean of ‖x − x̂‖²", ax=right)
plt.show()
print("WᵀW, rounded:", (W.T @ W).round(3).tolist())
print("|cosine| of each column of W (a row here) with q₁, q₂, q₃:")
print(np.abs((W / np.linalg.norm(W, axis=0)).T @ Q[:H].T).round(2))

# %% [markdown]
# The space is found to a hundredth of a degree, the loss is the variance that is left, and WᵀW is the identity. But the columns are a *rotated* basis: nothing in the loss prefers one to another. Principal components come in order of variance, hidden units
# come as they like.

# %% [markdown]
# ## 6 · Layer by layer
#
# A deep network is pre-trained from below. The first autoencoder learns from x. When it is done, its decoder has served its purpose and is thrown away, and the codes of all the images become the training set of the second autoencoder. And so on.
#
# $$ h^{(0)} = x, \qquad h^{(k)} = \sigma(h^{(k-1)} W^{(k)} + b^{(k)}), \qquad W^{(k)}, b^{(k)} \text{ from an autoencoder that was trained on } h^{(k-1)} $$
#
# It is **greedy**: no layer asks whether its code will suit the one above. In return no gradient has to find its way down through many layers, and vanishing gradients (48:24) are no matter: each autoencoder is one hidden layer deep.
#
# How an autoencoder is trained is not your business here: `pretrain` gets a function `train` that does it. What each of them is trained *on* is.

# %%
from solutions.unsupervised_pretraining.pretrain import pretrain

# %% [markdown]
# **A map of digits.** Three layers of 100, 50 and 2 units make each digit a point. How good a map is it? We count how many validation digits have a nearest neighbour of their own class, on the map. Nobody has told
# the map about classes.
#
# Three maps: the first two principal components; a *deep autoencoder*, that is all three encoders and then all three decoders in reverse, trained as a whole from random weights; and the same, after greedy pre-training. (For once the decoders are of use, so our
# `train` keeps the autoencoders aside.)
#
# **Before you run the next cell:** which map is the best, and how does the one from random weights compare with the two principal components?

# %% tags=["experiment"]
guess = None  # "both", "pre" or "pca"
commit(
    guess,
    {
        "both": "both deep ones beat the principal components, and they are alike",
        "pre": "the pre-trained one is by far the best, the other is no better than principal components",
        "pca": "the principal components: two units are too few for a sigmoid",
    },
)


def stack_of_autoencoders(steps, seed=1):
    """Three autoencoders, each trained for so many steps on the codes of the one below."""
    keras.utils.set_random_seed(seed)
    kept = []

    def train(autoencoder, h):
        autoencoder(h[:1])
        if steps:
            train_autoencoder(autoencoder, h, steps)
        kept.append(autoencoder)

    pretrain(x_train, [100, 50, 2], 0.2, train)
    return kept


def code(stack, x):
    h = x
    for autoencoder in stack:
        h = autoencoder.encode(h)
    return h


def train_as_a_whole(stack, steps=2400, lr=0.05):
    """All encoders, and all decoders in reverse, as one network; the loss is that of x."""
    # Keras takes the mean over the pixels, of which there are 64.
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)

    def loss_of(x):
        h = code(stack, x)
        for autoencoder in stack[:0:-1]:
            h = tf.sigmoid(autoencoder.decode(h))
        return 64 * entropy(x, stack[0].decode(h))

    variables = [v for autoencoder in stack for v in autoencoder.trainable_variables]
    Descent(variables, loss_of, x_train, lr=lr).go(steps)
    return float(loss_of(tf.constant(x_valid)))


def neighbours_alike(points):
    """The share of validation digits whose nearest neighbour has the same class."""
    squares = np.sum((points[:, None] - points[None]) ** 2, axis=-1)
    np.fill_diagonal(squares, np.inf)
    return np.mean(y_valid[squares.argmin(axis=1)] == y_valid)


maps = {"two principal components": (x_valid - x_train.mean(axis=0)) @ Q[:2].T}
for name, steps in (("from random weights", 0), ("after greedy pre-training", 480)):
    stack = stack_of_autoencoders(steps)
    before = neighbours_alike(np.array(code(stack, x_valid)))
    loss = train_as_a_whole(stack)
    maps[name] = np.array(code(stack, x_valid))
    print(f"{name:26} {before:.0%} alike before it was trained as a whole; L = {loss:.1f} after")
axes = plots.panels(3, height=3.2)
for ax, (name, points) in zip(axes, maps.items(), strict=True):
    for c in range(10):
        of_class = points[y_valid == c]
        ax.scatter(*of_class.T, s=22, marker=f"${c}$", color=plots.INK[c % 6], linewidths=0.3)
    plots.label(ax, "$h_1$", "$h_2$", f"{name}\n{neighbours_alike(points):.0%} alike")
plt.show()

# %% [markdown]
# Greedy pre-training alone makes a map about as good as two principal components: over three seeds 54 to 65 % of the neighbours are alike, against 60 %. The deep network that began at random ends below them, with 46 to 57 %: its loss has
# stopped on a plateau, at 23.4 to 24.9. Pre-training has put the *same* network, with the same loss and the same steps, where gradient descent can work: a loss of 20.7 to 20.9, and 73 to 82 % alike. That is how deep
# autoencoders first came to be trained at all (Hinton and Salakhutdinov, 2006), and with them deep networks.

# %% [markdown]
# ## 7 · A softmax on top
#
# Now the labels. The pre-trained layers are stacked, a new softmax layer comes on top, and *everything* is trained: pre-training is a beginning, no more.

# %%
from solutions.unsupervised_pretraining.fine_tune import fine_tune

# %% [markdown]
# And both steps together, for a training set in which few examples have a label, and the others -1. Which examples does each step see?

# %%
from solutions.unsupervised_pretraining.learn_from_few import learn_from_few

# %% [markdown]
# Two hidden layers of 100 sigmoid units learn digits, from 5 and from 50 labelled images a class; once from random weights, and once from pre-trained ones. 1,600 steps each.
#
# **Before you run the next cell:** where will pre-training help?

# %% tags=["experiment"]
guess = None  # "few", "both" or "many"
commit(
    guess,
    {
        "few": "with 5 labels a class a lot, with 50 little",
        "both": "as much with 50 as with 5",
        "many": "with 50 more than with 5: five labels are too few for anything",
    },
)


def train(model, x, y, steps=1600, lr=0.1):
    """Train a classifier in place."""
    model(x[:1])  # a layer that has seen no input has no weights to train yet
    loss_of_classes = keras.losses.SparseCategoricalCrossentropy()

    def loss_of(x, y):
        return loss_of_classes(y, model(x, training=True))

    Descent(model.trainable_variables, loss_of, x, y, lr=lr).go(steps)


def no_training(autoencoder, h):
    autoencoder(h[:1])


models, begins = {}, {}
for per_class in (5, 50):
    for name, train_one in (("random", no_training), ("pre-trained", train_autoencoder)):
        keras.utils.set_random_seed(3)

        def note_and_train(model, x, y, key=(per_class, name)):
            begins[key] = model.weights[0].numpy()
            train(model, x, y)

        models[per_class, name] = learn_from_few(
            x_train, few(per_class), [100, 100], 10, 0.2, train_one, note_and_train
        )
        f = np.array(models[per_class, name](x_valid))
        print(f"{per_class:2} labels a class, {name:11} begin: {np.mean(f.argmax(1) == y_valid):.1%} right")

# %% [markdown]
# One draw of labels decides too much to conclude anything. So the same for ten draws, four numbers of labels and five networks: beside these two, a sigmoid network with dropout, and a ReLU network without and with it. That takes minutes; the program
# `tools/measure_few_labels.py` of the course has done it, with right answers in the place of yours, and `few_labels` holds what came out. Bands are one standard deviation over the seeds.

# %% tags=["experiment"]
axes = plots.panels(2, height=3.8, sharey=True)
for number, ax in enumerate(axes):
    means = {name: 100 * values[number].mean(axis=1) for name, values in few_labels.ACCURACY.items()}
    title = f"after {few_labels.STEPS[number]:,} steps"
    plots.lines(few_labels.LABELS, means, xlabel="labels a class", title=title, logx=True, marker=True, ax=ax)
    for i, values in enumerate(few_labels.ACCURACY.values()):
        spread = 100 * values[number].std(axis=1)
        middle = 100 * values[number].mean(axis=1)
        ax.fill_between(
            few_labels.LABELS, middle - spread, middle + spread, color=plots.INK[i], alpha=0.12, lw=0
        )
    ax.set_xticks(few_labels.LABELS, [str(n) for n in few_labels.LABELS])
    ax.minorticks_off()
axes[0].set_ylabel("right on validation, %")
axes[1].get_legend().remove()
plt.show()
print(f"right on validation after {few_labels.STEPS[1]:,} steps, {few_labels.SEEDS} seeds, mean ± deviation:")
print(f"{'labels a class':18}", *(f"{n:>12}" for n in few_labels.LABELS))
for name, values in few_labels.ACCURACY.items():
    cells = [f"{100 * v.mean():5.1f} ± {100 * v.std():3.1f}" for v in values[1]]
    print(f"{name:18}", *(f"{cell:>12}" for cell in cells))
print("lead of the pre-trained network, the same images for both, mean ± deviation in points:")
for name, values in few_labels.ACCURACY.items():
    leads = 100 * (few_labels.ACCURACY["pre-trained"][1] - values[1])
    if leads.any():
        print(f"{name:18}", *(f"{f'{lead.mean():+5.1f} ± {lead.std():3.1f}':>12}" for lead in leads))

# %% [markdown]
# What does it say of the lecture's claim, that pre-training *regularizes* (50:30, 54:23)?
#
# - With 5 labels a class, pre-training is worth 3.9 points to the sigmoid network after 400 steps and 3.7 after 1,600: 88.3 % right in the end, against 84.6 % from random weights (means of ten seeds, here and below). The other
#   fits its 50 images just as well, so that is regularization. Dropout, another regularizer, is worth half a point to the same network after 1,600 steps, and two to a ReLU network, which with it comes to 87.2 %. The pre-trained
#   one leads the best of these by 1.1 points, with a deviation of 1.3 from seed to seed, and is ahead in eight of the ten: a small lead, of which 0.3 ± 2.3 is left with 10 labels a class.
# - With 50 labels a class, its lead over the random sigmoid network is 2.9 points after 400 steps and 1.4 after 1,600. Half of it was *optimization*: the random network was still underfitting, and pre-training had done some of its
#   work in advance.
# - A ReLU network needs no such help there. With 50 labels a class it is right on 97.0 % after 400 steps and on 97.2 % after 1,600, as the pre-trained one (96.8 % and 97.4 %). And
#   dropout, with so many labels, changes nothing in the end: 0.0 and −0.1 points after 1,600 steps. After 400 it had cost the sigmoid network 3.7.
#
# This is much of the history. Pre-training made deep networks trainable around 2006; ReLU, better initialization (unit 7) and batch normalization (unit 12) did the same without it, and where labels are many nobody pre-trains autoencoders any more.
# Where they are few the idea is alive, with other tasks than giving back an image: guess the next word, the hidden patch, and fine-tune.

# %% [markdown]
# ## 8 · What the units look for
#
# The first layer's weights can be looked at. Here are those of the two networks that had 5 labels a class, after fine-tuning: the eight units with the longest columns of W⁽¹⁾.
#
# **Before you run the next cell:** how far has fine-tuning moved W⁽¹⁾, measured by ‖W after − W before‖ / ‖W before‖?

# %% tags=["experiment"]
guess = None  # "same", "pre" or "random"
commit(
    guess,
    {
        "same": "about as far in both",
        "pre": "farther in the pre-trained network: it has more to unlearn",
        "random": "far in the random one, hardly in the pre-trained one",
    },
)

kernels, titles = [], []
for name in ("random", "pre-trained"):
    before = begins[5, name]
    after = models[5, name].weights[0].numpy()
    moved = np.linalg.norm(after - before) / np.linalg.norm(before)
    print(f"{name:11} begin: ‖W after − W before‖ / ‖W before‖ = {moved:.2f}")
    strongest = np.argsort(-np.linalg.norm(after, axis=0))[:8]
    kernels += [after.T[strongest]]
    titles += [f"{name}\nunit {j}" for j in strongest]
plots.images(np.concatenate(kernels), titles)
plt.show()

# %% [markdown]
# The random network has rewritten its first layer from 50 images. The pre-trained one has hardly touched it: its first layer is what 1,197 images have taught it. That is the sense in which pre-training regularizes: it does not limit how large
# the weights are, but *where* gradient descent looks for them (Erhan and others, 2010).

# %% [markdown]
# ## What to take away
#
# - An autoencoder learns a code by giving its input back; tied weights use one matrix twice, and its gradient is the sum of two. Noise on the input, and only there, keeps it from copying.
# - A linear autoencoder finds the principal subspace, though not the components.
# - Greedy pre-training: each layer on the codes of the one below, decoders thrown away, no labels; then a softmax on top, and everything is trained.
# - With few labels it regularizes: it chooses where to begin, and little moves from there. With many labels it did a job of optimization that ReLU, initialization and normalization do today.
# - Say which of the two illnesses a cure is for (48:24), and measure it.
#
# This was the last unit. What is left of the lecture is in your networks.
