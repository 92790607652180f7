"""YAML manifests → validated documents with file, line and column; environments, variables, secret references."""
