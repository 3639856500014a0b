"""The web channel: the conversation API, and a chat page that works with and without JavaScript."""
