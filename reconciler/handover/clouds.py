"""Jobs of AWS Glue and of Google Cloud: a step that runs an export, and pushes its figures to the cloud's monitoring.

The step is one for both but for three functions: where a secret is, which run of the job this is, where figures go.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.handover.base import Asked, Files, Subject, Target, filled, literal, made_by, nothing_to_run

_GLUE_SETUP = """\
A Python shell job, Python 3.11 or later, with `--additional-python-modules cluedin-purview-reconciler` and the
arguments `--contract_run_id` (the id of what starts it) and `--secret_prefix`. Each secret is one of Secrets Manager,
PREFIX/NAME; the role may read them and put figures to CloudWatch. RECONCILER_PROJECT is the folder of the manifests."""
_GCP_SETUP = """\
A Cloud Run job, or any step that runs Python 3.11 or later with `cluedin-purview-reconciler`,
`google-cloud-secret-manager` and `google-cloud-monitoring`. GOOGLE_CLOUD_PROJECT is the project; each secret is one of
Secret Manager of the same name; the account of the job may read them and write time series. RECONCILER_PROJECT is the
folder of the manifests."""

_GLUE = '''\
def argument(name: str, default: str = "") -> str:
    """An argument of the job."""
    return sys.argv[sys.argv.index(f"--{name}") + 1] if f"--{name}" in sys.argv else default


def secret(name: str) -> str:
    """A secret, from Secrets Manager."""
    import boto3

    key = f"{argument('secret_prefix', 'reconciler')}/{name}"
    return boto3.client("secretsmanager").get_secret_value(SecretId=key)["SecretString"]


def run_id() -> str:
    """The id of what started the job, which each try of it is given again."""
    return argument("contract_run_id") or argument("JOB_RUN_ID") or "by-hand"


def push(figures: dict[str, float]) -> None:
    """Figures, to CloudWatch."""
    import boto3

    dimensions = [{"Name": "Contract", "Value": CONTRACT}, {"Name": "Environment", "Value": ENVIRONMENT}]
    units = {name: "Seconds" if name.endswith("_seconds") else "Count" for name in figures}
    boto3.client("cloudwatch").put_metric_data(
        Namespace="CluedIn/Exports",
        MetricData=[
            {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": units[name]}
            for name, value in figures.items()
        ],
    )'''

_GCP = '''\
def project() -> str:
    """The project of Google Cloud."""
    return os.environ.get("GOOGLE_CLOUD_PROJECT") or sys.exit("GOOGLE_CLOUD_PROJECT is not set")


def secret(name: str) -> str:
    """A secret, from Secret Manager."""
    from google.cloud import secretmanager

    key = f"projects/{project()}/secrets/{name}/versions/latest"
    client = secretmanager.SecretManagerServiceClient()
    return client.access_secret_version(name=key).payload.data.decode()


def run_id() -> str:
    """The id of the execution, which its retries share."""
    return os.environ.get("CLOUD_RUN_EXECUTION") or "by-hand"


def push(figures: dict[str, float]) -> None:
    """Figures, to Cloud Monitoring."""
    import time

    from google.cloud import monitoring_v3

    interval = monitoring_v3.TimeInterval({"end_time": {"seconds": int(time.time())}})
    series = []
    for name, value in figures.items():
        one = monitoring_v3.TimeSeries()
        one.metric.type = f"custom.googleapis.com/cluedin/export/{name}"
        one.metric.labels["contract"], one.metric.labels["environment"] = CONTRACT, ENVIRONMENT
        one.resource.type = "global"
        one.points = [monitoring_v3.Point({"interval": interval, "value": {"double_value": value}})]
        series.append(one)
    monitoring_v3.MetricServiceClient().create_time_series(name=f"projects/{project()}", time_series=series)'''


def job(word: str, subject: Subject) -> str:
    """The step of a contract, for one of the clouds."""
    place, metrics, setup, cloud = _CLOUDS[word]
    return filled(
        "cloud.py.txt",
        HEAD=made_by(word, subject.environment_name, subject.name),
        PLACE=place,
        METRICS=metrics,
        SETUP=setup,
        NAME=subject.name,
        CONTRACT=literal(subject.name),
        ENVIRONMENT=literal(subject.environment_name),
        SECRETS=literal(list(subject.secrets)),
        ALLOWED=literal(list(subject.allowed)),
        CLOUD=cloud,
    )


_CLOUDS = {
    "glue": ("AWS Glue", "CloudWatch", _GLUE_SETUP, _GLUE),
    "gcp": ("Google Cloud", "Cloud Monitoring", _GCP_SETUP, _GCP),
}


def target(word: str) -> Target:
    """One of the clouds as a receiving tool."""

    def files(subjects: Sequence[Subject], asked: Asked) -> Files:  # noqa: ARG001
        return {f"{one.name}.py": job(word, one) for one in subjects}

    return Target(word, _CLOUDS[word][0], nothing_to_run, files)
