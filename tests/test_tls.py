"""A real server that speaks TLS, and one who reads its certificate again."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import stat
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import msgspec
import pytest
from cryptography import x509

from stagedoor import messages as m
from stagedoor.tls import fingerprint
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client
from tests.test_cli import Operator
from tests.test_serve import serve
from tests.tls.test_certificates import made, split

PATIENCE = 30.0


def wait_for(condition: Callable[[], bool]) -> None:
    """What the server does by itself is seen in its log alone."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


async def until(condition: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_for, condition)


def shown(port: int) -> str:
    pem = ssl.get_server_certificate(("127.0.0.1", port), timeout=PATIENCE)
    return fingerprint(x509.load_pem_x509_certificate(pem.encode()))


async def test_a_local_network_has_https_by_one_option(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data", arguments=["--self-signed"], host="0.0.0.0")
    await asyncio.to_thread(server.start)
    ready, moderators, attendees = server.ready[:3]
    url = ready.removeprefix("Stagedoor is ready on ")
    assert url.startswith("https://")
    assert attendees == f"  Attendees:  {url}/r/demo"
    assert moderators.startswith(f"  Moderators: {url}/r/demo#token=")
    mark = await asyncio.to_thread(shown, server.port)
    noted = msgspec.json.decode((server.data / "server.json").read_bytes())
    assert noted["fingerprint"] == mark
    for file in server.data.iterdir():
        if file.suffix in (".pem", ".key", ".json"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file

    digest = aiohttp.Fingerprint(bytes.fromhex(mark.replace(":", "")))
    address = f"https://127.0.0.1:{server.port}"
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{address}/r/demo", ssl=digest) as page:
            assert page.status == 200
            assert "Strict-Transport-Security" not in page.headers, "nobody vouches for it"
        socket = await http.ws_connect(f"{address}/api/rooms/demo/socket", ssl=digest, origin=url)
        assert isinstance(await Client(socket).ask(m.Enter("Ann")), m.Welcome)
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await http.get(address)

    operator = Operator(server.data)
    made = await asyncio.to_thread(operator.json, "room", "create", "By TLS")
    assert made["links"]["host"].startswith(f"{url}/r/")
    # Whatever else answers at that address is not given the key.
    wrong = msgspec.json.encode(noted | {"fingerprint": "00"})
    (server.data / "server.json").write_bytes(wrong)
    done = await asyncio.to_thread(operator.run, "room", "list")
    assert done.returncode == 1
    assert "another certificate" in done.stderr

    await asyncio.to_thread(server.restart)
    assert await asyncio.to_thread(shown, server.port) == mark, "it is kept"
    await asyncio.to_thread(server.stop)


async def test_ones_own_certificate_is_read_again(tmp_path: Path) -> None:
    cert, key = split(made(tmp_path))
    arguments = ["--tls-cert", str(cert), "--tls-key", str(key)]
    server = ServerProcess(tmp_path / "data", arguments=arguments)
    await asyncio.to_thread(server.start)
    assert server.ready[0] == f"Stagedoor is ready on https://studio:{server.port}"
    first = await asyncio.to_thread(shown, server.port)
    assert not any(first in line for line in server.ready)
    async with aiohttp.ClientSession() as http:
        url = f"https://127.0.0.1:{server.port}/"
        context = ssl.create_default_context(cafile=str(cert))
        async with http.get(url, ssl=context) as page:
            assert page.headers["Strict-Transport-Security"].startswith("max-age=")

    new_cert, new_key = split(made(tmp_path, "new.pem"))
    new = fingerprint(x509.load_pem_x509_certificate(new_cert.read_bytes()))
    os.replace(new_key, key)
    await until(lambda: "do not belong together" in server.stderr())
    assert await asyncio.to_thread(shown, server.port) == first
    os.replace(new_cert, cert)
    await until(lambda: "read again" in server.stderr())
    assert await asyncio.to_thread(shown, server.port) == new
    assert msgspec.json.decode((server.data / "server.json").read_bytes())["fingerprint"] == new

    assert server.process is not None
    said = server.stderr().count("read again")
    server.process.send_signal(signal.SIGHUP)
    await until(lambda: server.stderr().count("read again") >= said + 3)  # keys, too
    await asyncio.to_thread(server.stop)


def test_half_a_certificate_is_named(tmp_path: Path) -> None:
    cert, key = split(made(tmp_path))
    data = ["--port", "0", "--data", str(tmp_path / "data")]
    done = serve(*data, "--tls-cert", str(cert))
    assert (done.returncode, "go together" in done.stderr) == (1, True)
    both = ["--tls-cert", str(cert), "--tls-key", str(key), "--self-signed"]
    done = serve(*data, *both)
    assert (done.returncode, "not both" in done.stderr) == (1, True)
