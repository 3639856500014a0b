"""What is true: life events, services and who qualifies, compiled from reviewed content."""
