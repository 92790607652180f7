"""A job of Google Cloud for each contract."""

from __future__ import annotations

from reconciler.handover.clouds import target

TARGET = target("gcp")
