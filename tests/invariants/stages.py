"""Documents among others, on which it is told what their fields do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from . import documents as d
from .documents import but
from .fields import Data, Examples, SpecField
from .values import EXAMPLES, WITH_NOTHING_BESIDE, WRONG, WRONG_AGAIN


@dataclass(frozen=True)
class Stage:
    """A document of a kind among others."""

    kind: str
    spec: Data
    others: Data = field(default_factory=dict)
    """The specs of the other documents, by `Kind` or `Kind/name`."""
    about: str = ""
    """What it has that the first stage of the kind has not."""
    only: tuple[str, ...] = ("",)
    """The beginnings of the paths of the fields that are told on it."""
    not_here: tuple[str, ...] = ()
    """Fields that cannot stand on it."""
    examples: Examples = EXAMPLES
    atlas: bool = False

    def tells(self, field: SpecField) -> bool:
        """Whether a field is told on it."""
        return self.kind == field.kind and field.path.startswith(self.only) and field.path not in self.not_here


_LABELS: Data = {"LabelMap": d.LABELS}
_CUSTOMER: Data = {**_LABELS, "GlossaryMapping": d.CUSTOMER}
_TARGETS: Data = {
    **_CUSTOMER,
    "ExportContract": d.CONTRACT,
    "ExportContract/second": d.SECOND,
    "ExportContract/database": d.TO_A_DATABASE,
}
_RULES: Data = {**_CUSTOMER, "Rule/second": d.SECOND_RULE, "Rule/third": d.SECOND_RULE}
_POLICIES: Data = {**_CUSTOMER, "MaskingPolicy/second": d.SECOND_POLICY, "MaskingPolicy/third": d.SECOND_POLICY}
_AS_IN_THE_COOKBOOK = ("target", "target.entity", "options", "options.sample")
_NOT_OF_AGENTS = (*_AS_IN_THE_COOKBOOK, "allow_auto_approved", "instructions.file", "jobs[].prompt.file")
_OF_FILES = tuple(
    f"delivery.{name}" for name in ("path", "schedule", "overwrite", "partition_by", "compression", "pur")
)
_SECRETS_IN_A_VAULT = tuple(f"secrets{{}}.{name}" for name in ("vault", "secret"))
_VAULT = tuple(f"delivery.target.secrets{{}}.{name}" for name in ("vault", "secret"))


_RULE = ("source", "select", "into", "naming", "defaults", "allow_native", "removed")
_OF_TERMS = (
    *(f"select.{name}" for name in ("attribute", "term", "template", "assigned")),
    *("into.vocabularies", "into.glossary_category", "naming.key", "naming.vocabulary", "naming.vocabulary_prefix"),
    *("naming.entity_type_prefix", "defaults", "defaults.data_type", "defaults.group", "defaults.condition"),
    *("defaults.condition.entity_type", "defaults.condition.key", "defaults.condition.exists"),
)
_OF_VOCABULARIES = (
    *(f"select.{name}" for name in ("vocabulary", "key_prefix", "entity_type", "core", "provider", "active")),
    *("select.obsolete_keys", "select.visible_only", "into.glossary", "into.root", "into.status", "into.template"),
    *("naming.term", "naming.child"),
)
"""What a rule says of the other source alone."""


_BY_REFERENCE = ("env", "vault", "secret", "version")
_NOT_OF_RECORDS = (
    *("for", "secret", "previous", "event_hub", "event_hub.name", "event_hub.connection_string"),
    *(f"{at}.{name}" for at in ("url", "secret", "previous", "event_hub.connection_string") for name in _BY_REFERENCE),
    *("authorization.vault", "authorization.secret"),
)
"""Fields of webhooks that are no fields of those of records, or stand on stages of their own."""
_OF_WATCH = ("events", "url", "secret", "previous", "for", "via", "name")
_VAULT_OF_WATCH = tuple(f"{at}.{name}" for at in ("secret", "previous") for name in ("vault", "secret"))
_NOT_OF_WATCH = (*(f"url.{name}" for name in _BY_REFERENCE), *_VAULT_OF_WATCH)


_TAGS: Data = {**_CUSTOMER, "CustomType": d.TYPES_OF_TAGS}
_OF_ROWS = ("from", *(f"from.{name}" for name in ("file", "map", "complete", "scope", "expect")),
            "from.expect.min_rows", "from.expect.max_shrink_percent")  # fmt: skip
"""Fields of assets that a file tells of."""


def _wrong(stage: Stage, examples: Examples, about: str) -> Stage:
    """The stage of a kind with wrong values."""
    paths = (name.partition(" ") for name in examples.values)
    return replace(
        stage, about=about, only=tuple(path for kind, _, path in paths if kind == stage.kind), examples=examples
    )


_FIRST = (
    Stage("LabelMap", d.LABELS, {"GlossaryMapping": d.CUSTOMER, "DataSourceLink": d.CONTACTS}),
    Stage("GlossaryMapping", d.CUSTOMER, _LABELS),
    Stage("DataSourceLink", d.CONTACTS, _CUSTOMER),
    Stage("ExportContract", d.CONTRACT, _CUSTOMER, not_here=_VAULT),
    Stage("Stream", d.PEOPLE, _TARGETS),
    Stage("Crawler", d.CRAWLER, _CUSTOMER, not_here=(*_SECRETS_IN_A_VAULT, "config{}.file")),
    Stage("Enricher", d.ENRICHER, _CUSTOMER, not_here=_SECRETS_IN_A_VAULT),
    Stage("Setting", d.SETTINGS, not_here=_SECRETS_IN_A_VAULT),
    Stage("Rule", d.RULE_OF_CLUEDIN, _RULES),
    Stage("CleanProject", d.CLEANING, _CUSTOMER),
    Stage("Deduplication", d.COMPARED, _CUSTOMER),
    Stage("Webhook", d.RECORDS, _CUSTOMER, not_here=_NOT_OF_RECORDS),
    Stage("MaskingPolicy", d.MASKING, _POLICIES, not_here=("keys", "vocabulary")),
    Stage("AiAgent", d.AGENT, _CUSTOMER, not_here=_NOT_OF_AGENTS),
    Stage("CustomType", d.TYPES, not_here=("typedefs.file",)),
    Stage("Asset", d.TAGS, _TAGS, not_here=_OF_ROWS),
)
STAGES = (
    *_FIRST,
    *(_wrong(stage, WRONG, "a wrong value") for stage in _FIRST),
    *(_wrong(stage, WRONG_AGAIN, "another wrong value") for stage in _FIRST),
    Stage(
        "ExportContract",
        d.CONTRACT,
        {**_CUSTOMER, "ExportContract/second": d.SECOND},
        "another contract",
        ("columns[].references.",),
    ),
    Stage("LabelMap", d.LABELS, {"GlossaryMapping": d.UNKNOWN_LABEL}, "a label that no map knows", ("on_unmapped",)),
    Stage(
        "LabelMap",
        d.LABELS,
        {"GlossaryMapping": d.CUSTOMER, "ExportContract": d.SCANNED},
        "a scanned column",
        ("labels{}.detected_by", "on_detected"),
    ),
    Stage("GlossaryMapping", d.DESCRIBED, _LABELS, "descriptions in CluedIn", ("term.", "terms[].")),
    Stage("GlossaryMapping", d.DESCRIBED_TERM, _LABELS, "definitions", ("cluedin_glossary.descriptions",)),
    Stage("GlossaryMapping", d.ABOUT_A_KEY, _LABELS, "a condition on a key", ("cluedin_glossary.condition.",)),
    Stage("GlossaryMapping", d.ABOUT_A_TYPE, _LABELS, "a condition on a type", ("cluedin_glossary.condition.entity",)),
    Stage(
        "GlossaryMapping", d.WITHOUT_KEY, _LABELS, "an item without a key", ("terms[].",), examples=WITH_NOTHING_BESIDE
    ),
    Stage("GlossaryMapping", d.WITHOUT_TERM, _LABELS, "an item without a term", ("terms[].",)),
    Stage("GlossaryMapping", d.IN_ATLAS, _LABELS, "Apache Atlas", ("term.", "terms[]."), atlas=True),
    Stage("GlossaryMapping", d.OF_TERMS, {}, "a rule that reads terms", _RULE, not_here=_OF_VOCABULARIES),
    Stage("GlossaryMapping", d.OF_TERMS_ALONE, {}, "a rule with a condition on a key", ("defaults.condition.",)),
    Stage("GlossaryMapping", d.OF_VOCABULARIES, {}, "a rule that reads vocabularies", _RULE, not_here=_OF_TERMS),
    Stage("DataSourceLink", d.NOT_MAPPED, _CUSTOMER, "no mapping", ("asset",)),
    Stage("DataSourceLink", d.OF_TWO_TYPES, _CUSTOMER, "an asset of two types", ("asset.",)),
    Stage("DataSourceLink", d.NOT_FOUND, _CUSTOMER, "an asset that no scan found", ("asset.",)),
    Stage("DataSourceLink", d.BY_NAME, _CUSTOMER, "keys by name", ("map.vocabulary", "map.auto")),
    Stage("DataSourceLink", d.BY_TERM, _CUSTOMER, "a rule", ("select",)),
    Stage("ExportContract", d.COOKBOOK, _CUSTOMER, "as in the cookbook", ("type", "schedule", "options")),
    Stage("ExportContract", d.SECRET_IN_A_VAULT, _CUSTOMER, "a secret in a vault", _VAULT),
    Stage("ExportContract", d.INTO_DATAVERSE, _CUSTOMER, "a table of Dataverse", ("dataverse",)),
    Stage("ExportContract", d.AS_JSON, _CUSTOMER, "as JSON", ("delivery.mode",)),
    Stage("ExportContract", d.OTHER_CONNECTOR, _CUSTOMER, "another connector", ("delivery.target.provider",)),
    Stage("ExportContract", d.TARGET_THERE, _CUSTOMER, "a target that is there", ("delivery.target.manage",)),
    Stage("ExportContract", d.SCANNED, _CUSTOMER, "a scanned file", ("delivery.asset",)),
    Stage("ExportContract", d.DATABASE, _CUSTOMER, "into a database", _OF_FILES),
    Stage("Crawler", d.CRAWLER_IN_A_VAULT, _CUSTOMER, "a secret in a vault", _SECRETS_IN_A_VAULT),
    Stage("Enricher", d.ENRICHER_IN_A_VAULT, _CUSTOMER, "a secret in a vault", _SECRETS_IN_A_VAULT),
    Stage("Enricher", d.OLD_ENRICHER, _CUSTOMER, "its first version", ("config",)),
    Stage("Setting", d.SETTINGS_IN_A_VAULT, {}, "a secret in a vault", _SECRETS_IN_A_VAULT),
    Stage("Rule", d.SECOND_RULE, _CUSTOMER, "no order", ("scope", "active", "reprocess", "on_remove")),
    Stage("Webhook", d.RECORDS_BY_REFERENCE, _CUSTOMER, "an address by reference", ("url.env", "url.version")),
    Stage(
        "Webhook",
        d.RECORDS_IN_A_VAULT,
        _CUSTOMER,
        "secrets in a vault",
        ("url.vault", "url.secret", "authorization.vault", "authorization.secret"),
    ),
    Stage("Webhook", d.WATCHED_TWICE, _TARGETS, "what watch delivers", _OF_WATCH, not_here=_NOT_OF_WATCH),
    Stage("Webhook", d.WATCHED_IN_A_VAULT, _TARGETS, "what watch delivers, with a vault", _VAULT_OF_WATCH),
    Stage(
        "Webhook",
        d.WORKFLOWS,
        {},
        "workflows",
        ("events", "event_hub"),
        not_here=("event_hub.connection_string.vault", "event_hub.connection_string.secret"),
    ),
    Stage(
        "Webhook",
        d.WORKFLOWS_IN_A_VAULT,
        {},
        "workflows, with a vault",
        ("event_hub.connection_string.vault", "event_hub.connection_string.secret"),
    ),
    Stage("MaskingPolicy", d.MASKED_KEYS, _POLICIES, "keys", ("keys",)),
    Stage("MaskingPolicy", d.MASKED_VOCABULARY, _POLICIES, "a vocabulary", ("vocabulary",)),
    Stage("MaskingPolicy", d.ALLOWED, _POLICIES, "no mask", ("actions", "effect", "members")),
    Stage("MaskingPolicy", d.SECOND_POLICY, _CUSTOMER, "alone", ("active", "on_remove", "also_view", "effect")),
    Stage("MaskingPolicy", d.MASKED_LAST, _POLICIES, "no other place", ("order",)),
    Stage("AiAgent", d.AGENT_AS_IN_THE_COOKBOOK, _CUSTOMER, "as in the cookbook", _AS_IN_THE_COOKBOOK),
    Stage("AiAgent", d.ANALYST, _CUSTOMER, "an analysis", ("mode", "model")),
    Stage("AiAgent", d.AGENT_WITH_LABELS, _CUSTOMER, "a labelled key", ("allow_labels", "prompt_logging")),
    Stage("AiAgent", d.AGENT_WITH_DUPLICATES, _CUSTOMER, "duplicates", ("allow_auto_approved",)),
    Stage("AiAgent", d.AGENT_OF_FILES, _CUSTOMER, "files", ("instructions.file", "jobs[].prompt.file")),
    Stage(
        "CustomType",
        d.TYPES_APART,
        {},
        "types apart",
        (
            *("enums[].name", "entities[].name", "classifications[].name", "relationships[].category"),
            *("relationships[].container", "relationships[].part"),
        ),
    ),
    Stage("Asset", d.TAGS_OF_A_FILE, _TAGS, "a file", (*_OF_ROWS, "removed")),
    Stage("CustomType", d.TYPES_OF_A_FILE, {}, "definitions of a file", ("typedefs.file",)),
    Stage("Stream", but(d.PEOPLE, where=None), _TARGETS, "no other condition", ("condition",)),
)
