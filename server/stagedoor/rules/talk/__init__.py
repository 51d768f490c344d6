"""What people write: the chat, its backchannel and private threads, and questions."""
