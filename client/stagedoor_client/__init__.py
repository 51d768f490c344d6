"""The Stagedoor client: enters a room, and publishes camera and microphone once admitted."""
