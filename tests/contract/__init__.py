"""The live channels as programs outside know them: a JSON schema and one complete example per channel.

A change of a schema is a change of the contract (design/live.md). `python -m tests.contract.documents` writes both anew.
"""
