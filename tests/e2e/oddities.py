"""What a payment service can do that no document foresees: twists of its answers, and payers."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.e2e.strict_http import Answer
from tests.e2e.strict_service import Call, Honest, Order, Script, StrictService, Twist
from tests.support.processes import eventually

Payer = Callable[[StrictService, Order], object]


@dataclass(frozen=True)
class Oddity:
    """One sale at an odd service, and the end that everything must tell.

    ``payer`` acts when the order can be paid. ``ends``: an outcome of the journal, ``set aside``, or
    ``held`` (people decide; ``journal`` says what is written). ``log`` and ``problem`` are what the
    log and the status must say too. ``config``: changes of the configuration.
    """

    ends: str
    script: Script = field(default_factory=dict)
    payer: Payer | None = None
    journal: Mapping[str, str | None] = field(default_factory=dict)
    log: str = ""
    problem: str = ""
    config: tuple[tuple[str, str], ...] = ()


# --- twists -----------------------------------------------------------------------------------


def says(answer: Answer) -> Twist:
    """Answer this, and carry out nothing."""
    return lambda call, honest: answer


def first(twist: Twist, times: int = 1) -> Twist:
    """Twist the first calls only."""
    return lambda call, honest: twist(call, honest) if call.number <= times else honest()


def lost(call: Call, honest: Honest) -> Answer:
    """Carry it out, and lose the answer."""
    honest()
    return Answer(lost=True)


def held(call: Call, honest: Honest) -> Answer:
    """Carry it out, and answer minutes later."""
    answer = honest()
    return Answer(answer.status, answer.tree, held=True)


def flapping(call: Call, honest: Honest) -> Answer:
    """Answer every other time as if nothing had happened, as a cache does."""
    return (
        sets(status="created", status_detail="created")(call, honest)
        if call.number % 2
        else honest()
    )


def changed(change: Callable[[dict[str, Any]], object]) -> Twist:
    """Change the tree of each good answer."""

    def twist(call: Call, honest: Honest) -> Answer:
        answer = honest()
        if answer.status >= 300:
            return answer
        tree = json.loads(json.dumps(answer.tree))
        change(tree)
        return Answer(answer.status, tree)

    return twist


def sets(**fields: Any) -> Twist:
    return changed(lambda tree: tree.update(fields))


def without(*names: str) -> Twist:
    return changed(lambda tree: [tree.pop(name, None) for name in names])


def text(status: int, page: str = "Access denied by policy", **headers: str) -> Twist:
    """Answer as a proxy or a firewall does."""
    fields = {"Content-Type": "text/plain", **headers}
    return says(Answer(status, body=page.encode(), headers=fields))


def busy(status: int, retry_after: int) -> Twist:
    tree = {"status": status, "message": "later"}
    return says(Answer(status, tree, headers={"Retry-After": str(retry_after)}))


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()


def bomb(call: Call, honest: Honest) -> Answer:
    """Answer 300 MB of zeros as 300 kB of gzip."""
    return Answer(body=_bomb(), headers={"Content-Encoding": "gzip"})


GARBAGE = says(Answer(raw=bytes(range(256)) * 2))


def about_the_order(twist: Twist) -> Script:
    """Twist all that is asked about the order once it exists."""
    return {"look": twist, "cancel": twist}


# --- payers -----------------------------------------------------------------------------------


def pays(paid: str | None = None, **fields: Any) -> Payer:
    return lambda service, order: service.pay(order, paid, **fields)


def pays_after_a_look(service: StrictService, order: Order) -> None:
    eventually(lambda: service.calls("look"))
    service.pay(order)


def becomes(status: str, detail: str = "") -> Payer:
    return lambda service, order: order.become(status, detail)


def pays_with(**nodes: Any) -> Payer:
    """Pay; then change nodes of ``transactions``."""

    def payer(service: StrictService, order: Order) -> None:
        with service.lock:
            service.pay(order)
            order.tree["transactions"].update(nodes)

    return payer


def pays_untold(service: StrictService, order: Order) -> None:
    """Pay; the service tells no paid amount anywhere."""
    with service.lock:
        service.pay(order)
        del order.tree["total_paid_amount"]
        for payment in order.tree["transactions"]["payments"]:
            del payment["paid_amount"]


def all_payments_fail(service: StrictService, order: Order) -> None:
    with service.lock:
        pays_untold(service, order)
        for payment in order.tree["transactions"]["payments"]:
            payment.update(status="failed", status_detail="rejected")


def second_payment_succeeds(service: StrictService, order: Order) -> None:
    with service.lock:
        service.pay(order)
        refused = {"id": "PAY-A", "amount": order.tree["total_amount"], "status": "failed"}
        order.tree["transactions"]["payments"].insert(0, refused)


def pays_twice(service: StrictService, order: Order) -> None:
    with service.lock:
        service.pay(order, "100.00")
        (payment,) = order.tree["transactions"]["payments"]
        payment["paid_amount"] = "50.00"
        order.tree["transactions"]["payments"].append({**payment, "id": "PAY-B"})


def uses_discount(service: StrictService, order: Order) -> None:
    """Pay with the discount that the order offers; it replaces the total."""
    offer = {"type": "account_money", "new_total_amount": "45.00"}
    service.pay(order, "45.00", total_amount="45.00", discounts={"payment_methods": [offer]})
