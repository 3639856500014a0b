"""What happens to a message, channel-neutral: the stages of a turn, what is kept, and the answer when all else fails."""
