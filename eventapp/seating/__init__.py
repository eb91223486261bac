"""Seats and seat cards: who judges, by Excel or by hand; cards to print; stand-in and release at the desk; whom to phone.

Pages: /desk/seats…  A seat is frozen by the first zero report: names, readings and contacts may change afterwards, votes may not.
"""
