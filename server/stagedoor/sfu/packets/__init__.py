"""RTP and RTCP packets as bytes, and what they carry. Pure."""
