"""Stagedoor: a self-hosted real-time media room; nobody is heard before they are admitted."""

__version__ = "0.1.0"
