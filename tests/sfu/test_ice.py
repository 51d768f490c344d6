"""Connectivity checks: answered when proven, otherwise not at all."""

from __future__ import annotations

from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.transport import ice

ADDRESS = ("127.0.0.1", 4242)


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
    data = ice.respond(check, "secret", ADDRESS)
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
    assert ice.respond(check, "secret", ADDRESS) is None


def test_a_check_without_integrity_gets_no_answer() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, b"transaction1")
    message.attributes["USERNAME"] = "ours:theirs"
    check = ice.read(bytes(message))
    assert check is not None
    assert ice.respond(check, "secret", ADDRESS) is None


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
    if check is not None and ice.respond(check, "secret", ADDRESS) is not None:
        assert bytes(broken[:20]) == request()[:20]
