#!/usr/bin/env bash
# azure-identity 1.27.0: DefaultAzureCredential(authority=…) does not hand the authority to workload identity.
# The chain's EnvironmentCredential asks the named cloud; its WorkloadIdentityCredential, with the same argument, asks
# login.microsoftonline.com; the variable AZURE_AUTHORITY_HOST reaches it.
# Nothing is sent: a transport notes the host and stops.
# Needs Python 3.9 or later.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check azure-identity==1.27.0 azure-core==1.41.0 msal==1.39.0

cat >finding.py <<'PYTHON'
import os
from urllib.parse import urlsplit

from azure.core.pipeline.transport import HttpTransport
from azure.identity import DefaultAzureCredential

CHINA = "login.chinacloudapi.cn"
TOKEN_FILE = "token"


class Notes(HttpTransport):
    """Notes which host is asked, and asks nobody."""

    def __init__(self):
        self.hosts = []

    def send(self, request, **kwargs):
        self.hosts.append(urlsplit(request.url).hostname)
        raise ConnectionError("nothing is sent")

    def open(self):
        pass

    def close(self):
        pass

    def __exit__(self, *args):
        pass


def asked(environment, way, **options):
    """The hosts that the chain asks for a token when it may use one way only."""
    for name in [name for name in os.environ if name.startswith("AZURE_")]:
        del os.environ[name]
    os.environ.update(AZURE_TENANT_ID="0" * 8 + "-0000-4000-8000-" + "0" * 12, AZURE_CLIENT_ID="1", **environment)
    ways = {"environment", "workload_identity", "managed_identity", "shared_token_cache", "visual_studio_code", "cli"}
    ways |= {"developer_cli", "powershell", "broker"}
    others = {f"exclude_{other}_credential": other != way for other in ways}
    notes = Notes()
    try:
        DefaultAzureCredential(transport=notes, **others, **options).get_token("https://purview.azure.net/.default")
    except Exception:  # no token can come of this
        pass
    return ", ".join(sorted(set(notes.hosts))) or "nobody"


open(TOKEN_FILE, "w").write("a token of the cluster")
secret = {"AZURE_CLIENT_SECRET": "x"}
federated = {"AZURE_FEDERATED_TOKEN_FILE": os.path.abspath(TOKEN_FILE)}
print("authority=, secret in the environment:", asked(secret, "environment", authority=CHINA))
print("authority=, workload identity:", asked(federated, "workload_identity", authority=CHINA))
print("AZURE_AUTHORITY_HOST, workload identity:", asked({**federated, "AZURE_AUTHORITY_HOST": CHINA}, "workload_identity"))
PYTHON
venv/bin/python finding.py >seen 2>/dev/null

cat >expected <<'TEXT'
authority=, secret in the environment: login.chinacloudapi.cn
authority=, workload identity: login.microsoftonline.com
AZURE_AUTHORITY_HOST, workload identity: login.chinacloudapi.cn
TEXT
echo "azure-identity 1.27.0 asks for tokens:"
cat seen
diff expected seen && echo "As found."
