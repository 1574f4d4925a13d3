"""Sandbox for the tests, one server for each confinement that this machine offers."""

import pytest

from autograder.sandbox import TIERS
from autograder.sandbox.client import Sandbox
from helpers.errors import CannotConfine


@pytest.fixture(scope="session", params=TIERS, ids=["bubblewrap", "Landlock"])
def kernels(request):
    try:
        opened = Sandbox(workers=2, tier=request.param)
    except CannotConfine as error:
        pytest.skip(str(error))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET", "of the grader")
        with opened:
            yield opened
