"""Entries: bodies and individuals write them from the edition's questions, coordinators submit and withdraw them."""
