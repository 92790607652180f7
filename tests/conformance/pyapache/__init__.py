"""The operations of pyapacheatlas: one function each, named as the client names the operation."""
