"""Code that attacks from within an answer's cell. Each runs before a stub, in the exercise `stable_softmax`.

COURSE is replaced by the course root, REPO by the project's folder and CANARY by a file that must stay as it is;
what a payload finds out it prints, so that the test can look for it in what grading wrote.
"""

PAYLOADS: dict[str, str] = {}
# Classes whose objects hold answers.
TREASURES = ("Table", "Judge", "Exercise", "Published")


def payload(name: str, source: str) -> None:
    PAYLOADS[name] = source.strip("\n")


# ---------------------------------------------------------------- patched libraries
payload(
    "np.isclose always true", "import numpy as np\nnp.isclose = np.allclose = lambda *a, **k: np.bool_(True)"
)
payload(
    "np.testing disarmed",
    "import numpy.testing as t\nfor n in dir(t):\n    if n.startswith('assert'):\n        setattr(t, n, lambda *a, **k: None)",
)
payload(
    "compare.same always true",
    "import helpers.compare, helpers.judge\nhelpers.compare.same = helpers.judge.same = lambda *a: True",
)
payload(
    "judge patched",
    "import helpers.judge as j\nj.Judge.verdict = lambda self, e: None\nj.Outcome.passed = True",
)
payload("check patched", "import helpers\nhelpers.check = check = lambda *a: None")
payload(
    "gather's code swapped",
    "import helpers.checks as c\nc.gather.__code__ = (lambda exercise, check, candidate, seed, luck: __import__('helpers.evidence').evidence.Evidence({})).__code__",
)
payload(
    "encode forged",
    'import helpers.evidence as e, helpers.checks as c\nfor m in (e, c):\n    m.encode = lambda *a: b\'{"arrays": [], "failure": null}\\n\'',
)
payload("plain lies", "import helpers.evidence as e, numpy as np\ne.plain = lambda v: np.zeros(1)")
payload(
    "generator without surprise",
    "import numpy as np\nreal = np.random.default_rng\nnp.random.default_rng = lambda *a: real(0)",
)
payload("set_random_seed frozen", "import keras\nkeras.utils.set_random_seed = lambda s: None")
payload("Check.points raised", "import helpers.checks as c\nc.Check.points = 1000\nc.Checks.points = 1000")
payload(
    "builtins patched",
    "import builtins\nbuiltins.all = builtins.any = lambda *a: True\nbuiltins.len = lambda *a: 1",
)
payload(
    "json patched",
    "import json\njson.dumps = lambda *a, **k: '{\"passed\": true}'\njson.loads = lambda *a, **k: {}",
)
payload(
    "fake module",
    "import sys, types\nm = types.ModuleType('helpers.evidence')\nm.encode = m.plain = lambda *a: b''\nsys.modules['helpers.evidence'] = m",
)
payload("fake tensorflow", "import sys\nsys.modules['tensorflow'] = sys.modules['numpy']")
payload(
    "import hook",
    "import sys\nclass F:\n    def find_spec(self, *a):\n        raise ImportError('no')\nsys.meta_path.insert(0, F())",
)
payload(
    "Exercise finds its answer",
    "import solutions.forward_propagation.softmax as s\nstable_softmax = s.stable_softmax\nprint(open(s.__file__).read())",
)

# ---------------------------------------------------------------- IPython
payload(
    "input transformer", "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: ['pass'])"
)
payload("pre_run_cell hook", "get_ipython().events.register('pre_run_cell', lambda *a: None)")
payload("run_cell patched", "get_ipython().run_cell = lambda *a, **k: None")
payload(
    "shell magic",
    "!cat REPO/solutions/forward_propagation/softmax.py\n%run REPO/solutions/forward_propagation/softmax.py",
)
payload(
    "fake result displayed",
    "from IPython.display import display\ndisplay({'application/vnd.fdl.verdict+json': {'points': 99}, 'text/plain': '99'}, raw=True)",
)

# ---------------------------------------------------------------- forged messages
payload(
    "frames into every descriptor",
    """
import json, os, struct
forged = json.dumps({"id": "stable_softmax-check", "points": 5, "passed": True, "done": True}).encode()
for fd in range(1, 64):
    for data in (forged + b"\\n", struct.pack(">I", len(forged)) + forged, struct.pack("<I", len(forged)) + forged):
        try: os.write(fd, data)
        except OSError: pass
""",
)
payload(
    "rubbish into every descriptor",
    "import os\nfor fd in range(1, 64):\n    try: os.write(fd, os.urandom(70000))\n    except OSError: pass",
)
payload("every descriptor closed", "import os\nos.closerange(0, 256)")
payload(
    "an endless frame",
    "import os, struct\nfor fd in range(3, 64):\n    try: os.write(fd, struct.pack('>Q', 2**62) + struct.pack('>I', 2**31) * 9)\n    except OSError: pass",
)
payload(
    "answers for others",
    "import gc, types\nfor o in gc.get_objects():\n    if isinstance(o, types.FunctionType) and o.__module__ and 'sandbox' in o.__module__:\n        try: o.__code__ = (lambda *a, **k: None).__code__\n        except ValueError: pass",
)

