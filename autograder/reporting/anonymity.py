"""What students are called on a page that a whole class is told of on."""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable

from autograder.gradebook.results import Person

SHORTEST = 3  # characters of a name that is looked for in other texts; shorter ones are words of every text


class Names:
    """Names of people as they are, or without any of them.

    Args:
        people: the whole class.
        key: in an anonymous report, what decides who gets which number: it is the same in each report of a course,
            and nobody without the key can tell who it is.
    """

    def __init__(self, people: Iterable[Person], key: bytes | None = None):
        everybody = {person.id: person for person in people}
        self.anonymous = key is not None
        if key is None:
            same = Counter(person.name for person in everybody.values())
            self.names = {
                p.id: p.name if same[p.name] == 1 else f"{p.name} ({p.id})" for p in everybody.values()
            }
        else:
            order = sorted(everybody, key=lambda id: hmac.digest(key, _bytes(id), hashlib.sha256))
            self.names = {id: f"student {number}" for number, id in enumerate(order, 1)}
        self._words = {word.lower(): self.names[p.id] for p in everybody.values() for word in _words(p)}
        found = "|".join(re.escape(word) for word in sorted(self._words, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![^\W_])(?:{found})(?![^\W_])", re.IGNORECASE) if found else None

    def of(self, person: Person) -> str:
        return self.names[person.id]

    def hide(self, text: str) -> str:
        """A text that may hold a name, without it if the report is anonymous."""
        if not self.anonymous or not self._pattern:
            return text
        return self._pattern.sub(lambda found: self._words.get(found[0].lower(), "…"), text)


def _words(person: Person) -> list[str]:
    whole = [person.id, person.name, person.email, person.lms_user_id]
    parts = [part for text in whole for part in re.split(r"[\s,@._-]+", text)]
    return [word for word in (*whole, *parts) if len(word) >= SHORTEST]


def _bytes(id: str) -> bytes:
    return id.encode("utf-8", "surrogateescape")
