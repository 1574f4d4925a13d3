"""What the server of `forked_graders` imports before it forks."""

from autograder.testing import forked_graders

forked_graders.ready()
