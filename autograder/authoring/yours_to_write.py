"""The sentence below an exercise's text that says what of the libraries is the student's to write."""

from autograder.course import operations
from autograder.course.catalogue import Unit
from autograder.exercise import Exercise
from autograder.judging.not_yours import WHOLE_MODELS, not_yours
from helpers.ownership import NotYours

# A sentence that names more is read by nobody.
MOST = 12


def decided(exercise: Exercise, unit: Unit) -> NotYours:
    """What an exercise asks to write: what the census found, its author names, and the course has decided.

    Args:
        exercise: the exercise.
        unit: whose it is.
    """
    theirs = not_yours(exercise)
    for course in unit.courses:
        theirs = operations.applied(theirs, operations.read(course), unit.id, exercise.name)
    return theirs


def sentence(theirs: NotYours) -> str:
    """What a student reads of it.

    Args:
        theirs: what the exercise asks to write.
    """
    # Nobody thinks of taking a sigmoid from a recurrent network.
    theirs = theirs.without_names(WHOLE_MODELS)
    names = _names(theirs)
    rest = "Whatever else NumPy, TensorFlow and Keras have, you may use."
    # What is kept back by name alone.
    makers = set(theirs.names.values()) - set(theirs.paths)
    if makers:
        rest = f"Nor may another layer of Keras's make the weights. {rest}"
    if not names and makers:
        return f"**Yours to write**: what stands in the cell. {rest}"
    if not names:
        return "**Yours to write**: what stands in the cell. Whatever NumPy, TensorFlow and Keras have, you may use."
    listed = ", ".join(f"`{name}`" for name in names[:MOST])
    if len(names) > MOST:
        listed += f" and {len(names) - MOST} relatives of theirs"
    return f"**Yours to write**, so not to be taken from the libraries: {listed}. {rest}"


def _names(theirs: NotYours) -> list[str]:
    """What things are called, each once: `tf.nn.softmax`, `keras.ops.softmax` and the operation Softmax are one."""
    by_letters: dict[str, str] = {}
    # The longer path first: an operation's type, which nobody writes, is named only where nothing else is.
    for path in sorted(theirs.paths, key=lambda path: (-path.count("."), path)):
        name = path.rpartition(".")[2]
        by_letters.setdefault(name.replace("_", "").lower(), name)
    return sorted(by_letters.values(), key=str.lower)
