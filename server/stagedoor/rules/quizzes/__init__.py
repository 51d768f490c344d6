"""Quizzes: questions with right answers against the clock. Answers are kept with their names."""
