"""Pass results from the sale to the inputs: replies, refusals, the last sale before a restart."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from kiosk.inputs import AnsweringInput, Input
from kiosk.sale.effects import Decline, Reply
from kiosk.sale.words import Outcome, Sale, Unknown

log = logging.getLogger("kiosk.inputs")


def tell(inputs: Mapping[str, Input], message: Reply | Decline) -> None:
    """Tell the input that asked for the sale how it ended, or that there is no sale."""
    device = inputs.get(message.source)
    match message:
        case Reply(source, reference) if device is None:
            log.warning(
                "sale %s: the input %r is not configured any more; the result is not sent to it",
                reference,
                source,
            )
        case Reply() if device:
            device.reply(message)
        case Decline(_, ticket) if isinstance(device, AnsweringInput):
            device.decline(ticket)


def remind(
    inputs: Mapping[str, Input],
    latest: Callable[[str], tuple[Sale, Outcome | Unknown | None] | None],
) -> None:
    """Tell the inputs whose device may ask for its last sale what that was, after a restart."""
    for name, device in inputs.items():
        if isinstance(device, AnsweringInput) and (last := latest(name)):
            device.remember(*last)
