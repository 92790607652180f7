"""Questions about CluedIn's catalogue and connectors, asked of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.questions import Question, ask
from reconciler.questions.catalogue import Connectors, KeyAt, LiveKey, VocabularyAt
from reconciler.systems.cluedin import CluedIn
from reconciler_sandbox.server import running
from tests.resources.cluedin_support import Desk, connect


@pytest.fixture(scope="module")
def cluedin() -> Iterator[CluedIn]:
    """The demo catalogue, with a vocabulary whose prefix begins with another's."""
    with running(seed="demo") as sandbox:
        made = connect(sandbox)
        Desk(made, "vocabulary").create("product.web", name="Web shop", entity_type="/Product")
        for name in ("sku", "sizes.eu"):
            Desk(made, "vocabulary_key").create(f"product.web.{name}", vocabulary="product.web", data_type="Text")
        yield made


def answers(cluedin: CluedIn, *questions: Question) -> list[tuple[Any, ...] | None]:
    found = ask(questions, {"cluedin": cluedin.fresh()})
    assert found.failures == {}
    return [found.of(one) for one in questions]


def test_a_vocabulary_by_its_prefix_without_regard_to_case(cluedin: CluedIn) -> None:
    [[found], [folded], nothing] = answers(
        cluedin, VocabularyAt("product"), VocabularyAt("PRODUCT"), VocabularyAt("prod")
    )
    assert (found.prefix, found.name, found.entity_type) == ("product", "Product", "/Product")
    assert folded == found
    assert nothing == ()


def test_its_keys_with_hidden_and_obsolete_ones(cluedin: CluedIn) -> None:
    [[found]] = answers(cluedin, VocabularyAt("product"))
    keys = {key.key: key for key in found.keys}
    assert sorted(keys) == [
        "product.code", "product.contactEmail", "product.internalNote", "product.launchedAt", "product.name",
        "product.price", "product.sku",
    ]  # fmt: skip
    assert keys["product.code"] == LiveKey("product.code", "Code (old)", "Text", True, "product.sku")
    assert keys["product.price"].data_type == "Money"


def test_keys_of_a_longer_prefix_are_not_taken_for_its_own(cluedin: CluedIn) -> None:
    [[short], [long]] = answers(cluedin, VocabularyAt("product"), VocabularyAt("product.web"))
    assert {key.key for key in long.keys} == {"product.web.sku", "product.web.sizes.eu"}
    assert not {key.key for key in short.keys} & {key.key for key in long.keys}


@pytest.mark.parametrize(
    ("key", "there"),
    [
        ("product.sku", True),
        ("product.web.sku", True),
        ("product.web.sizes.eu", True),
        ("product.SKU", False),
        ("product.web", False),
        ("nowhere.key", False),
        ("nokey", False),
    ],
)
def test_a_key_by_its_full_name(cluedin: CluedIn, key: str, there: bool) -> None:
    [rows] = answers(cluedin, KeyAt(key))
    assert [row.key for row in rows or ()] == ([key] if there else [])


def test_connectors_with_their_forms(cluedin: CluedIn) -> None:
    [rows] = answers(cluedin, Connectors())
    assert rows is not None
    lake = next(row for row in rows if "DataLake" in row.name)
    account = lake.option("AccountName")
    assert account is not None
    assert account.required
    assert lake.modes
    secret = lake.option("AccountKey")
    assert secret is not None
    assert secret.type == "password"
    formats = lake.option("OutputFormat")
    assert formats is not None
    assert "parquet" in formats.choices
    assert lake.option("NoSuchOption") is None


def test_equal_questions_are_asked_once(cluedin: CluedIn) -> None:
    before = cluedin.counts.requests
    answers(cluedin, VocabularyAt("product"), VocabularyAt("product"))
    once = cluedin.counts.requests - before
    answers(cluedin, VocabularyAt("product"))
    assert cluedin.counts.requests - before == 2 * once
