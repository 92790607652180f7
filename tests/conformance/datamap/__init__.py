"""Every operation of azure-purview-datamap: one function each, named as the client names the operation."""
