"""What this project raises, as one tree. Each message is a sentence for people: who, what, where, and what to do.

    CourseError
    ├── CalledWrongly     there is no such unit, exercise, student, folder or setting
    ├── Refused           it cannot be done as things stand
    │   └── CannotConfine     nothing here can hold a student's code
    ├── AuthoringError    an author's file says what cannot be
    └── Unreadable        a submission is not this unit's notebook

A command exits with 2 after `CalledWrongly`, and with 1 after any other.
"""


class CourseError(ValueError):
    """The root of the tree."""


class CalledWrongly(CourseError):
    """There is no such unit, exercise, student, folder or setting; the message suggests the closest."""


class Refused(CourseError):
    """It cannot be done as things stand; the message says why, and what to do."""


class CannotConfine(Refused):
    """Nothing on this machine can hold a student's code, or not as strongly as was asked for."""


class AuthoringError(CourseError):
    """A unit, exercise or derivation that cannot be built or proved; the message names file and line."""


class Unreadable(CourseError):
    """A submission that is not this unit's notebook; the message says what it is and what to do."""