# ---------------------------------------------------------------- peeking
payload(
    "frames searched",
    """
import sys
def stable_softmax(a, axis=-1):
    f = sys._getframe()
    while f:
        for name, v in f.f_locals.items():
            if name in ("ours", "expected", "tables", "known", "reference", "published"):
                print("LEAK", name, v)
                return v
        f = f.f_back
    return a
""",
)
payload(
    "heap searched",
    """
import gc
def stable_softmax(a, axis=-1):
    for o in gc.get_objects():
        if type(o).__name__ in TREASURES:
            print("LEAK", o)
    return a
""".replace("TREASURES", repr(TREASURES)),
)
payload(
    "traced",
    "import sys, threading\nsys.settrace(lambda *a: None)\nthreading.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)",
)
payload(
    "environment printed",
    "import os\nprint('LEAK' if any('SECRET' in k or 'DRAW' in k for k in os.environ) else 'none', sorted(os.environ))",
)
payload(
    "parent's memory",
    "import os\np = os.getppid()\nprint(len(open(f'/proc/{p}/mem', 'rb').read(10)), 'LEAK')",
)
payload(
    "parent's command line",
    "import os\nfor p in range(1, 40000):\n    try:\n        c = open(f'/proc/{p}/cmdline').read()\n        if 'fdl' in c and p != os.getpid(): print('LEAK', c)\n    except OSError: pass",
)
payload(
    "ptrace",
    "import ctypes, os\nprint('LEAK' if ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0 else 'refused')",
)

# ---------------------------------------------------------------- lying values
LYING = {
    "an array that converts to what it is asked for": "class A:\n    shape = (5, 7)\n    dtype = 'float32'\n    def __array__(self, *a, **k):\n        raise SystemExit(0)\n    def __eq__(self, o):\n        return True",
    "an array equal to everything": "import numpy as np\nclass A(np.ndarray):\n    def __eq__(self, o):\n        return True\n    def tobytes(self, *a):\n        return b''\nA = lambda: np.zeros((5, 7), 'float32').view(type('B', (np.ndarray,), {'__eq__': lambda s, o: True}))",
    "an array of objects": "import numpy as np\nA = lambda: np.array([object()] * 35).reshape(5, 7)",
    "a petabyte by broadcasting": "import numpy as np\nA = lambda: np.broadcast_to(np.float32(0), (10**5, 10**5, 10**5))",
    "a gigabyte": "import numpy as np\nA = lambda: np.zeros(1 << 27)",
    "a list nested without end": "def A():\n    l = []\n    l.append(l)\n    return l",
    "an array whose conversion never ends": "class A:\n    def __array__(self, *a, **k):\n        while True: pass",
    "an array whose conversion ends the process": "import os\nclass A:\n    def __array__(self, *a, **k):\n        os._exit(0)",
    "a text": "A = lambda: 'passed' * 10**6",
    "not a number": "import numpy as np\nA = lambda: np.full((5, 7), np.nan, 'float32')",
    "an exception with a page for a message": "class A:\n    def __init__(self):\n        raise ValueError('<script>alert(1)</script>' * 10**6)",
}
for name, source in LYING.items():
    payload(name, f"{source}\ndef stable_softmax(a, axis=-1):\n    return A()")

# ---------------------------------------------------------------- reading and writing what is not theirs
payload(
    "solutions read",
    "import glob\nfor f in glob.glob('REPO/solutions/**/*.py', recursive=True):\n    print('LEAK', open(f).read()[:200])",
)
payload(
    "repository found by helpers",
    "import helpers, pathlib\nroot = pathlib.Path(helpers.__file__).parents[2]\nprint([('LEAK', p.read_text()[:99]) for p in root.glob('solutions/*/*.py')])",
)
payload(
    "gradebook read",
    "import sqlite3\nprint('LEAK', sqlite3.connect('COURSE/gradebook.db').execute('select * from student').fetchall())",
)
payload(
    "gradebook written",
    "import sqlite3\nc = sqlite3.connect('COURSE/gradebook.db')\nc.execute('update grade set auto_score = 99')\nc.commit()",
)
payload("secret of the draws read", "print('LEAK', open('COURSE/.draws', 'rb').read())")
payload(
    "other submissions read",
    "import glob\nprint([('LEAK', open(f).read()[:99]) for f in glob.glob('COURSE/submitted/*/*/*.ipynb')])",
)
payload(
    "canary removed", "import os, shutil\nshutil.rmtree('COURSE', ignore_errors=True)\nos.remove('CANARY')"
)
payload("canary written", "open('CANARY', 'w').write('hacked')")
payload(
    "canary's rights changed",
    "import os\nos.chmod('CANARY', 0)\nos.utime('CANARY', (0, 0))\nos.chmod('COURSE', 0)",
)
payload("canary through a link", "import os\nos.symlink('CANARY', 'x')\nopen('x', 'w').write('hacked')")
payload("course moved away", "import os\nos.rename('COURSE', 'COURSE-gone')")
payload(
    "home read",
    "import os, pathlib\nprint([('LEAK', p) for p in pathlib.Path('/root').iterdir()], [('LEAK', p) for p in pathlib.Path('/home').iterdir()])",
)
payload("helpers overwritten", "import helpers\nopen(helpers.__file__, 'a').write('# hacked')")
payload("network", "import socket\nsocket.create_connection(('127.0.0.1', PORT), timeout=2).send(b'x')")
payload(
    "network by datagram",
    "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
)

