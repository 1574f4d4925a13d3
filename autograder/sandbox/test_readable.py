"""What may be read, and what of it is left out."""

from pathlib import Path

import helpers
from autograder.sandbox import readable
from autograder.sandbox.landlock import LIST, READ


def test_what_is_private_in_a_readable_folder_is_left_out(tmp_path, monkeypatch):
    for name in ("numpy/core", "solutions/dropout", "autograder"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "six.py").touch()
    hidden = [tmp_path / "solutions", tmp_path / "autograder"]
    monkeypatch.setattr(readable, "private", lambda: hidden)
    monkeypatch.setattr(readable, "roots", lambda: [tmp_path])
    rules = dict(readable.rules())
    assert rules == {tmp_path: LIST, tmp_path / "numpy": READ, tmp_path / "six.py": READ}


def test_neither_the_repository_nor_the_home_directory_is_readable():
    whole = [path for path, rights in readable.rules() if rights == READ]
    assert Path(helpers.__file__).parent in whole
    for path in whole:
        for hidden in (*readable.private(), Path.home()):
            assert hidden.is_dir()
            assert not hidden.is_relative_to(path)
