"""What grading costs: nbgrader as it comes, this course's engine, and the least that it could cost."""
