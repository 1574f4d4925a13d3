"""Display names for class pages, real or anonymous."""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from autograder.gradebook.results import Person

# characters of a name that is looked for in other texts; shorter ones are words of every text
SHORTEST = 3


class DisplayNames:
    """What each student of a class is called on a page.

    Args:
        people: the whole class.
        key: in an anonymous report, what decides who gets which number: it is the same in each report of a course,
            and nobody without the key can tell who it is.
    """

    def __init__(self, people: Iterable[Person], key: bytes | None = None):
        everybody = {person.id: person for person in people}
        self.anonymous = key is not None
        if key is None:
            self.by_id = _real(everybody)
        else:
            self.by_id = _numbered(everybody, key)
        self._by_word: dict[str, str] = {}
        for person in everybody.values():
            for word in _words(person):
                self._by_word[word.lower()] = self.by_id[person.id]
        self._pattern = _any_of(self._by_word)

    def of(self, person: Person) -> str:
        """What a student is called."""
        return self.by_id[person.id]

    def hide(self, text: str) -> str:
        """A text that may hold a name, without it if the report is anonymous."""
        if not self.anonymous or not self._pattern:
            return text
        return self._pattern.sub(lambda match: self._by_word.get(match[0].lower(), "…"), text)


def _real(everybody: Mapping[str, Person]) -> dict[str, str]:
    """Names as they are; those who share one are told apart by their ids."""
    times = Counter(person.name for person in everybody.values())
    names = {}
    for id, person in everybody.items():
        if times[person.name] == 1:
            names[id] = person.name
        else:
            names[id] = f"{person.name} ({id})"
    return names


def _numbered(ids: Iterable[str], key: bytes) -> dict[str, str]:
    """A number for each student, in an order that nobody without the key can tell."""
    order = sorted(ids, key=lambda id: hmac.digest(key, _bytes(id), hashlib.sha256))
    return {id: f"student {number}" for number, id in enumerate(order, 1)}


def _words(person: Person) -> list[str]:
    """What a text that speaks of a student may call them: names and addresses, whole and in parts."""
    texts = [person.id, person.name, person.email, person.lms_user_id]
    words = list(texts)
    for text in texts:
        words += re.split(r"[\s,@._-]+", text)
    return [word for word in words if len(word) >= SHORTEST]


def _any_of(words: Iterable[str]) -> re.Pattern | None:
    """What finds each of these words where it stands alone, the longest first; None if there are none."""
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    if not alternatives:
        return None
    return re.compile(rf"(?<![^\W_])(?:{alternatives})(?![^\W_])", re.IGNORECASE)


def _bytes(id: str) -> bytes:
    return id.encode("utf-8", "surrogateescape")
