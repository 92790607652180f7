"""What is live, written as manifests whose plan only adopts."""
