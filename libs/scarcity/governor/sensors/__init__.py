"""What a process can learn about what it uses, and about what it may use."""

from scarcity.governor.sensors.sensors import Sensors

__all__ = ["Sensors"]
