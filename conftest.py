"""What every test starts from: the names that Keras knows our classes by."""

import sys


class RegisteredNames:
    """Gives each registered name back to the class that had it when all tests were collected.

    Keras keeps one registry for the process and the last class to take a name has it. A test that runs a stub or a
    wrong answer here would otherwise leave it to the next test that loads a model.
    """

    def __init__(self):
        self.owners = {}

    def pytest_collection_finish(self):
        self.owners = dict(_registry())

    def pytest_runtest_setup(self):
        _registry().update(self.owners)


def _registry():
    # Where no test needs Keras, none imports it.
    if "keras" not in sys.modules:
        return {}
    return sys.modules["keras"].saving.get_custom_objects()


def pytest_configure(config):
    config.pluginmanager.register(RegisteredNames())
