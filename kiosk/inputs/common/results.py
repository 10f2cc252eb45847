"""How the counter talks back to its inputs: results, refusals, and what was before a restart."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from kiosk.inputs import Answering, Input
from kiosk.sale.effects import Decline, Reply
from kiosk.sale.words import Outcome, Sale

log = logging.getLogger("kiosk.inputs")


def tell(inputs: Mapping[str, Input], said: Reply | Decline) -> None:
    """Pass the result on to the input that asked, or that there will be none."""
    device = inputs.get(said.source)
    match said:
        case Reply(source, reference) if device is None:
            log.warning("sale %s: there is no input %r any more to tell", reference, source)
        case Reply() if device:
            device.reply(said)
        case Decline(_, ticket) if isinstance(device, Answering):
            device.decline(ticket)


def remind(
    inputs: Mapping[str, Input], latest: Callable[[str], tuple[Sale, Outcome | None] | None]
) -> None:
    """Tell the inputs that can be asked for it what their last sale was."""
    for name, device in inputs.items():
        if isinstance(device, Answering) and (last := latest(name)):
            device.remember(*last)
