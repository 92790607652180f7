"""What is live and no kind of manifest holds by itself: said once, with what would hold it."""

from __future__ import annotations

from reconciler.environment.patterns import holds
from reconciler.kinds.pulling import Estate
from reconciler.questions.catalogue import Connectors
from reconciler.resources.cluedin.outbound import may_be_composed
from reconciler.resources.keys import unquote


def leave_others(estate: Estate) -> None:
    """Says which targets, categories and sources stand in no manifest, once all rooms have said what they found."""
    limits = estate.limits
    if not estate.has("cluedin"):
        return
    if limits.takes("ExportContract", "cluedin.export_target"):
        _leave_targets(estate)
    if limits.takes("GlossaryMapping", "cluedin.glossary_term"):
        _leave_categories(estate)
    if limits.takes("DataSourceLink", "cluedin.data_source", "cluedin.data_source_group"):
        _leave_sources(estate)


def _leave_targets(estate: Estate) -> None:
    """Crawlers, enrichers and data sources are configured alike: their connectors have no modes of streams [B]."""
    modes = {row.name: row.modes for row in estate.rows(Connectors())}
    for key in estate.new("cluedin.export_target"):
        provider, _, target = key.partition("/")
        if not modes.get(unquote(provider), True):
            continue
        if may_be_composed(unquote(provider), unquote(target)):
            estate.leave("the name of an export target may hold a secret", f"cluedin.export_target:{provider}/…")
            continue
        why = "an export target is made by an ExportContract: write one, or name the target in a Stream"
        estate.leave(why, f"cluedin.export_target:{key}")


def _leave_categories(estate: Estate) -> None:
    ours = estate.world.environment.scope.cluedin.categories
    used = {live.fields.get("category") for live in estate.live("cluedin.glossary_term").values()}
    for key in estate.new("cluedin.glossary_category"):
        if key not in used and holds(ours, key):
            estate.leave("a category is made for the terms of a concept", f"cluedin.glossary_category:{key}")


def _leave_sources(estate: Estate) -> None:
    """Groups without a source and sources without a set: what has sets is said of those, or written with them."""
    why = "a data source is made for a data set, and has none"
    sources = estate.live("cluedin.data_source")
    for key, live in sources.items():
        if (live.raw or {}).get("dataSets") == [] and not estate.is_wanted("cluedin.data_source", key):
            estate.leave(why, f"cluedin.data_source:{key}")
    filled = {key.partition("/")[0] for key in sources}
    for key in estate.new("cluedin.data_source_group"):
        if key not in filled:
            estate.leave(why, f"cluedin.data_source_group:{key}")
