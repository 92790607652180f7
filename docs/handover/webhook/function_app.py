# Made by `reconciler handover webhook` of this project in sandbox, digest b6534a3d05512cd1. Change the contract, not this file.
# An Azure Function that takes messages of `reconciler watch --deliver`; verify.py lies beside it.
#
# Application settings: WEBHOOK_SECRET, and WEBHOOK_SECRET_BEFORE while the secret is changed, both as references to Key
# Vault; SEEN_FILE, a file that outlives the function (a mounted share), or a table that does what SeenInFile does.
import json
import logging
import os

import azure.functions as func
from verify import SeenInFile, verify

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)  # the signature is what lets a message in


def handle(message):
    """What is to be done with one: told once, unless this fails."""
    logging.info("%s %s", message["type"], message["data"]["subject"])


@app.route(route="reconciler", methods=["HEAD", "POST"])
def reconciler(req: func.HttpRequest) -> func.HttpResponse:
    if req.method == "HEAD":
        return func.HttpResponse(status_code=200)
    if missing := [name for name in ("WEBHOOK_SECRET", "SEEN_FILE") if not os.environ.get(name)]:
        logging.error("no message is taken: %s is not set", " and ".join(missing))
        return func.HttpResponse(status_code=500)
    names = ("WEBHOOK_SECRET", "WEBHOOK_SECRET_BEFORE")
    secrets = [os.environ[name] for name in names if os.environ.get(name)]
    seen, raw = SeenInFile(os.environ["SEEN_FILE"]), req.get_body()
    state, id, status = verify(req.headers, raw, secrets, seen)
    if state != "valid":
        return func.HttpResponse(status_code=208 if state == "duplicate" else status)
    try:
        handle(json.loads(raw))
    except Exception:
        seen.release(id)
        raise
    seen.confirm(id)
    return func.HttpResponse(status_code=status)
