"""How a path is worded: as text, and as the words a voice would say. Templates stand in phrases/, one file a language."""
