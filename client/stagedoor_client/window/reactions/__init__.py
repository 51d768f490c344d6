"""Reactions: sent from the bar, shown over the stage."""
