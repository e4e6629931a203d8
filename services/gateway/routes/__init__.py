"""The calls of /api/v1, by what they are about."""
