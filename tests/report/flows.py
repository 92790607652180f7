"""Lineage as the kinds want it: a file through CluedIn to a file, with names that try to break out."""

from __future__ import annotations

from typing import Any

from reconciler.resources import types
from reconciler.resources.base import Desired

FILE = "azure_datalake_gen2_path/https://contosolake.dfs.core.windows.net/raw/crm/contacts.csv"
EXPORTED = "azure_datalake_gen2_resource_set/https://contosolake.dfs.core.windows.net/mdm/exports/customers_{N}.parquet"
SET = "cluedin_dataset/cluedin.dataset.CRM.contacts.contacts"
CUSTOMER = "cluedin_entity/cluedin.entity.Customer"
PROVIDER = "cluedin_organization_provider/cluedin.provider.Lake.customers"
PLACEHOLDER = "cluedin_export_target/cluedin.target.customers"
INGEST = "cluedin_ingest_process/cluedin.ingest.CRM.contacts.contacts"
MAP = "cluedin_map_process/cluedin.map.CRM.contacts.contacts"
EXPORT = "cluedin_export/cluedin.export.customers"
HOSTILE = 'x"]; end; click a "javascript:alert(1)"\n%% `**b**` <img src=x onerror=alert(1)> &amp; #35; --> ${{ x }}'


def entity(key: str, name: str, *, needs: tuple[str, ...] = (), **values: Any) -> Desired:
    """One entity of ours."""
    return types()["purview.entity"].desired(key, needs=needs, **{"name": name, **values})


def process(key: str, name: str, inputs: list[str], outputs: list[str]) -> Desired:
    """A process, needing what flows."""
    needs = tuple(f"purview.{'asset' if one.startswith('azure') else 'entity'}:{one}" for one in (*inputs, *outputs))
    return entity(key, name, needs=needs, inputs=inputs, outputs=outputs)


def asset(key: str) -> Desired:
    """A file that a scanner found."""
    return types()["purview.asset"].desired(key, mode="refer")


def wishes(*, scanned: bool = False, name: str = "contacts") -> dict[str, Desired]:
    """File → ingest → data set → map → entity type → export → provider and file, or its placeholder."""
    target = EXPORTED if scanned else PLACEHOLDER
    found = [
        asset(FILE),
        entity(SET, name),
        entity(CUSTOMER, "Customer"),
        entity(f"{CUSTOMER}#customer.email", "customer.email", table=CUSTOMER),
        entity(PROVIDER, "customers"),
        asset(EXPORTED) if scanned else entity(PLACEHOLDER, "customers"),
        process(INGEST, "Ingest Data", [FILE], [SET]),
        process(MAP, "Map to Entity", [SET], [CUSTOMER]),
        process(EXPORT, "customers", [CUSTOMER], [PROVIDER, target]),
    ]
    return {want.address: want for want in found}


def many(count: int) -> dict[str, Desired]:
    """So many files, each through its own data set into one entity type: 4 nodes and 4 edges each."""
    found = [entity(CUSTOMER, "Customer")]
    for number in range(count):
        file, one = f"azure_datalake_gen2_path/https://l.dfs.core.windows.net/raw/{number}.csv", f"{SET}{number}"
        found += [asset(file), entity(one, f"set {number}")]
        found.append(process(f"{INGEST}{number}", "Ingest Data", [file], [one]))
        found.append(process(f"{MAP}{number}", "Map to Entity", [one], [CUSTOMER]))
    return {want.address: want for want in found}
