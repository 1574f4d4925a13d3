# %% [markdown]
# # 3 · A tape of your own
#
# `tf.GradientTape` differentiates any program that you write under it, and it looks like magic. In this notebook you build one: a handful of
# small objects, and a walk of ten lines that makes them differentiate each other. It will agree with TensorFlow's to the last digits.

# %% [markdown]
# ## What you will have built
#
# - `Add`, `MatMul`, `Tanh`, `ReLU` and `SoftmaxNLL`: operations that know their value *and* how to pass a gradient on,
# - `topological_order(out)`: in which order a flow graph can be walked,
# - `gradient(out, nodes)`: the backward pass over any flow graph,
# - a count of what that pass costs, a proof, and a measurement that puts both to the test,
# - a network that reads handwritten digits, trained by nothing but your own code.

# %% [markdown]
# ## Notation
#
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | h, W, b | `h`, `W`, `b` | (N, H_in), (H_in, H_out), (H_out,) | activation, weights, bias: one example a row |
# | a | `a` | (N, H_out) | pre-activation, a = hW + b |
# | f(x), e(y) | `f`, `onehot` | (N, C) | the output's probabilities; the correct classes as one-hot rows |
# | L | `loss` | a number | the loss, the value at the end of the graph |
# | ∇ₐ, ∇_W, … | `da`, `dW`, … | as the value | gradient of the loss with respect to it |
# | | `grad` | as the node's value | what reaches a node: dL/d(the node's value) |
#
# All values of this notebook are NumPy arrays of float64, so that we can compare to twelve digits. Write your operations with NumPy, too.

# %% tags=["setup"]
from helpers import check, commit, data, plots  # first: it keeps TensorFlow's start-up log away
from helpers.graph import Leaf, Node, draw_graph
import inspect
import time
from itertools import pairwise
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## 1 · Operations are objects
#
# The lecture turns forward propagation into a picture (7:38): every operation is an *object*. It is made from its arguments, which are objects
# too, and it knows its value. Objects that point at their arguments form a **flow graph**, from the input at one end to the loss at the other.
#
# Then it gives each object a second ability (27:30). Besides computing its value it can **bprop**: told how the loss depends on *its own* value,
# it answers how the loss depends on the values of *its arguments*. An object needs to know nothing about the rest of the network for that.
#
# `Node` is such an object without an operation. Each of your operations will be a subclass with two methods, `forward` and `bprop`.
# `Leaf` holds a given array: an input or a parameter. This is all there is to them:

# %% tags=["experiment"]
print(inspect.getsource(Node), inspect.getsource(Leaf), sep="\n")


# %% [markdown]
# An operation that is not among yours, to see how one is written: the square of each entry. Its derivative is 2a, so it hands its argument what reached it times 2a. It
# finds the argument in `self.args` and a in its `value`: the node keeps its arguments, and they keep their values.


# %% tags=["experiment"]
class Square(Node):
    """a², element by element; bprop: da = grad ⊙ 2a."""

    def forward(self, a):
        return a**2

    def bprop(self, grad):
        (argument,) = self.args
        return (grad * 2 * argument.value,)


a = Leaf(3.0, "a")
s = Square(a)
t = Square(s)
print("forward:", a.value, "→", s.value, "→", t.value)
(ds,) = t.bprop(1.0)
(da,) = s.bprop(ds)
print(
    f"backward: dt/dt = 1, dt/ds = 1 · 2 · 9 = {ds}, dt/da = {ds} · 2 · 3 = {da}; and t = a⁴ has the slope 4 · 27 = {4 * 27}"
)

# %% [markdown]
# Three habits that save an hour each:
#
# - **A bprop returns a tuple, also for one argument**: `(da,)` with its comma. `(da)` is `da` in brackets, and whoever unpacks it gets the *rows* of the array one by one.
# - **It gets its gradient as an argument and returns others.** It neither reads nor writes `node.grad`: that is a place for the walk of section 6 to collect in, if it likes; a dictionary does as well.
# - **It changes no array in place**, neither `a *= 2` nor `grad += …`. The array that reached it may be somebody else's value or gradient at the same time. Make a new one: `grad * 2`.

