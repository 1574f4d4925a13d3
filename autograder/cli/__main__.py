"""`python -m autograder.cli`, where the command `fdl` is not on the path."""

from autograder.cli.app import main

main()
