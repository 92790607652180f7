"""YAML manifests → validated documents that know their lines; environments, variables, secret references."""
