"""Python that a student has: of this project it can import what the bundle brings, and nothing else."""

# Run first, it hides what students do not have, makes sure that it does, and leaves no name behind.
SOURCE = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("solutions", "autograder"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
for name in ("solutions.forward_propagation", "autograder.cli"):
    try:
        __import__(name)
    except ModuleNotFoundError:
        continue
    raise AssertionError(f"{name} can be imported")
del sys, MetaPathFinder, Absent, name
"""
