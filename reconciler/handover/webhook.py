"""What a receiver of messages needs: the function that verifies them, in the language of the receiver."""

from __future__ import annotations

import hashlib
from importlib import resources

from reconciler import __version__

_FILES = {"node": ("verify.mjs",), "python": ("verify.py",), "function": ("verify.py", "function_app.py")}
_AS_TEXT = ".txt"
"""What files of Python are called here, as they are no part of this program."""
LANGUAGES = tuple(_FILES)


def receiver_files(language: str) -> dict[str, str]:
    """The files by name; the first line of each tells what made it and the digest of the rest."""
    found = {}
    for name in _FILES[language]:
        kept = name + _AS_TEXT if name.endswith(".py") else name
        text = (resources.files("reconciler.handover") / "files" / kept).read_text(encoding="utf-8")
        mark = "//" if name.endswith(".mjs") else "#"
        digest = hashlib.sha256(text.encode()).hexdigest()
        found[name] = f"{mark} reconciler {__version__}, handover webhook, sha256:{digest}\n{text}"
    return found
