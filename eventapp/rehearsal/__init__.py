"""The rehearsal: a copy of an edition, its day played through the real doors by programs, its evidence recounted.

Nothing here is a shortcut: judges, director, chair, screens and guests are HTTP and Socket.IO clients like the pages.
"""