# %% [markdown]
# ## 2 · The pre-activation: `Add` and `MatMul`
#
# The chain rule for one operation reads, in words: *the gradient of an argument is the gradient that reached me, times my own derivative*. For
# a sum that derivative is 1, so both arguments simply get what arrived. Except that a bias is **one** row shared by N examples: it takes part in
# all N rows of the sum, and what it gets from them adds up. (A bias has one axis, the rest two: that tells them apart also where N happens to be H.)
#
# $$ z = a + b: \qquad \nabla_a = \nabla_z, \qquad \nabla_b = \textstyle\sum_n \nabla_{z,n} $$
#
# For the product Z = hW the lecture gives both gradients at 21:30; with one example a row they are
#
# $$ Z = hW: \qquad \nabla_h = \nabla_Z W^\top, \qquad \nabla_W = h^\top \nabla_Z . $$
#
# There is one way only to multiply these so that each gradient has the shape of its value, as it must.

# %%
from solutions.a_tape_of_your_own.add_and_matmul import Add, MatMul

# %% [markdown]
# Chained, the two make a layer's pre-activation. The graph below shows the shape of each value; the grey boxes are leaves.

# %% tags=["experiment"]
rng = np.random.default_rng(0)
x = Leaf(rng.normal(size=(4, 3)), "x")
W1 = Leaf(rng.normal(size=(3, 5)), "W1")
b1 = Leaf(rng.normal(size=5), "b1")
product = MatMul(x, W1)
a = Add(product, b1)
draw_graph([x, W1, b1, product, a])
plt.show()

# %% [markdown]
# **Before you run the next cell:** every one of the 4 × 5 entries of `a` is given the gradient 1. What does the bias get?

# %% tags=["experiment"]
guess = None  # "one", "four" or "twenty"
commit(guess, {"one": "five ones", "four": "five fours", "twenty": "five twenties"})

dproduct, db1 = a.bprop(np.ones((4, 5)))
print("db1 =", db1, " one contribution from each example")
print("shape of dproduct:", dproduct.shape)

# %% [markdown]
# ## 3 · Activations: `Tanh` and `ReLU`
#
# An activation function works element by element, and so does its bprop (21:30, 24:30):
#
# $$ h = g(a): \qquad \nabla_a = \nabla_h \odot g'(a), \qquad \tanh'(a) = 1 - \tanh^2(a), \qquad \mathrm{ReLU}'(a) = 1_{a > 0} . $$
#
# Both derivatives are cheap, because the forward pass has done the work: tanh′ needs the node's own value, the ReLU's a comparison.

# %%
from solutions.a_tape_of_your_own.tanh_and_relu import ReLU, Tanh

# %% [markdown]
# Nothing keeps us from stacking one unit 30 times, with no weights between, and from calling bprop by hand: from the top down, each with what
# the one above handed it.
#
# **Before you run the next cell:** the bottom of the stack is at a = 1. What is left of a gradient of 1 after it has gone down through 30 tanh?

# %% tags=["experiment"]
guess = None  # "none", "little" or "most"
commit(
    guess,
    {
        "none": "less than 10⁻⁶: tanh′ is below 1, thirty times over",
        "little": "about 1 %",
        "most": "more than half",
    },
)


def gradients_down(operation, start, depth=30):
    """The gradient after 1, 2, … steps down a stack of one unit."""
    stack = [Leaf(start)]
    for _ in range(depth):
        stack.append(operation(stack[-1]))
    grad, seen = np.ones(()), []
    for node in stack[:0:-1]:
        (grad,) = node.bprop(grad)
        seen.append(float(grad))
    return seen


runs = {f"tanh, a = {start}": gradients_down(Tanh, start) for start in (0.1, 1.0, 4.0)}
runs["ReLU, a = 1"] = gradients_down(ReLU, 1.0)
plots.lines(
    None, runs, xlabel="steps down", ylabel="gradient", logy=True, title="a gradient of 1 on its way down"
)
plt.show()
for name, seen in runs.items():
    print(f"{name}: {seen[-1]:.2g} at the bottom")

# %% [markdown]
# Near the top of the stack tanh has squeezed its input towards 0, where its slope is almost 1, so the gradient passes nearly unharmed and dies
# slowly, like a power of the depth. It is the *bottom* units that decide: one saturated unit, at a = 4, takes a factor of almost 1000 at once.
# A ReLU that is on passes everything. With weights between the layers the story changes; unit 4 measures it.

