import pytest

from autograder.course import configuration
from autograder.course.layout import CONFIG
from helpers.errors import Refused


def test_a_course_root_without_a_configuration_has_ours(tmp_path):
    assert configuration.load(tmp_path).CourseDirectory.course_id == "fdl"


def test_a_course_root_has_its_own(tmp_path):
    (tmp_path / CONFIG).write_text('get_config().CourseDirectory.course_id = "mine"\n')
    assert configuration.load(tmp_path).CourseDirectory.course_id == "mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("c = get_config()\nc.CourseDirectory.course_id = (\n", "line 2: SyntaxError"),
        ("c = get_config()\n\nimport nothing_of_this_name\n", "line 3: ModuleNotFoundError: No module named"),
        ("c = get_config()\nc.Late.days = 1 / 0\n", "line 2: ZeroDivisionError: division by zero. Mend it"),
    ],
    ids=["syntax", "import", "error"],
)
def test_a_damaged_one_is_told_with_its_line(tmp_path, text, said):
    (tmp_path / CONFIG).write_text(text)
    with pytest.raises(Refused) as error:
        configuration.load(tmp_path)
    assert f"{tmp_path / CONFIG}, {said}" in str(error.value)
