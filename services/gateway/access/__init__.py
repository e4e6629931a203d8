"""Who may come in: credentials to identities, identities to what they may do, and how often."""
