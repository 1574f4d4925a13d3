"""How nbgrader runs this course: `nbgrader` and formgrader read it when started in this folder."""

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "fdl"

# A tag in a student's notebook must not keep a cell from being run.
c.Execute.skip_cells_with_tag = ""

# A check cell that a student deleted comes back, and with it the points that it may take.
c.OverwriteCells.add_missing_cells = True

# Submissions are read, run and judged by the course's engine, here, in formgrader and in `fdl grade`.
c.Autograde.exporter_class = "autograder.execute.SubmissionExporter"
c.Autograde.autograde_preprocessors = [
    "autograder.execute.RunByEngine",
    "nbgrader.preprocessors.LimitOutput",
    "autograder.execute.SaveVerdicts",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
