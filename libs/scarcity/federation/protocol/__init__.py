"""How peers speak: who may, what they say, what is let in, and what a round is."""
