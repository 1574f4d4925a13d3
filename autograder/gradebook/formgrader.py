"""How nbgrader's formgrader looks in this course: by nbconvert's own settings, in course/nbgrader_config.py.

The rubric stands beside a derivation, with what was graded before; comments can be used again; formulas need neither
a script nor a network. formgrader_page.py says what stands there, formgrade/ how.
"""

from pathlib import Path
from typing import Any

import nbgrader

# It holds the folder formgrade/, which nbconvert looks into before nbgrader's own of this name.
OURS = Path(__file__).parent
NBGRADERS = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"


def configure(config: Any) -> None:
    """Say in a course's nbgrader_config.py how formgrader shows a submission.

    Args:
        config: what nbgrader calls `c` there.
    """
    config.HTMLExporter.extra_template_basedirs = [str(OURS), str(NBGRADERS)]
    # By "formgrade/index.html.j2" our template extends nbgrader's.
    config.HTMLExporter.extra_template_paths = [str(NBGRADERS)]
    config.HTMLExporter.filters = {
        "markdown2html": "autograder.gradebook.formgrader_page.markdown",
        "beside_answers": "autograder.gradebook.formgrader_page.BesideAnswers",
    }
