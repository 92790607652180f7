"""What is saved of a plan and of an apply: the one definition of both.

`plan` and `result` say what the JSON holds, member by member, with the sentence that its JSON Schema has; `schema`
makes the schemas of them. Whoever makes, reads or shows a plan or a result names these types, so that a member that
is misspelt or left out is an error of types.
"""
