"""Parts of `DataSourceLink`."""
