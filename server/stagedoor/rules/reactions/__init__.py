"""Reactions: small pictures that people send up, counted together for everybody."""
