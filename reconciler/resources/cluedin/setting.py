"""A setting of CluedIn's organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from reconciler.resources.base import Desired, Resource
from reconciler.resources.cluedin.organization import LiveSetting, organization, settings
from reconciler.resources.cluedin.shared import advice, refuse
from reconciler.resources.objects import Live, Write
from reconciler.resources.rights import claim
from reconciler.resources.rules import Disruptive, Rule, Secret
from reconciler.systems.cluedin import CluedIn
from reconciler.systems.secrecy import named_secret

_UPDATE = """mutation updateConfigurationSettings($organizationId: ID!, $model: UpdateConfigurations!) {
  administration { id updateConfigurationSettings(organizationId: $organizationId, model: $model) {
    errors { groupName messages keys { key messages } } } } }"""

LOCKS_OUT = "every user loses access to all records until policies of access control give it back"
"""The vendor's documentation of access control, [B]: policies allow, and without one nothing is seen."""
SIGNS_IN = "changes how everybody signs in to CluedIn"


class SettingText(Rule):
    """Settings are text [B]: `True` is `true`, `007` is `7`. Quotes may belong to a value and are never taken off."""

    def canonical(self, value: Any) -> Any:
        """The one spelling of what means the same."""
        if isinstance(value, bool):
            return "true" if value else "false"
        text = str(value)
        bare = text.strip()
        if bare.lower() in ("true", "false"):
            return bare.lower()
        digits = bare.removeprefix("-")
        return str(int(bare)) if digits.isascii() and digits.isdigit() else text


class Setting(Resource):
    """Key is the setting's. It is always there: nobody makes or removes one, and to retire it sets it to its default.

    The value stands in the field that says what a change of it does besides; all of these are one value.
    """

    system = "cluedin"
    name = "setting"
    right = claim("Admin: Tenant Management")
    deletes = "retire"
    always_there = True
    undone_by = {"value": None, "access_control": None, "sign_on": None, "secret": None}
    batch = {"update": 100}

    class Fields:
        value: Annotated[str, SettingText()]
        access_control: Annotated[str, SettingText(), Disruptive(LOCKS_OUT)]
        sign_on: Annotated[str, SettingText(), Disruptive(SIGNS_IN)]
        secret: Annotated[str, Secret()]
        is_default: bool

    # -- reading -------------------------------------------------------------------------------------------

    def read(self, cluedin: CluedIn, wanted: Mapping[str, frozenset[str]]) -> Iterator[Live]:
        """Every setting in one answer, see `organization`; a secret that nobody tells of is there nevertheless."""
        found = settings(cluedin)
        for one in found.values():
            paths = wanted.get(one.key, frozenset())
            yield self._live(one, one.is_secret or ("secret" in paths and "value" not in paths))
        for key in wanted.keys() - found.keys():
            if named_secret(key) and not any(one.title for one in found.values()):
                yield self.live(key, key)

    def find(self, cluedin: CluedIn, id: str) -> Live | None:
        """By the same answer."""
        one = settings(cluedin).get(id)
        return self._live(one, one.is_secret) if one is not None else None

    def cost(self, rows: int, managed: int) -> int:
        """The organisation, the map, the models and the features."""
        return 4

    def _live(self, one: LiveSetting, is_secret: bool) -> Live:
        is_default = None
        if one.default is not None:
            text = SettingText()
            is_default = not one.is_set if one.is_secret else text.canonical(one.value) == text.canonical(one.default)
        value = None if is_secret else one.value
        unset = ("value", "access_control", "sign_on", "is_default") if is_default else ()
        return self.live(
            one.key,
            one.key,
            raw={"default": one.default},
            unset=unset,
            value=value,
            access_control=value,
            sign_on=value,
            is_default=is_default,
        )

    # -- writing -------------------------------------------------------------------------------------------

    def create(self, cluedin: CluedIn, write: Write) -> str | None:
        """No call makes a setting: a key that is not there is none."""
        raise refuse("setting", f"CluedIn has no setting {write.key}", advice(write.key, settings(cluedin)))

    def update_many(self, cluedin: CluedIn, writes: Sequence[Write]) -> None:
        """`updateConfigurationSettings`, all in one call [B]. What it refuses it tells in an answer of success [B];
        whether it writes the others then is not known [U], so that smaller calls follow."""
        items = [_item(write) for write in writes]
        variables = {"organizationId": organization(cluedin), "model": {"settings": items}}
        answer = cluedin.graphql(_UPDATE, variables, effect="set")
        told = answer["administration"]["updateConfigurationSettings"] or {}
        if errors := told.get("errors"):
            raise refuse("setting", f"CluedIn refused settings: {'; '.join(_sentences(errors))}")

    def update(self, cluedin: CluedIn, write: Write) -> None:
        """A batch of one."""
        self.update_many(cluedin, [write])

    def retire(self, cluedin: CluedIn, write: Write) -> None:
        """Back to the server's own default: `useDefault` [B]."""
        self.update_many(cluedin, [Write(write.address, write.key, {}, write.live, write.id_of)])

    def problems(self, desired: Desired) -> Iterable[str]:
        """A key is one word."""
        if not desired.key or any(letter.isspace() for letter in desired.key):
            yield f"the key of a setting has no blanks: {desired.key!r}"


def _item(write: Write) -> dict[str, Any]:
    """What is written of one setting: a value, or nothing but the server's default."""
    values = [value for name, value in write.values.items() if name != "is_default" and value is not None]
    default = write.live.raw["default"] if write.live is not None and write.live.raw else None
    if not values or str(values[0]) == default:
        return {"configurationKey": write.key, "value": "", "useDefault": True}
    switch = SettingText().canonical(values[0])
    text = switch if switch in ("true", "false") else str(values[0])
    return {"configurationKey": write.key, "value": text, "useDefault": False}


def _sentences(errors: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for group in errors:
        own = group.get("messages") or ()
        yield from (f"{group.get('groupName')}: {message}" for message in own)
        for one in group.get("keys") or ():
            yield f"{one.get('key')}: {' '.join(map(str, one.get('messages') or ('refused without a reason',)))}"
