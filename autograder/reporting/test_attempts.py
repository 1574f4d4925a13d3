import json

from autograder.course.layout import Course
from autograder.reporting import attempts
from autograder.reporting.attempts import ExerciseAttempts
from autograder.testing import made_up_results


def test_logs_that_were_handed_in_tell_attempts_and_minutes(tmp_path):
    course = Course(tmp_path)
    folder = course.submitted(made_up_results.UNIT, "ada").parent
    folder.mkdir(parents=True)
    rows = [("10:00", ["the shapes"]), ("10:30", ["the dtype"]), ("11:00", []), ("12:00", ["the dtype"])]
    lines = [
        json.dumps(
            {"time": f"2026-03-01T{time}:00+00:00", "exercise": "Dense", "passed": [], "failed": failed}
        )
        for time, failed in rows
    ]
    spoiled = ["", "[" * 10_000, '{"exercise": "Dense", "time": 7, "failed": []}']
    (folder / "attempts.jsonl").write_text("\n".join([*spoiled, *lines]))
    made = [made_up_results.result("ada"), made_up_results.result("bo")]
    assert attempts.from_logs(course, made_up_results.UNIT, made) == [
        ExerciseAttempts("Dense", students=1, green=1, attempts=3, minutes=60.0)
    ]


def test_a_run_before_anything_was_written_is_no_attempt(tmp_path):
    course = Course(tmp_path)
    folder = course.submitted(made_up_results.UNIT, "ada").parent
    folder.mkdir(parents=True)
    untouched = {
        "time": "2026-02-01T10:00:00+00:00",
        "exercise": "Dense",
        "failed": ["the shapes"],
        "not_written": True,
    }
    wrong = {
        "time": "2026-03-01T10:00:00+00:00",
        "exercise": "Dense",
        "failed": ["the shapes"],
        "not_written": False,
    }
    right = {"time": "2026-03-01T10:20:00+00:00", "exercise": "Dense", "failed": [], "not_written": False}
    lines = [json.dumps(row) for row in (untouched, wrong, right)]
    (folder / "attempts.jsonl").write_text("\n".join(lines))
    assert attempts.from_logs(course, made_up_results.UNIT, [made_up_results.result("ada")]) == [
        ExerciseAttempts("Dense", students=1, green=1, attempts=2, minutes=20.0)
    ]
