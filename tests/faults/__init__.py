"""What must survive: cut, slow and dead networks, killed servers, two tablets on one seat."""
