from concurrent.futures import ThreadPoolExecutor

from autograder.judging import not_yours
from helpers.ownership import NotYours


def test_censuses_that_are_kept_at_once_are_all_kept(tmp_path):
    file, names = tmp_path / not_yours.FILE, [f"exercise {i}" for i in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: not_yours.keep(name, NotYours(), "a state", file), names))
    assert sorted(not_yours._read(file)) == sorted(names)
    assert [one.name for one in tmp_path.iterdir()] == [not_yours.FILE]
