"""Platform news: written once, and told to everybody who asked for it, each in their language and
on their platform. What is told is a row of the outbox for each address; the news itself only knows
what is said, to whom, and how far it is.
"""