# %% [markdown]
# ## 4 · The end of the graph: `SoftmaxNLL`
#
# Softmax and loss are best taken as *one* operation (16:10, 19:20). Apart, the loss would need log f, which is −∞ once f has become 0, and its
# gradient −1/f would be infinite. Together everything cancels:
#
# $$ L = \frac1N \sum_n -\log f_{n, y_n}, \qquad \log f = a - \log \textstyle\sum_c e^{a_c}, \qquad \nabla_a = -\frac1N \bigl(e(y) - f\bigr) . $$
#
# Unit 4 derives the gradient; here it is enough that every class has one, and that the mean over the batch puts 1/N into it.

# %%
from solutions.a_tape_of_your_own.softmax_nll_node import SoftmaxNLL

# %% [markdown]
# Here is a whole network on scikit-learn's digits: 64 pixels, 32 tanh units, 10 classes, weights drawn small.
#
# **Before you run the next cell:** it has learned nothing yet. How large is its loss?

# %% tags=["experiment"]
guess = None  # "0", "1", "2.3" or "10"
commit(guess, {"0": "0", "1": "1", "2.3": "log 10 = 2.30", "10": "10"})

(x_train, y_train), (x_valid, y_valid), (x_test, y_test) = data.digits()


def network(x, y, params):
    """The loss of a network with one hidden layer, as the last node of a flow graph."""
    W1, b1, W2, b2 = params
    h = Tanh(Add(MatMul(Leaf(x, "x"), W1), b1))
    return SoftmaxNLL(Add(MatMul(h, W2), b2), y)


def small_weights(seed, sizes=(64, 32, 10)):
    rng = np.random.default_rng(seed)
    params = []
    for k, (m, n) in enumerate(pairwise(sizes), 1):
        bound = np.sqrt(6 / (m + n))
        params += [Leaf(rng.uniform(-bound, bound, size=(m, n)), f"W{k}"), Leaf(np.zeros(n), f"b{k}")]
    return params


for scale in (0.01, 1.0):
    params = [Leaf(scale * p.value, p.name) for p in small_weights(0)]
    print(f"weights × {scale}: loss {network(x_train, y_train, params).value:.3f}")
print(f"log 10 = {np.log(10):.3f}: ten classes, each given the probability 1/10")

# %% [markdown]
# ## 5 · In which order?
#
# A node may call its bprop only when its own gradient is *complete*. A node that is used twice gets a gradient from each of its users, and has
# to wait for both. So the backward pass needs an order in which every node comes after everybody who uses it. Read backwards, that is an order
# in which every node comes **after all of its arguments**: a *topological order* (27:30, "in reverse order").
#
# What happens if a node speaks too early? Take b = a² and L = b + b², at a = 3, where b = 9. From the sum b gets 1, and from its square 2·9 = 18: together 19, so da = 19 · 2 · 3 = 114. If b speaks as soon
# as the sum has told it, it says 1 · 6 = 6, and what comes from the square is either lost (da = 6) or makes b speak a second time with all that it has by then (da = 6 + 114 = 120). Both are
# wrong, and neither looks it.
#
# One way to find an order: start at the output and visit; to visit a node, first visit its arguments, then write the node down; never visit a node
# twice. That last rule is what keeps the work proportional to the graph. Without it, a node reached by a thousand paths is walked a thousand
# times, and so is everything behind it.
#
# A function that calls itself is the shortest way to write this. Python allows it about 1,000 calls deep, enough for every graph of this course: a chain of 900 nodes goes through, one of 1,000 is a `RecursionError`.
# Libraries keep a list of what is still to be visited instead.

# %%
from solutions.a_tape_of_your_own.topological_order import topological_order

# %% [markdown]
# Below, the digit network on a batch of five, each node with its place in your order. Any order is right in which all arrows go from a smaller
# number to a larger one.

# %% tags=["experiment"]
loss = network(x_train[:5], y_train[:5], small_weights(0))
order = topological_order(loss)
draw_graph(order, note=lambda node: f"no. {order.index(node) + 1}")
plt.show()
print(
    len(order), "nodes; arguments first:", all(order.index(a) < order.index(n) for n in order for a in n.args)
)

# %% [markdown]
# ## 6 · The backward pass: `gradient`
#
# Everything is there now. Of the loss itself the gradient is 1. Go through the nodes in **reverse topological order**; ask each for bprop *once*;
# **add** what it hands out to what its arguments have got already (27:30):
#
# $$ \frac{dL}{dz} = \sum_{u \text{ uses } z} \frac{dL}{du} \, \frac{\partial u}{\partial z} . $$
#
# A node may use another *twice*: `MatMul(x, x)` hands out two gradients, and both are x's. And "add" means a new array, `old + new`, not `old += new`: `Add` may hand the very same array to both of its arguments, and
# what one of them then adds in place, the other would see. Start from zeros at each call, so that a second pass over the same graph gives the same.

