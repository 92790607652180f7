"""Receivers of our signed messages: the function that verifies them and keeps replays out, and a server around it.

The signature is that of the Standard Webhooks specification 1.0 [A]. A receiver judges the bytes as they came, claims
an id once its signature holds, and gives it back where the handling fails, so that the sender's next try counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.handover.base import Asked, Files, Subject, Target, literal, made_by, no_export, template

_FILES = {
    "python": ("verify.py", "receiver.py"),
    "node": ("verify.mjs", "receiver.mjs"),
    "function": ("verify.py", "function_app.py"),
}
LANGUAGES = tuple(_FILES)
_SUBJECTS = "@SUBJECTS@"


def receiver_files(language: str, head: str = "", own: str = "", subjects: Sequence[str] = ()) -> dict[str, str]:
    """The files of a language by name, without a contract for messages about anything.

    `head` is the first line of a receiver, `own` that of what is the same for all contracts.
    """
    found = {}
    for name in _FILES[language]:
        text = template(f"{name}.txt")
        first = head if _SUBJECTS in text else own
        mark = "//" if name.endswith(".mjs") else "#"
        told = text.replace(_SUBJECTS, literal(list(subjects)))
        found[name] = f"{mark} {first}\n{told}" if first else told
    return found


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:
    head = made_by("webhook", asked.environment_name, *(one.name for one in subjects))
    own = made_by("webhook", asked.environment_name)
    about = [address for one in subjects for address in _addresses(one)]
    found: Files = {}
    for language in asked.languages or LANGUAGES:
        found |= receiver_files(language, head, own, about)
    return found


def _addresses(subject: Subject) -> tuple[str, str]:
    """What messages about a contract are about, by the addresses of plans."""
    return (
        f"cluedin.stream:{subject.contract.stream_key}",
        f"cluedin.export_target:{subject.contract.target_key}",
    )


TARGET = Target("webhook", "a receiver of messages", no_export, _files, always=True)
