"""What a job of GitHub Actions leaves for people, and the workflows that `init` lays down."""
