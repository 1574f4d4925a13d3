import pytest

from autograder.reporting import report
from autograder.reporting.anonymity import DisplayNames


@pytest.fixture
def write(tmp_path):
    def write(*results, key=None):
        names = DisplayNames([r.student for r in results], key)
        about = report.write_unit(tmp_path / "unit.html", results, names)
        return about, (tmp_path / "unit.html").read_text("utf-8")

    return write
