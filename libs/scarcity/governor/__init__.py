"""Resource governing: what a process may spend, decided from what its surroundings have left."""
