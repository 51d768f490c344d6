"""What a packet costs where one room's viewers are spread over two workers, beside one worker."""

from __future__ import annotations

from contextlib import AsyncExitStack

from .cost import GONE, HERE, Figure, stage_of
from .engine import Stagedoor
from .namespace import Namespace
from .stream import Stream

WORKERS = 2


async def compare(
    namespace: Namespace, viewers: int, seconds: float, rounds: int, mbit: float
) -> None:
    """Print both figures, with packets that are gone once sent; all workers are counted."""
    HERE.begin(namespace, [])
    stream = Stream(mbit * 1e6)
    async with AsyncExitStack() as stack:
        stages = []
        for workers in (1, WORKERS):
            made = Stagedoor(namespace, workers=workers, full=-(-viewers // workers))
            server = await stack.enter_async_context(made)
            stage = stage_of(server, namespace, stream)
            stack.callback(stage.close)
            await stage.open()
            await stage.grow(viewers)
            name = "one worker" if workers == 1 else f"{workers} workers, a share at each"
            stages.append((stage, Figure(name)))
        GONE.begin(namespace, [stage for stage, _ in stages])
        for _ in range(rounds):
            for stage, figure in stages:
                figure.rounds.append(await stage.measure(seconds))
        HERE.begin(namespace, [])
    for _, figure in stages:
        print(figure.line("workers", viewers, GONE), flush=True)
    (_, one), (_, more) = stages
    print(f"workers  {viewers} viewers: {more.median / one.median:.2f} times as much", flush=True)
