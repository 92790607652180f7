"""Runs inside an environment with the clouds' own libraries: one job, with what it pushed, as JSON.

AWS is moto's; of Google the messages are the real ones, and only the wire is missing.
"""

import contextlib
import json
import os
import runpy
import sys

cloud, script, *arguments = sys.argv[1:]
secrets = json.loads(os.environ.pop("SECRETS_OF_THE_CLOUD"))
sys.argv = [script, *arguments]


def run():
    """The exit code of the job."""
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as left:
        return left.code or 0


def on_aws():
    """The job with moto's Secrets Manager and CloudWatch."""
    import boto3
    from moto import mock_aws

    with mock_aws():
        for name, value in secrets.items():
            boto3.client("secretsmanager").create_secret(Name=f"mdm/{name}", SecretString=value)
        code = run()
        rows = boto3.client("cloudwatch").list_metrics(Namespace="CluedIn/Exports")["Metrics"]
        return code, sorted(one["MetricName"] for one in rows), rows[0]["Dimensions"] if rows else []


def on_google():
    """The job with Google's messages."""
    from google.cloud import monitoring_v3, secretmanager

    pushed = []

    class Secrets:
        def access_secret_version(self, name):
            request = secretmanager.AccessSecretVersionRequest(name=name)
            value = secrets[request.name.split("/")[3]]
            return secretmanager.AccessSecretVersionResponse(payload={"data": value.encode()})

    class Metrics:
        def create_time_series(self, name, time_series):
            pushed.append(monitoring_v3.CreateTimeSeriesRequest(name=name, time_series=time_series))

    secretmanager.SecretManagerServiceClient, monitoring_v3.MetricServiceClient = Secrets, Metrics
    code = run()
    series = [one for request in pushed for one in request.time_series]
    names = sorted(one.metric.type.removeprefix("custom.googleapis.com/cluedin/export/") for one in series)
    return code, names, dict(series[0].metric.labels) if series else {}


with contextlib.redirect_stdout(sys.stderr):
    code, names, labels = on_aws() if cloud == "glue" else on_google()
print(json.dumps({"code": code, "names": names, "labels": labels}))
