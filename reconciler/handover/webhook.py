"""Receivers of our signed messages, in the languages that people run them in: they verify, and take each once.

The signature is that of the Standard Webhooks specification 1.0 [A]: `v1,` and the base64 of HMAC-SHA256 over
`id.timestamp.body`, several with a blank between them. A receiver judges the bytes as they came, claims an id once its
signature holds, and gives it back where the handling fails, so that the sender's next try is not swallowed.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.handover.base import Asked, Files, Subject, Target, filled, literal, made_by, no_export

LANGUAGES = {"python": ("webhook.py.txt", "receiver.py"), "node": ("webhook.mjs.txt", "receiver.mjs")}
"""Template and file of each."""


def _files(subjects: Sequence[Subject], asked: Asked) -> Files:
    head = made_by("webhook", subjects[0].environment_name, *(one.name for one in subjects))
    told = literal([address for one in subjects for address in _addresses(one)])
    chosen = [LANGUAGES[language] for language in asked.languages or LANGUAGES]
    return {name: filled(template, HEAD=head, SUBJECTS=told) for template, name in chosen}


def _addresses(subject: Subject) -> tuple[str, str]:
    """What messages about a contract are about, by the addresses of plans."""
    return (
        f"cluedin.stream:{subject.contract.stream_key}",
        f"cluedin.export_target:{subject.contract.target_key}",
    )


TARGET = Target("webhook", "a receiver of messages", no_export, _files)
