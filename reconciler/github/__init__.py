"""What a job of GitHub Actions leaves for people: outputs, a summary, one comment on a pull request, one issue."""
