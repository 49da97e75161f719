"""What the server and a courier beside it are both put together from."""

from __future__ import annotations

import gc
import resource
import sys
import traceback
from collections.abc import Callable
from functools import partial

from dispaccio.delivery.carriers.registry import carriers
from dispaccio.delivery.courier import Supplies
from dispaccio.egress.client import Client
from dispaccio.errors import DispaccioError
from dispaccio.site import feed
from dispaccio.wire import egress, parcels
from dispaccio.wire.core import Wire
from dispaccio.wire.parcels import Packer
from dispaccio.wire.public import Public

_FILES = 65_536
_YOUNG = 20_000
"""How many new objects there may be before the collector looks at them; Python's own is 700."""


def fault(error: BaseException) -> str:
    """What broke and where, never what was handed in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, DispaccioError):
        return error.message
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}"


def supplies(
    wire: Wire,
    client: Client,
    view: Public | None = None,
    hushed: Callable[[], bool] = lambda: False,
) -> Supplies:
    """What the courier is given; ``view`` makes the feeds, ``hushed`` is as in ``Supplies``."""
    packer = Packer(wire, partial(feed.content, view or Public(wire)))
    return Supplies(
        means=parcels.means(wire, client),
        carriers=carriers(),
        policy=lambda: egress.policy(wire),
        unwrap=parcels.unwrapper(wire),
        number=wire.number,
        pack=packer.pack,
        rendering=packer.rendering,
        files=packer.files,
        hushed=hushed,
        say=say,
    )


def say(sentence: str) -> None:
    """Tell the operator something, on standard error."""
    print(f"dispaccio: {sentence}", file=sys.stderr, flush=True)


def spare_the_collector() -> None:
    """What is there at the start lives as long as the process; and requests leave few cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)


def kept_connections() -> int:
    """How many connections to receivers may be kept: most of the file descriptors there are."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(256, soft * 6 // 10)


def raise_file_limit() -> None:
    """As many files and connections as the system lets us have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(_FILES, hard) if hard != resource.RLIM_INFINITY else _FILES
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
