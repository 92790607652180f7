"""Runs inside the environment of the published library: signs a message as a sender would, and prints the signature."""

import sys
from datetime import UTC, datetime

from standardwebhooks import Webhook

secret, id, moment, body = sys.argv[1:]
print(Webhook(secret).sign(id, datetime.fromtimestamp(int(moment), UTC), body))
