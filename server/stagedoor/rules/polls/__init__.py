"""Polls: asked by moderators, answered by everybody once, counted.

In an anonymous poll nobody's vote is ever stored: votes are held in memory (``VoteHeld`` is not
logged) until they are counted together, in one event that says who voted and what came out of it.
"""
