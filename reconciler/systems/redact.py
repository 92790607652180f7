"""Keeps secret values out of everything that is shown."""

from __future__ import annotations

import threading
from typing import Any

MASK = "(sensitive value)"
_SHORTEST = 8


class Redactor:
    """Replaces every known secret value of eight characters or more, longest first.

    Shorter values are not replaced by value, as they would blot out ordinary words; the field rules keep them
    out of plans and reports already.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: tuple[str, ...] = ()

    def add(self, value: str) -> None:
        """Makes a value unspeakable from now on."""
        if len(value) < _SHORTEST:
            return
        with self._lock:
            self._values = tuple(sorted({*self._values, value}, key=lambda v: (-len(v), v)))

    def clean(self, text: str) -> str:
        """The text without any known secret value."""
        for value in self._values:
            if value in text:
                text = text.replace(value, MASK)
        return text

    def clean_all(self, value: Any) -> Any:
        """The same plain data with every text in it cleaned: before a format escapes what it shows."""
        if not self._values:
            return value
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {key: self.clean_all(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean_all(item) for item in value]
        return value


SECRETS = Redactor()
"""The one redactor of the process: secrets are resolved in one place and shown in none."""
