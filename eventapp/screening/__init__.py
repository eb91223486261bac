"""The first round: who reads which entry, the scoring sheets, the matrix, the line, and the release of all outcomes at once."""