# %%
from solutions.a_tape_of_your_own.gradient import gradient

# %% [markdown]
# "Once" can be counted. Below, every operation of the digit network notes when it is asked; and a product of a matrix with itself is compared with what two separate matrices would get.

# %% tags=["experiment"]
asked = []


def counted(node):
    """Make a node note when its bprop is called."""
    bprop = node.bprop
    node.bprop = lambda grad: (asked.append(node), bprop(grad))[1]


for node in topological_order(loss):
    counted(node)
gradient(loss, [])
operations = [node for node in topological_order(loss) if node.args]
print(
    f"{len(operations)} operations; asked {sum(bool(node.args) for node in asked)} times, {len({id(n) for n in asked if n.args})} different ones"
)

value = np.random.default_rng(3).normal(size=(3, 3))
x, h, W = Leaf(value), Leaf(value), Leaf(value)
(dx,) = gradient(MatMul(x, x), [x])
dh, dW = gradient(MatMul(h, W), [h, W])
print("MatMul(x, x): dx is dh + dW:", np.allclose(dx, dh + dW))

# %% [markdown]
# ### Does it agree with TensorFlow?
#
# The same random program, with values used again and again, run once with your nodes and once under `tf.GradientTape`. Every value is 4 × 4, so
# that anything can be combined with anything.
#
# **Before you run the next cell:** what is the largest difference between any two derivatives, over 40 random graphs?

# %% tags=["experiment"]
guess = None  # "0", "1e-12" or "1e-6"
commit(guess, {"0": "exactly 0", "1e-12": "below 10⁻¹²: a few roundings of float64", "1e-6": "some 10⁻⁶"})


def random_program(add, matmul, tanh, relu, loss, leaves, y, seed, steps=20):
    rng = np.random.default_rng(seed)
    values = list(leaves)
    for _ in range(steps):
        left, right = values[-1], values[rng.integers(len(values))]
        kind = rng.integers(3)
        values.append(
            tanh(add(left, right)) if kind == 0 else tanh(matmul(left, right)) if kind == 1 else relu(left)
        )
    return loss(add(values[-1], values[-3]), y)


def tf_loss(a, y):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, a))


