"""What a change means to people: words for things, for their fields and for what becomes of them."""
