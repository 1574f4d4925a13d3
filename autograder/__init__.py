"""The command `fdl`: builds, proves, grades, and tells people how it went.

| to find out how … | read, in this order |
|---|---|
| a verb is called | cli, telling, exports/commands |
| a unit becomes notebooks | catalogue, assemble, extract, derivation, publish, known, release, bundle, trees, build |
| exercises are proved | bench, mutants, prove, verify |
| a submission becomes a verdict | engine, submission, plan, rules, kernels/, judging, draws, limits, record |
| verdicts reach nbgrader | course, grade, gradebook, execute, late |
| people are told | results; then feedback, report (facts, charts, similarity, names), solution_set, exports/ |
| pages are made safe | pages, shown, pictures, mathml |
| a made-up class is graded | class_of, demo |
| the course is looked at in JupyterLab | lab |

For tests: tiny (an exercise), sample (a unit to build), toy (a unit to grade), crowd (a graded class).
"""
