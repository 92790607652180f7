"""Rules: what follows from terms of Purview, and from vocabularies of CluedIn."""
