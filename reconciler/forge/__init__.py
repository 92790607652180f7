"""What GitHub and Azure DevOps have in common for a job that tells people: comments, labels, one post of drift."""
