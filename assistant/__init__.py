"""How people reach the front door, and the one place that wires the application."""
