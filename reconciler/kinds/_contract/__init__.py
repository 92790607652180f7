"""Parts of `ExportContract`."""
