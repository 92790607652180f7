"""Who changed what, when, and at whose word: one line a change of an apply, never a value.

Lines are JSON and are only ever added. Where they lie is behind one small interface (`trail`): a file of the project,
or an append blob. `audit` writes them while an apply runs, `actor` says who it is.
"""
