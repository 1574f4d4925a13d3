"""What leaves the course: scores for a spreadsheet or for Canvas, and a grader for Gradescope."""
