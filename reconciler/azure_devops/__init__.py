"""What a job of Azure Pipelines leaves for people: variables, a summary, a thread on a pull request, a work item."""
