"""Builds, proves, grades, and tells people how it went: the command `fdl`.

A sub-package imports only what stands below it in this table; `tests/test_layers.py` holds it to that. The sentence
on top of each module says what it is, and docs/maintainers.md has the two walks through them.

| sub-package | to find out how … | read first |
|---|---|---|
| cli | a verb is called, what it prints and how it exits | app, options, tables |
| testing | tests get a unit, a graded class or a sandbox; no product module imports it | toy_unit, made_up_results |
| exports | scores and the grader leave the course | spreadsheet, canvas, gradescope |
| reporting | people are told | feedback, report, class_facts |
| rehearsal | it is all tried on one machine | demo, made_up_class, lab |
| gradebook | verdicts reach nbgrader, and are read again | grade_class, book, nbgrader_steps, results |
| grading | a submission becomes verdicts | engine, submission, rules, running |
| authoring | a unit becomes notebooks | build, assemble, publish |
| proving | an exercise is proved, and its proof kept | prove, trials, mutants, verify, kept |
| judging | evidence becomes a verdict | lazy_tables, tables, store |
| course | units and exercises are found | catalogue, layout, limits |
| sandbox | a student's code is run | client, conversation, server, child, confine |
| pages | a page is made safe | render, mathml, pictures |

On the ground floor: exercise (the language in which exercises are written), syntax (what a source reads and binds),
progress and logs. Below all stands `helpers`, which students have. The modules execute and late keep the addresses that the
nbgrader_config.py of older course roots names.
"""
