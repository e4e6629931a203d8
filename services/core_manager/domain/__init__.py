"""What is wanted of components, and how they do."""
