"""What the award is: pure functions over frozen dataclasses; standard library only, no framework, database or clock."""
