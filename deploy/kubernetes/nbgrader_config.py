"""In both images: which course this is, and that its exchange is ngshare, not a folder."""

import os

from ngshare_exchange import configureExchange

c = get_config()  # noqa: F821  (nbgrader defines it)

# values.yaml sets both.
c.CourseDirectory.course_id = os.environ["FDL_COURSE"]
configureExchange(c, os.environ["FDL_NGSHARE"])

# How long *Validate* waits for a busy machine, and what it says of a cell that takes longer; as `make lab` has it.
c.Execute.startup_timeout = c.Execute.timeout = c.Execute.iopub_timeout = 120
TOO_SLOW = (
    "This cell did not end within two minutes. If it takes seconds when you run it yourself, the machine was busy: "
    "shut down kernels that you do not need, and validate again."
)
c.Execute.error_on_timeout = {"ename": "CellTimeoutError", "evalue": TOO_SLOW, "traceback": [TOO_SLOW]}
