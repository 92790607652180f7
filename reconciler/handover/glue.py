"""A job of AWS Glue for each contract."""

from __future__ import annotations

from reconciler.handover.clouds import target

TARGET = target("glue")
