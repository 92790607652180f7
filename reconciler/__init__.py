"""Plan and apply for CluedIn and Microsoft Purview: desired state as YAML in Git."""

__version__ = "0.1.0"
