"""Kernels for the tests, one server for each confinement that this machine offers."""

import os

import pytest

from autograder.sandbox import TIERS
from autograder.sandbox.client import Kernels


@pytest.fixture(scope="session", params=TIERS, ids=["bubblewrap", "Landlock"])
def kernels(request):
    os.environ["SECRET"] = "of the grader"
    try:
        opened = Kernels(workers=2, tier=request.param)
    except RuntimeError as error:
        pytest.skip(str(error))
    with opened:
        yield opened
