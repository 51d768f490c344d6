"""Being connected for sending exactly while on stage."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from stagedoor.rules.refusals import Code

from .errors import ConnectionLostError, RefusedError
from .lines import Line
from .publisher import Publisher
from .steps import Steps


class Publishing:
    """Connects the publisher while ``wanted`` says so, and disconnects it otherwise.

    ``offer`` sends an SDP offer to the server and gives its answer; ``changed`` is told after each
    step. ``layers``: see Publisher.
    """

    def __init__(
        self,
        offer: Callable[[str], Awaitable[str]],
        wanted: Callable[[], bool],
        changed: Callable[[], None],
        tell: Callable[[Line], None],
        *,
        layers: bool,
    ) -> None:
        self._steps = Steps(self._step, tell)
        self.publisher = Publisher(offer, self._steps.later, layers=layers)
        self._wanted = wanted
        self._changed = changed
        self._tell = tell
        self._anew = False
        self.run = self._steps.run

    def follow(self) -> None:
        """Whether one is wanted may have changed. Nothing is sent any more from here on if not."""
        if self.publisher.connected and not self._wanted():
            self.publisher.detach()
            self._anew = True
        self._steps.wake()

    def anew(self) -> None:
        """The connection, if there is one, is to be made again: the server knows it no more."""
        self._anew = True
        self.follow()

    async def _step(self) -> None:
        if self._anew:
            self._anew = False
            await self.publisher.disconnect()
        if not self._wanted():
            await self.publisher.disconnect()
        elif not self.publisher.connected:
            await self._connect()
        self._changed()

    async def _connect(self) -> None:
        try:
            await self.publisher.connect()
        except ConnectionLostError:
            raise
        except RefusedError as error:
            if error.code is not Code.NO_SEAT:
                raise
            self._steps.later()  # the seat was taken meanwhile: the view says so, now or soon
        except Exception as error:  # aiortc's, of an answer it cannot use
            self._tell(Line("media_failed", f"publishing failed: {error}"))
            self._steps.later()
