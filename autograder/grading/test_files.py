import io
import json
import os
import sys
import zipfile

import pytest

from autograder import limited
from autograder.grading import files
from autograder.grading.files import Answers, find, read
from helpers.errors import Unreadable

UNIT = "01_unit"


def answers(data):
    """A made-up notebook is a number: how many exercises it answers; who answers, and what it derives, may follow."""
    number, *whose = data.decode("latin1").split(" ")
    if not number.isdigit():
        return None
    exercises = [f"exercise {place}" for place in range(int(number))]
    return Answers(
        exercises, dict.fromkeys(exercises, " ".join(whose[:1])), {text: text for text in whose[1:]}
    )


def zipped(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.fixture
def hand_in(tmp_path):
    def hand_in(**files):
        for name, data in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_bytes(data)
        return find(tmp_path / f"{UNIT}.ipynb", answers)

    return hand_in


@pytest.mark.parametrize(
    "name",
    [f"{UNIT} (1).ipynb", f"{UNIT}-Copy1.ipynb", "Übung von Zoë.ipynb", f"a/b/{UNIT}.ipynb", "UNIT.IPYNB"],
)
def test_the_only_notebook_that_holds_the_unit_is_it(hand_in, name):
    found = hand_in(
        **{name: b"3", "other.ipynb": b"a shopping list", f".ipynb_checkpoints/{UNIT}.ipynb": b"9"}
    )
    assert (found.data, found.guess) == (b"3", "")
    assert found.note == f"{name} was taken for {UNIT}.ipynb."


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_zip_that_is_broken_within_is_nobodys_notebook(hand_in, how):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        archive.writestr("work.ipynb", bytes(range(256)) * 40)
    broken = bytearray(packed.getvalue())
    broken[45:90] = b"\xff" * 45
    assert isinstance(hand_in(**{"all.zip": bytes(broken)}).data, Unreadable)


def test_a_zip_is_looked_into(hand_in):
    packed = zipped(**{"work/answers.ipynb": b"4", "__MACOSX/x.ipynb": b"9"})
    found = hand_in(**{"all.zip": packed})
    assert (found.data, found.note) == (b"4", f"all.zip/work/answers.ipynb was taken for {UNIT}.ipynb.")


def test_what_was_found_is_read_again_by_its_name(tmp_path, hand_in):
    wanted = tmp_path / f"{UNIT}.ipynb"
    found = hand_in(**{"all.zip": zipped(**{"a.ipynb": b"4"})})
    assert read(wanted, found.name) == b"4"
    (tmp_path / "all.zip").unlink()
    assert isinstance(read(wanted, found.name), Unreadable)
    assert isinstance(read(wanted), Unreadable)


def test_the_notebook_in_its_place_is_it_beside_copies_that_answer_no_more(hand_in):
    found = hand_in(**{f"{UNIT}.ipynb": b"3", f"{UNIT} (1).ipynb": b"3", "old.ipynb": b"1"})
    assert (found.data, found.note, found.guess) == (b"3", "", "")


def test_a_renamed_download_beside_a_blank_notebook_counts_and_is_looked_at(hand_in):
    found = hand_in(**{f"{UNIT}.ipynb": b"0", f"{UNIT} (1).ipynb": b"3"})
    assert found.data == b"3"
    assert f"{UNIT}.ipynb answers no exercise, and {UNIT} (1).ipynb" in found.guess


def test_a_copy_that_answers_more_is_looked_at_and_does_not_count(hand_in):
    found = hand_in(**{f"{UNIT}.ipynb": b"2", "b.ipynb": b"3"})
    assert found.data == b"2"
    assert "answers more; it does not count" in found.guess


@pytest.mark.parametrize(
    "name", [f"{UNIT} (1).ipynb", f"Kopie von {UNIT}.ipynb", "b.zip/b.ipynb", "old/x.ipynb"]
)
@pytest.mark.parametrize(
    ("other", "count"),
    [(b"3 otherwise", "3 answers"), (b"1 otherwise", "1 answer"), (b"0  tanh", "1 answer")],
)
def test_the_name_counts_and_another_that_answers_otherwise_is_for_a_person(hand_in, name, other, count):
    files = {name: other}
    if ".zip/" in name:
        files = {"b.zip": zipped(**{"b.ipynb": other})}
    found = hand_in(**{f"{UNIT}.ipynb": b"3", **files})
    assert (found.data, found.name) == (b"3", "")
    guess = (
        f"{name} ({count}), handed in beside {UNIT}.ipynb (3 answers), answers otherwise; it does not count"
    )
    assert found.guess == guess


def test_of_several_the_newest_with_most_answers_is_taken_and_a_person_looks(hand_in):
    found = hand_in(**{f"{UNIT} (1).ipynb": b"3", f"{UNIT} (2).ipynb": b"3", "a.ipynb": b"1"})
    assert found.data == b"3"
    assert f"{UNIT} (2).ipynb was taken for {UNIT}.ipynb; there is" in found.guess


@pytest.mark.parametrize("packed", [False, True])
def test_the_units_name_is_found_first_among_many_notebooks(hand_in, packed):
    many = {f"A{number:02}.ipynb": b"a lecture" for number in range(25)} | {f"dl/{UNIT}.ipynb": b"3"}
    found = hand_in(**({"all.zip": zipped(**many)} if packed else many))
    name = f"all.zip/dl/{UNIT}.ipynb" if packed else f"dl/{UNIT}.ipynb"
    assert (found.data, found.name) == (b"3", name)
    assert found.note == f"{name} was taken for {UNIT}.ipynb."


def test_where_nothing_fits_it_is_said_what_lies_there(hand_in):
    found = hand_in(**{"essay.ipynb": b"none of ours", "b.ipynb": b"{}", "broken.zip": b"PK\x03\x04"})
    assert isinstance(found.data, Unreadable)
    assert "essay.ipynb" in str(found.data)


def test_what_is_wrong_with_the_only_notebook_is_told_rather_than_its_name(hand_in):
    found = hand_in(**{"mine.ipynb": b'{"cells": ['})
    assert found.data == b'{"cells": ['


def test_a_zip_that_unpacks_to_too_much_is_read_no_further(monkeypatch, hand_in):
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    bomb = zipped(**{f"{i}.ipynb": b"0" * 400 for i in range(5)} | {"z.ipynb": b"3"})
    found = hand_in(**{"a.zip": bomb})
    assert found.data == b"0" * 400
    assert found.guess.count("a.zip/") == 2


def test_what_takes_too_long_to_read_is_told_and_not_read_here(monkeypatch, hand_in):
    def ends(*_):
        raise limited.TooMuch("it takes more than 5 s")

    monkeypatch.setattr(limited, "call", ends)
    found = hand_in(**{f"{UNIT}.ipynb": b"3"})
    assert str(found.data).startswith(
        f"{UNIT}.ipynb and what lies beside it cannot be read: it takes more than 5 s. Clear all outputs"
    )


def has_imported(name):
    return name in sys.modules


def test_reading_a_notebook_imports_nothing_that_the_notebook_does(tmp_path, hand_in):
    cell = {"cell_type": "code", "source": "import sklearn.svm\nsklearn.svm.SVC()", "metadata": {}}
    hand_in(**{f"{UNIT}.ipynb": json.dumps({"cells": [cell]}).encode()})
    assert limited.call(has_imported, "autograder.grading.files")
    assert not limited.call(has_imported, "sklearn")


def test_links_and_pipes_are_nobodys_notebook(tmp_path, hand_in):
    (tmp_path / "secret.txt").write_bytes(b"9")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert isinstance(hand_in().data, Unreadable)