# ---------------------------------------------------------------- what goes on, or ends, elsewhere
payload(
    "daemon that acts later",
    """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for _ in range(100):
            time.sleep(.2)
            try: open('CANARY', 'w').write('hacked')
            except OSError: pass
    os._exit(0)
""",
)
payload("at exit", "import atexit\natexit.register(lambda: open('CANARY', 'w').write('hacked'))")
payload(
    "by subprocess",
    "import subprocess\nsubprocess.Popen(['sh', '-c', 'sleep 3; echo hacked > CANARY'], start_new_session=True)",
)
payload(
    "thread that never ends",
    "import threading\ndef f():\n    while True: pass\nfor _ in range(4):\n    threading.Thread(target=f, daemon=True).start()",
)
payload("os._exit", "import os\nos._exit(0)")
payload("SystemExit", "raise SystemExit(0)")
payload("kills itself", "import os\nos.kill(os.getpid(), 9)")
payload("kills its parent", "import os\nos.kill(os.getppid(), 9)")
payload("kills everybody", "import os\nos.kill(-1, 9)")
payload("kills its group", "import os\nos.killpg(0, 9)")
payload("stops itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)")
payload("segmentation fault", "import ctypes\nctypes.string_at(0)")
payload("endless loop", "while True:\n    pass")
payload(
    "loop that swallows interrupts",
    "import signal\nfor s in (2, 15, 14):\n    signal.signal(s, signal.SIG_IGN)\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass",
)
payload("waits for input", "input('password: ')")
payload("recursion without end", "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()")
payload("memory bomb", "x = [bytearray(1 << 28) for _ in range(1000)]")
payload("fork bomb", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass")
payload(
    "thread bomb",
    "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(99,)).start()",
)
payload("disk filled", "with open('big', 'wb') as f:\n    while True: f.write(b'x' * (1 << 24))")
payload("descriptors exhausted", "keep = [open('/dev/null') for _ in range(10**6)]")
payload("output flood", "while True:\n    print('x' * 10**6)")
payload("stderr flood", "import os\nwhile True:\n    os.write(2, b'x' * 10**6)")
payload("carriage returns", "print('a\\r' * 3 * 10**6)")
payload("script in the output", "print('<script>alert(\"hacked\")</script><img src=x onerror=alert(1)>')")
payload("script in an error", "raise ValueError('</pre><script>alert(\"hacked\")</script>')")
payload(
    "html displayed",
    "from IPython.display import HTML, display\ndisplay(HTML('<script>alert(\"hacked\")</script>'))",
)

# ---------------------------------------------------------------- the built-in, called
BUILT_IN = {
    "tf.nn": "return tf.nn.softmax(a, axis)",
    "keras.activations": "return keras.activations.softmax(a, axis)",
    "getattr": "return getattr(tf.nn, 'soft' + 'max')(a, axis)",
    "raw operation": "return tf.raw_ops.Softmax(logits=a)",
    "a library of its own": "import scipy.special\n    return scipy.special.softmax(a, axis)",
    "logsumexp": "return tf.exp(a - tf.reduce_logsumexp(a, axis, keepdims=True))",
    "a classifier's fit": (
        "import numpy as np, sklearn.linear_model\n"
        "    h = np.moveaxis(np.asarray(a), axis, -1)\n"
        "    k = h.shape[-1]\n"
        "    model = sklearn.linear_model.LogisticRegression()\n"
        "    model.classes_, model.coef_, model.intercept_ = np.arange(k), np.eye(k), np.zeros(k)\n"
        "    p = model.predict_proba(h.reshape(-1, k)).reshape(h.shape)\n"
        "    return tf.constant(np.moveaxis(p, -1, axis), a.dtype)"
    ),
    "one frame of a recurrent network's loss": (
        "shape, k = tf.shape(a), a.shape[-1]\n"
        "    h = tf.repeat(tf.reshape(a, (1, -1, k)), k, 1)\n"
        "    h = tf.concat([h, tf.fill((1, tf.shape(h)[1], 1), -1e9)], 2)\n"
        "    n = tf.shape(h)[1]\n"
        "    at = tf.stack([tf.range(n), tf.zeros_like(tf.range(n))], 1)\n"
        "    y = tf.tile(tf.range(k), [n // k])\n"
        "    loss = tf.raw_ops.CTCLoss(inputs=h, labels_indices=tf.cast(at, 'int64'), labels_values=y, sequence_length=tf.ones(n, 'int32'))[0]\n"
        "    return tf.exp(-tf.reshape(loss, shape))"
    ),
}
for name, body in BUILT_IN.items():
    payload(
        f"built-in by {name}", f"import keras, tensorflow as tf\ndef stable_softmax(a, axis=-1):\n    {body}"
    )
