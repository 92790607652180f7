"""Reports: pure functions of plain data, one file per format.

A plan is the JSON of `Plan.as_dict`, a result that of `Result.as_dict`, findings are diagnostics. `words` holds
the vocabulary, `values` how one field change shows, `view` what a report says about a plan; the formats only lay
that out.
"""
