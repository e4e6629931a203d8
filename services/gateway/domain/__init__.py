"""What the gateway knows: read models folded from events. Pure."""
