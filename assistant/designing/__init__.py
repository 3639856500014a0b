"""What content designers use: the check of everything they can get wrong, and the scaffold of a new event."""
