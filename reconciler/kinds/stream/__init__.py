"""Parts of `Stream`."""
