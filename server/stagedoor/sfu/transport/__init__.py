"""Sockets and datagrams: ICE, DTLS, SRTP, and sending many with few system calls."""
