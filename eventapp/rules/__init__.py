"""What the award is: pure functions over frozen values, standard library only, no database, no clock."""
