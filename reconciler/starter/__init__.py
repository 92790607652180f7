"""A project out of nothing: the files that an empty folder needs, with what somebody answered filled in."""
