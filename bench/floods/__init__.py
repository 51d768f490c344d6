"""Floods of a real server while people watch and write; ``__main__`` says how."""
