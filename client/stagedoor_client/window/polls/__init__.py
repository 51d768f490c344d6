"""Polls and quizzes in the panel at the side."""
