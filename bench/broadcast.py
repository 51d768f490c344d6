"""The floor of a fan-out: a bare aiohttp server where what one says is sent to everybody.

``python -m bench.broadcast`` prints its port, and serves until it is stopped.
"""

from __future__ import annotations

import asyncio

from aiohttp import WSMsgType, web

SOCKETS: set[web.WebSocketResponse] = set()


async def serve(request: web.Request) -> web.WebSocketResponse:
    """One client's WebSocket."""
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    SOCKETS.add(socket)
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                for other in list(SOCKETS):
                    await other.send_str(message.data)
    finally:
        SOCKETS.discard(socket)
    return socket


async def main() -> None:
    """Serve on a free port."""
    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
