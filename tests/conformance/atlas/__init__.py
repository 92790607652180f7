"""The operations of Apache Atlas's own client: one function each, named as the client names the operation."""
