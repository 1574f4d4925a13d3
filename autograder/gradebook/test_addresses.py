"""The names by which nbgrader_config.py files know our classes."""

import importlib

import pytest

from autograder import gradebook
from autograder.gradebook import late_days, nbgrader_steps

CLASSES = {
    "SubmissionExporter": ("execute", nbgrader_steps.SubmissionExporter),
    "RunByEngine": ("execute", nbgrader_steps.RunByEngine),
    "SaveVerdicts": ("execute", nbgrader_steps.SaveVerdicts),
    "AssignLatePenalties": ("late", late_days.AssignLatePenalties),
    "LateDays": ("late", late_days.LateDays),
}


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_has_its_address_and_that_of_version_1(name):
    module, wanted = CLASSES[name]
    assert getattr(gradebook, name) is wanted
    assert getattr(importlib.import_module(f"autograder.{module}"), name) is wanted


def test_there_is_no_other_address():
    with pytest.raises(AttributeError, match=r"module 'autograder.gradebook' has no attribute 'Execute'"):
        _ = gradebook.Execute
