"""Connectivity checks: answered when proven, otherwise not at all."""

from __future__ import annotations

from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.transport import ice

ADDRESS = ("127.0.0.1", 4242)
KEY = ice.key("secret")
PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt"  # pragma: allowlist secret
SAMPLE = bytes.fromhex(
    "00010058 2112a442 b7e7a701 bc34d686 fa87dfae "
    "80220010 5354554e 20746573 7420636c 69656e74 "
    "00240004 6e0001ff 80290008 932ff9b1 51263b36 "
    "00060009 6576746a 3a683676 59202020 "
    "00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 "
    "80280004 e57a3bcf "
)
"""A request (RFC 5769, section 2.1); its password is above."""


def request(username: str = "ours:theirs", pwd: str = "secret", nominate: bool = True) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, b"transaction1")
    message.attributes["USERNAME"] = username
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(pwd.encode())
    message.add_fingerprint()
    return bytes(message)


def test_a_proven_check_is_answered_with_the_address_it_came_from() -> None:
    check = ice.read(request())
    assert check is not None
    assert (check.local_ufrag, check.nominates) == ("ours", True)
    data = ice.respond(check, KEY, ADDRESS)
    assert data is not None
    response = stun.parse_message(data)
    assert response.message_class == stun.Class.RESPONSE
    assert response.attributes["XOR-MAPPED-ADDRESS"] == ADDRESS
    assert response.check_message_integrity(b"secret")


def test_without_the_nomination_nothing_is_nominated() -> None:
    check = ice.read(request(nominate=False))
    assert check is not None
    assert not check.nominates


def test_a_check_under_another_password_gets_no_answer() -> None:
    check = ice.read(request(pwd="guess"))
    assert check is not None
    assert ice.respond(check, KEY, ADDRESS) is None


def test_a_check_without_integrity_is_none() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, b"transaction1")
    message.attributes["USERNAME"] = "ours:theirs"
    assert ice.read(bytes(message)) is None


def test_the_sample_of_the_rfc_is_proven() -> None:
    check = ice.read(SAMPLE)
    assert check is not None
    assert (check.local_ufrag, check.nominates) == ("evtj", False)
    data = ice.respond(check, ice.key(PASSWORD), ("192.0.2.1", 32853))
    assert data is not None
    assert data[24:32].hex() == "0001a147e112a643"  # XOR-MAPPED-ADDRESS of section 2.2


def test_a_wrong_fingerprint_gets_no_answer() -> None:
    broken = bytearray(request())
    broken[-1] ^= 1
    check = ice.read(bytes(broken))
    assert check is not None
    assert ice.respond(check, KEY, ADDRESS) is None


def test_what_follows_the_integrity_is_not_read() -> None:
    """Nobody has proven it (RFC 8489, section 14.5)."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, b"transaction1")
    message.attributes["USERNAME"] = "ours:theirs"
    message.add_message_integrity(b"secret")
    message.attributes["USE-CANDIDATE"] = None
    check = ice.read(bytes(message))
    assert check is not None
    assert not check.nominates
    assert ice.respond(check, KEY, ADDRESS) is not None


@given(
    st.text("abcdefghij+/0123456789", min_size=4, max_size=32),
    st.binary(min_size=12, max_size=12),
    st.text(min_size=1, max_size=40),
    st.ip_addresses(v=4),
    st.integers(1, 65535),
    st.booleans(),
)
def test_a_library_makes_and_reads_the_same(
    name: str, transaction: bytes, pwd: str, host: object, port: int, nominate: bool
) -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, transaction)
    message.attributes["PRIORITY"] = 5
    message.attributes["USERNAME"] = f"{name}:theirs"
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(pwd.encode())
    message.add_fingerprint()
    check = ice.read(bytes(message))
    assert check is not None
    assert (check.local_ufrag, check.nominates) == (name, nominate)
    data = ice.respond(check, ice.key(pwd), (str(host), port))
    assert data is not None
    response = stun.parse_message(data)
    assert response.transaction_id == transaction
    assert response.attributes["XOR-MAPPED-ADDRESS"] == (str(host), port)
    assert response.check_message_integrity(pwd.encode())


def test_a_request_that_is_filled_up_is_not_looked_through() -> None:
    whole = request()
    filled = whole[:2] + (len(whole) + 1000 - 20).to_bytes(2) + whole[4:20] + bytes(1000)
    assert ice.read(filled + whole[20:]) is None


def test_what_is_no_binding_request_is_ignored() -> None:
    response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, b"transaction1")
    assert ice.read(bytes(response)) is None
    assert ice.read(request(username="")) is None


@given(st.binary(max_size=120), st.integers(0, 90), st.integers(0, 255))
def test_any_bytes_are_survived(data: bytes, place: int, value: int) -> None:
    ice.read(data)
    broken = bytearray(request())
    broken[place % len(broken)] = value
    check = ice.read(bytes(broken))
    if check is not None and ice.respond(check, KEY, ADDRESS) is not None:
        assert bytes(broken[:20]) == request()[:20]
