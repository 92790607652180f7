"""The pages: what they link to, what they tell to type, what they show as a manifest, and the site of them."""
