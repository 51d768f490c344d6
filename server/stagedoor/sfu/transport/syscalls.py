"""recvmmsg(2) and sendmmsg(2) of Linux's C library, by cffi without a compiler."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import Any

import cffi

_C = """
typedef struct { void *iov_base; size_t iov_len; } iovec;
typedef struct {
    void *msg_name; unsigned int msg_namelen; iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen; int msg_flags;
} msghdr;
typedef struct { msghdr msg_hdr; unsigned int msg_len; } mmsghdr;
int sendmmsg(int sockfd, mmsghdr *msgvec, unsigned int vlen, int flags);
int recvmmsg(int sockfd, mmsghdr *msgvec, unsigned int vlen, int flags, void *timeout);
"""
NAME = 16  # bytes of a struct sockaddr_in


@dataclass(frozen=True)
class Calls:
    """The C library: ``ffi`` makes what the functions of ``lib`` take."""

    ffi: Any
    lib: Any

    def messages(self, buffers: list[Any], size: int) -> tuple[Any, Any]:
        """A ``mmsghdr`` and an ``iovec`` for each buffer, of ``size`` bytes; the first of each."""
        messages = self.ffi.new("mmsghdr[]", len(buffers))
        vectors = self.ffi.new("iovec[]", len(buffers))
        for index, buffer in enumerate(buffers):
            vectors[index].iov_base, vectors[index].iov_len = buffer, size
            header = messages[index].msg_hdr
            header.msg_namelen = NAME
            header.msg_iov, header.msg_iovlen = vectors + index, 1
        return messages, vectors


def calls() -> Calls | None:
    """The functions, where this system has them in the form that is declared here."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ffi = cffi.FFI()
            ffi.cdef(_C)
            lib: Any = ffi.dlopen(None)
            assert lib.sendmmsg
            assert lib.recvmmsg
            return Calls(ffi, lib)
    return None
