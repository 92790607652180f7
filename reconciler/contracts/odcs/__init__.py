"""Export contracts as files of the Open Data Contract Standard 3.1, and such files as export contracts."""
