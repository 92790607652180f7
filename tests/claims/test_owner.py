"""Who claims: repositories are told apart by their remotes, and without one by machine and folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.claims.owner import address_of, owner_of
from reconciler.ledger import Header, Ledger

from ..support_git import git, repository


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/acme/mdm", "github.com/acme/mdm"),
        ("https://GitHub.com/acme/mdm.git/", "github.com/acme/mdm"),
        ("https://ada:secret@github.com/acme/mdm.git", "github.com/acme/mdm"),
        ("https://secret@github.com:8443/acme/mdm", "github.com/acme/mdm"),
        ("git@github.com:acme/mdm.git", "github.com/acme/mdm"),
        ("ssh://git@github.com:22/acme/mdm.git", "github.com/acme/mdm"),
        ("https://acme@dev.azure.com/acme/p/_git/mdm", "dev.azure.com/acme/p/_git/mdm"),
        ("/srv/git/mdm.git", ""),
        ("file:///srv/git/mdm.git", ""),
        ("C:/git/mdm", ""),
        ("../mdm", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_remote_has_no_credentials(remote: str, address: str) -> None:
    assert address_of(remote) == address


def ledger() -> Ledger:
    return Ledger(Header.new("prod"))


def test_a_ledger_is_told_by_its_salt_and_does_not_tell_it(tmp_path: Path) -> None:
    one, two = ledger(), ledger()
    assert owner_of(tmp_path, "prod", one) == owner_of(tmp_path, "prod", one)
    assert owner_of(tmp_path, "prod", one).ledger != owner_of(tmp_path, "prod", two).ledger
    assert one.header.salt not in str(owner_of(tmp_path, "prod", one)).replace("-", "")


def test_folders_of_one_name_are_two_projects(tmp_path: Path) -> None:
    for name in ("a/mdm", "b/mdm"):
        (tmp_path / name).mkdir(parents=True)
    one, two = (owner_of(tmp_path / name, "prod", ledger()) for name in ("a/mdm", "b/mdm"))
    assert one.repository == two.repository == "mdm"
    assert not one.is_one_with(two)
    assert str(tmp_path) not in str(one)
    assert one.is_one_with(owner_of(tmp_path / "a/mdm", "prod", ledger()))
    assert not one.is_one_with(owner_of(tmp_path / "a/mdm", "test", ledger()))


def test_two_folders_of_one_repository_are_two_projects(tmp_path: Path) -> None:
    repository(tmp_path)
    git(tmp_path, "remote", "add", "upstream", "https://github.com/acme/mdm")
    for name in ("sales", "supply"):
        (tmp_path / name).mkdir()
    one, two = (owner_of(tmp_path / name, "prod", ledger(), "upstream") for name in ("sales", "supply"))
    assert (one.repository, two.repository) == ("github.com/acme/mdm/sales", "github.com/acme/mdm/supply")
    assert not one.is_one_with(two)
