"""Attendees at the venue: the page behind each QR of a session or booth, one visit per device, and the reception's counts.

/s/<code> · /b/<code> · /reception · /reception/sheets
"""
