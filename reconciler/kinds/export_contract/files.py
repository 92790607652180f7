"""Where the files of an export end up: the address of the lake, and of one file in it."""

from __future__ import annotations

from reconciler.kinds.export_contract.delivery import LAKE_HOST, file_pattern, folder_of, sample_file
from reconciler.kinds.export_contract.scene import Contract


def sample_path(contract: Contract) -> str:
    """The whole address of one file of the export; empty when it writes no scheduled files into an Azure lake."""
    pattern, lake = file_pattern(contract.form, contract.delivery), contract.location
    if contract.form.family != "lake" or not pattern or not lake.account:
        return ""
    name = sample_file(pattern, contract.name, contract.form.format)
    folder = folder_of(contract.delivery.path)
    return f"{lake_address(contract)}/{folder}/{name}" if folder else f"{lake_address(contract)}/{name}"


def lake_address(contract: Contract) -> str:
    """The address of the lake's container."""
    return f"https://{contract.location.account}{LAKE_HOST}/{contract.location.container}"
