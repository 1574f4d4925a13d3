"""How nbgrader runs this course: `nbgrader` and formgrader read it when started in this folder."""

from autograder.gradebook import dates, exchange, formgrader

c = get_config()  # noqa: F821  (nbgrader defines it)

# Due dates and timestamps are read as they are written, in formgrader too: "-0500" is an offset, "11:59 PM" is late.
dates.teach_nbgrader()

# A link or a pipe that a student puts into the exchange is not followed, and stops nobody.
exchange.guard_collect()

# Nor is one beside a notebook that is graded, and a file that claims a terabyte is left where it is.
exchange.guard_autograde()

# Formgrader shows the rubric beside a derivation and what changed since it was graded, and formulas without a network.
formgrader.configure(c)

c.CourseDirectory.course_id = "fdl"

# A tag in a student's notebook must not keep a cell from being run.
c.Execute.skip_cells_with_tag = ""

# A check cell that a student deleted comes back, and with it the points that it may take.
c.OverwriteCells.add_missing_cells = True

# Submissions are read, run and judged by the course's engine, here, in formgrader and in `fdl grade`.
c.Autograde.exporter_class = "autograder.gradebook.SubmissionExporter"
c.Autograde.autograde_preprocessors = [
    "autograder.gradebook.RunByEngine",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.gradebook.SaveVerdicts",
    "autograder.gradebook.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# What a late day costs, by the due dates and extensions in the gradebook; without a due date nobody is late.
c.AssignLatePenalties.plugin_class = "autograder.gradebook.LateDays"
c.LateDays.points_per_day = 0.0  # points, or
c.LateDays.share_per_day = 0.0  # of the unit's points: 0.1 takes a tenth off for each day that has begun
c.LateDays.grace_minutes = 0.0  # so much later is not late
c.LateDays.free_days = 0  # days that each student may be late without penalty, over the whole course
