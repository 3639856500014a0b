"""What the assistant does in a turn: thin Rasa actions over the knowledge base."""
