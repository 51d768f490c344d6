"""The chat and the questions in the panel at the side."""
