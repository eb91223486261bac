"""How people come in: a personal link or seat card, or its short code. GET shows the name and a button, the POST signs in.

/link/<token> · /code · /signout
"""
