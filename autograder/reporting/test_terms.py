import json

import pytest

from autograder.reporting import terms
from autograder.reporting.test_report import FORGOTTEN, UNSHIFTED
from autograder.testing import made_up_results
from helpers.errors import CalledWrongly


def test_two_terms_stand_beside_each_other(write, tmp_path):
    before, _ = write(made_up_results.result("a", FORGOTTEN), made_up_results.result("b"))
    (tmp_path / "before.json").write_text(json.dumps(before.to_json()))
    now, _ = write(made_up_results.result("c", UNSHIFTED))
    about = terms.compared(now.to_json(), tmp_path / "before.json")
    assert terms.Change("Dense", "a = hW + b", before=0.5, now=1.0) in about.checks
    assert about.misconceptions == (
        terms.Change("softmax", "no maximum is subtracted", before=0.0, now=1.0),
        terms.Change("Dense", "the bias is forgotten", before=0.5, now=0.0),
    )


@pytest.mark.parametrize("text", ["", "[]", '{"unit": "90_made_up"}', '{"unit": "1", "submissions": null}'])
def test_what_is_no_report_cannot_be_compared(write, tmp_path, text):
    now, _ = write(made_up_results.result("c"))
    (tmp_path / "before.json").write_text(text)
    with pytest.raises(
        CalledWrongly, match="is no report as JSON; write it with `fdl report 90_made_up --json"
    ):
        terms.compared(now.to_json(), tmp_path / "before.json")
