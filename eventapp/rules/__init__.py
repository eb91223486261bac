"""What the award is: pure functions over frozen dataclasses, with the standard library only.

No framework, no database, no clock, no file: this is what an auditor reads.
"""
