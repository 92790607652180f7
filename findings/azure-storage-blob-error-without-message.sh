#!/usr/bin/env bash
# azure-storage-blob 12.31.1 (azure-core 1.41.0): an error whose XML body has a Code and no Message, or an empty one, is
# raised as a TypeError.
# `except HttpResponseError`, and with it ResourceNotFoundError, which every caller of the library waits for, does not
# catch it: a blob that is not there ends the program. With any text in Message it is a ResourceNotFoundError.
# Storage's documentation calls both members of the body; gateways and other servers of the protocol send less.
# Needs Python 3.11 or later.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check azure-storage-blob==12.31.1 azure-core==1.41.0

cat >finding.py <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient

BODIES = {
    "no Message": b"<?xml version='1.0'?><Error><Code>BlobNotFound</Code></Error>",
    "an empty Message": b"<?xml version='1.0'?><Error><Code>BlobNotFound</Code><Message></Message></Error>",
    "a Message": b"<?xml version='1.0'?><Error><Code>BlobNotFound</Code><Message>Not here.</Message></Error>",
}
body = b""


class Storage(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


server = HTTPServer(("127.0.0.1", 0), Storage)
threading.Thread(target=server.serve_forever, daemon=True).start()
for name, body in BODIES.items():
    blob = BlobClient(f"http://127.0.0.1:{server.server_port}/account", "container", "blob", credential=None)
    try:
        blob.download_blob()
    except HttpResponseError as error:
        print(f"{name}: {type(error).__name__}")
    except Exception as error:
        print(f"{name}: {type(error).__name__}, which is no HttpResponseError")
PY
venv/bin/python finding.py >seen

cat >expected <<'TEXT'
no Message: TypeError, which is no HttpResponseError
an empty Message: TypeError, which is no HttpResponseError
a Message: ResourceNotFoundError
TEXT
echo "azure-storage-blob 12.31.1, a 404 whose XML has"
cat seen
diff expected seen && echo "As found."
