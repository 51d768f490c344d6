"""The embedded SFU: forwards RTP without decoding it, in a process of its own."""
