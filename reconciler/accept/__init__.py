"""What people changed in the systems, written into the manifests."""
