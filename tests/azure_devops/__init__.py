"""Azure Pipelines and Azure DevOps: templates, posts, and the verb that a job runs."""
