"""In both images: which course this is, and that its exchange is ngshare, not a folder."""

import os

from ngshare_exchange import configureExchange

c = get_config()  # noqa: F821  (nbgrader defines it)

# values.yaml sets both.
c.CourseDirectory.course_id = os.environ["FDL_COURSE"]
configureExchange(c, os.environ["FDL_NGSHARE"])

# *Validate* waits longer for a busy machine than the thirty and four seconds that it comes with.
c.Execute.timeout = c.Execute.iopub_timeout = 120
