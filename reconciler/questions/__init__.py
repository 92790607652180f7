"""What a kind may have to know of a live system before it can say what it wants: questions and their answers.

A question is plain data and knows how to ask many of its kind at once. An answer is a tuple of rows; no rows
mean that there is nothing. Offline nothing is asked, and a kind makes do without.
"""

from reconciler.questions.base import Answers, Question, ask, askable

__all__ = ["Answers", "Question", "ask", "askable"]
