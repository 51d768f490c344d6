"""Session descriptions: reading those of others, writing ours, and the codecs in them."""
