"""The session note: what it says, its figure, and its PDF."""
