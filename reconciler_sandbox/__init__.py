"""A local CluedIn, Purview and Entra ID on SQLite, served over HTTP at the paths of the real ones.

The sandbox imports nothing of the engine: what it knows of the real systems it knows from public documents,
so that engine and sandbox cannot agree on a mistake by sharing code.
"""