differences, shared = [], []
for seed in range(40):
    rng = np.random.default_rng(1000 + seed)
    arrays, y = [rng.normal(size=(4, 4)) for _ in range(3)], rng.integers(4, size=4)
    leaves = [Leaf(array) for array in arrays]
    out = random_program(Add, MatMul, Tanh, ReLU, SoftmaxNLL, leaves, y, seed)
    ours = gradient(out, leaves)
    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        target = random_program(tf.add, tf.matmul, tf.tanh, tf.nn.relu, tf_loss, tensors, y, seed)
    theirs = tape.gradient(target, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    differences.append(max(np.abs(g - t).max() for g, t in zip(ours, theirs, strict=True)))
    nodes = topological_order(out)
    shared.append(sum(sum(node in user.args for user in nodes) > 1 for node in nodes))
print(f"largest difference over 40 graphs: {max(differences):.1e}")
print(f"nodes with more than one user: {np.mean(shared):.1f} in each graph on average")

# %% [markdown]
# ### Why the order matters
#
# One might do without any order: start at the output, and at each node hand the gradient on at once, to every argument, as it comes. For sums
# and products that even gives the right numbers: it follows every *path* from the output to a leaf and adds up what arrives. A ladder, in
# which each node is the sum of the one before with itself, shows what it costs.
#
# **Before you run the next cell:** a ladder of 50 steps has 51 nodes. How long would the walk by paths take on it?

# %% tags=["experiment"]
guess = None  # "seconds", "hours" or "years"
commit(guess, {"seconds": "some seconds", "hours": "some hours", "years": "longer than I will wait: years"})


def ladder(depth):
    x = node = Leaf(np.ones((1, 1)))
    for _ in range(depth):
        node = Add(node, node)
    return node, x


def walk_by_paths(node, grad):
    """How many bprops it takes to hand every gradient on as it comes."""
    return 1 + sum(walk_by_paths(arg, darg) for arg, darg in zip(node.args, node.bprop(grad), strict=True))


depths = range(1, 15)
calls = [walk_by_paths(ladder(depth)[0], np.ones((1, 1))) for depth in depths]
start = time.perf_counter()
walk_by_paths(ladder(14)[0], np.ones((1, 1)))
each = (time.perf_counter() - start) / calls[-1]
plots.lines(
    list(depths),
    {"one walk for each path": calls, "reverse topological order": [depth + 1 for depth in depths]},
    xlabel="steps of the ladder",
    ylabel="calls of bprop",
    logy=True,
    marker=True,
)
plt.show()
out, x = ladder(50)
start = time.perf_counter()
(dx,) = gradient(out, [x])
print(f"in order, 50 steps: {1000 * (time.perf_counter() - start):.1f} ms, dx = 2^{np.log2(dx.item()):.0f}")
print(f"by paths, 50 steps: 2^51 calls at {1e6 * each:.1f} µs each make {2**51 * each / 3.15e7:,.0f} years")

# %% [markdown]
# Real networks are ladders too: each layer of a deep network is reached through every unit of the layer above. Backpropagation is fast because
# each node waits, adds up, and speaks once.

# %% [markdown]
# ## 7 · What it costs
#
# The lecture says in passing that the backward pass costs about what the forward pass costs (24:00). That sentence is why networks can be
# trained at all. Without bprop one would measure each slope as unit 1 did, by a small step to either side, and *every weight* would need two forward
# passes of its own. First count, for a network of full layers. Only matrix products matter; everything else is done once for each unit.

# %%
from solutions.a_tape_of_your_own.multiplications import multiplications

# %% tags=["experiment"]
for sizes in ([64, 10], [64, 32, 10], [64, 256, 256, 10], [64, *[256] * 10, 10]):
    forward, backward = multiplications(100, sizes)
    weights = sum(m * n for m, n in pairwise(sizes))
    print(
        f"{len(sizes) - 1:3} layers: backward / forward = {backward / forward:.2f}; small steps / forward = {2 * weights:,}"
    )

# %% [markdown]
# ### Derivation: forward and backward cost the same order
#
# A network has L full layers of sizes H₀ = D, H₁, …, H_L = C, and is given a batch of N examples. The product of an (n, m) and an (m, k)
# matrix takes n·m·k multiplications.
#
# 1. Count the multiplications of the forward pass, layer by layer, and give a reason.
# 2. Count those of the backward pass: which products are computed at layer k, and what does each of them cost? What is different at the first layer?
# 3. Between which two numbers does the ratio backward / forward lie, and when does it come near each of them?
# 4. Why may biases, activation functions and their derivatives be left out?
# 5. Argue for *any* flow graph, walked in reverse topological order: if no bprop costs more than c times its forward, what does the whole backward
#    pass cost? Compare with one walk for each path, and with a small step of each weight to either side.

# %% [markdown] derivation="forward_and_backward_cost"
# Write your answer to the five points into the next cell. Formulas may be plain text or LaTeX between dollar signs.

# %% [markdown]
# ### Measured
#
# Now the clock, on your own tape: a network with two hidden layers of H units, on 500 examples. Time is that of one core, the best of several
# tries, so that other programs disturb little.
#
# **Before you run the next cell:** how many forward passes does a backward pass take?

# %% tags=["experiment"]
guess = None  # "less", "few" or "many"
commit(
    guess,
    {"less": "far less than one", "few": "one or two", "many": "dozens, and more for larger networks"},
)

from threadpoolctl import threadpool_limits


def deep_network(x, y, params):
    h = Leaf(x)
    for W, b in zip(params[0:-2:2], params[1:-2:2], strict=True):
        h = Tanh(Add(MatMul(h, W), b))
    return SoftmaxNLL(Add(MatMul(h, params[-2]), params[-1]), y)


def fastest(functions, tries=15):
    """For each function the processor's time in its best try; they take turns."""
    times = np.full((tries, len(functions)), np.inf)
    for i in range(tries):
        for k, function in enumerate(functions):
            start = time.process_time()
            for _ in range(3):
                function()
            times[i, k] = (time.process_time() - start) / 3
    return times.min(axis=0)


def measure(width, N=500):
    """Backward over forward, by the clock and by the count."""
    sizes = (64, width, width, 10)
    params, x, y = small_weights(0, sizes), x_train[:N].astype("float64"), y_train[:N]
    out = deep_network(x, y, params)
    with threadpool_limits(1):
        forward, backward = fastest([lambda: deep_network(x, y, params), lambda: gradient(out, params)])
    counts = multiplications(N, sizes)
    print(f"{width:4} units: forward {1e3 * forward:6.2f} ms, backward {1e3 * backward:6.2f} ms")
    return backward / forward, counts[1] / counts[0]


widths = (16, 32, 64, 128, 256, 512)
ratios, counted = zip(*[measure(width) for width in widths], strict=True)
ax = plots.lines(
    widths,
    {"measured": ratios, "multiplications counted": counted},
    xlabel="units in each hidden layer, H",
    ylabel="backward / forward",
    logx=True,
    marker=True,
)
ax.set_xticks(widths, widths)
ax.minorticks_off()
ax.set_ylim(0, max(3, 1.1 * max(ratios)))
plt.show()

# %% [markdown]
# The two lines are close, and they are not the same: the clock also sees what the count leaves out, such as tanh, which costs more forward than its slope does backward, the sums in which gradients
# are collected, waiting for memory, and the product for x, which your tape computes though nobody asks for it. In our runs a backward pass took about as long as a forward pass in narrow networks, and up to 1.4 times as long with 512 units. What matters is the order: *one or
# two* forward passes, against the thousands to a million that small steps would need.

# %% [markdown]
# ## 8 · A network trained by your own code
#
# Learning needs one more line: take a step against the gradient, θ ← θ − α∇L. (Unit 6 is about that line.) Your graph is built anew for each
# batch, which is what a tape does.
#
# To have a witness, the same network learns beside it under `tf.GradientTape`: same weights at the start, same batches.
#
# **Before you run the next cell:** how often will your network be right on the 300 digits of the validation set, after 15 epochs?

# %% tags=["experiment"]
guess = None  # "half", "most" or "nearly all"
commit(guess, {"half": "about half", "most": "about 85 %", "nearly all": "more than 93 %"})

lr, batch = 0.5, 50
params = small_weights(1)
variables = [tf.Variable(p.value) for p in params]


def tf_step(x, y):
    with tf.GradientTape() as tape:
        h = tf.tanh(x @ variables[0] + variables[1])
        loss = tf_loss(h @ variables[2] + variables[3], y)
    for variable, grad in zip(variables, tape.gradient(loss, variables), strict=True):
        variable.assign_sub(lr * grad)
    return float(loss)


ours, theirs, rng = [], [], np.random.default_rng(2)
for _ in range(15):
    shuffled = rng.permutation(len(x_train))
    for start in range(0, len(shuffled), batch):
        x, y = (
            x_train[shuffled[start : start + batch]].astype("float64"),
            y_train[shuffled[start : start + batch]],
        )
        loss = network(x, y, params)
        params = [
            Leaf(p.value - lr * grad, p.name) for p, grad in zip(params, gradient(loss, params), strict=True)
        ]
        ours.append(float(loss.value))
        theirs.append(tf_step(x, y))

W1, b1, W2, b2 = (p.value for p in params)
right = np.argmax(np.tanh(x_valid @ W1 + b1) @ W2 + b2, axis=1) == y_valid
ax = plots.lines(None, {"your tape": ours}, xlabel="step", ylabel="loss of the batch", logy=True)
ax.plot(
    range(1, len(theirs) + 1, 12),
    theirs[::12],
    "o",
    color="black",
    markerfacecolor="none",
    label="tf.GradientTape, every 12th step",
)
ax.legend(frameon=False)
plt.show()
print(f"right on {right.mean():.1%} of the validation set")
print(
    f"largest difference between the two losses over {len(ours)} steps: {np.abs(np.subtract(ours, theirs)).max():.1e}"
)

# %% [markdown]
# Not a similar path: the same one. There is no more to `tf.GradientTape` than what you wrote, but for speed and several hundred operations.

# %% [markdown]
# ## What to take away
#
# - A network is a flow graph of objects. Each knows its value and its bprop, and nothing about the others (7:38, 27:30).
# - bprop multiplies by the gradient that comes in, gives each argument a gradient of its shape, and sums wherever one value was shared.
# - Gradients that reach a node by several ways add up. It hands on the sum, once, when all have come: reverse topological order.
# - That is why backward costs at most about twice forward (24:00), whatever the number of weights and paths.
# - Softmax and loss belong in one operation: apart they overflow, together they give f − e(y).
#
# **Next:** unit 4 derives that last gradient, writes backpropagation out for a network with no tape at all, and finds out which layers it fails to reach.
