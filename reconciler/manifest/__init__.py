"""YAML manifests → validated documents that know their lines; variables, secret references, findings."""
