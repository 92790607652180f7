"""The kind `LabelMap`."""
