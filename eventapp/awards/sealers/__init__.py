"""The named sealers' room: chair, deputy and secretariat read the counted result, decide what it leaves open, and sign it."""
