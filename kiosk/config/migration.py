"""Migrates a configuration from an older order driver to the Orders API.

The text is edited in place, so the technician's comments are kept. A setting that the Orders API
does not have becomes a comment. Source: the tables of the guide for migrating.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from kiosk.base.errors import ConfigError
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.config.parsing import parse_settings
from kiosk.config.sections import Config
from kiosk.orders.attended_qr import AttendedQrSettings
from kiosk.orders.dynamic_qr import DynamicQrSettings
from kiosk.orders.older.instore_settings import InstoreSettings
from kiosk.orders.request.order_request import STATIC_LONGEST

GONE = "# not in the Orders API: "

# The settings of the section orders: that the Orders API does not have, and what replaces them.
REMOVED = {
    "user_id": "the token identifies the account",
    "title": "the payer reads the description",
    "notification_url": (
        "the kiosk polls and needs none; for other programs, subscribe to the topic "
        "Order (Mercado Pago) in Your integrations"
    ),
    "taxes": "the Orders API does not accept it",
    "marketplace": "the OAuth token identifies the marketplace",
    "internal_metadata": "the Orders API does not accept it",
    "customization": "the Orders API does not accept it",
    "external_store_id": "the external_pos_id identifies the point of sale",
}
REMOVED_FROM_ITEMS = {
    "description": "an order has one description, not one for each item",
    "category": "the Orders API does not accept it; external_categories are for discounts",
    "picture_url": "the Orders API does not accept it",
}
RENAMED_IN_ITEMS = {"sku_number": "external_code"}

# The settings that keep their names, but are sent in another way.
SENT_OTHERWISE = {
    "external_pos_id": "sent in the body (config.qr.external_pos_id), not in the path",
    "sponsor_id": "sent as integration_data.sponsor.id, as text",
    "platform_id": "sent in the body (integration_data.platform_id), not as a header",
    "integrator_id": "sent in the body (integration_data.integrator_id), not as a header",
    "cash_out": "sent as transactions.cash_outs, as text",
    "marketplace_fee": "sent as text; only with a token from OAuth",
    "items": "prices are sent as text, quantities as whole numbers; no totals, no currency",
}
# What changes for every account.
ALWAYS = (
    "amounts: sent as text with two decimals or none, no longer as numbers",
    "validity: sent as a duration (expiration_time), no longer as a date or a header of seconds",
    "header: every create, cancel and refund has the header X-Idempotency-Key",
    "order id: ORD and 26 characters, from the answer; orders are read and canceled by their id",
    "status: opened is created, closed with paid is processed, closed with reverted is refunded; "
    "canceled and expired are new, and a rejected payment leaves the order created",
    "notifications: the topic is Order; nothing more is sent for payments and merchant_orders",
    "errors: a bad token is 401, no longer 400; invalid_… of a field is property_value",
    "refunds: requested for the order, no longer for its payment",
)


@frozen
class Migrated:
    """The new text, and a sentence for each change."""

    text: str
    changes: tuple[str, ...]


def migrate(text: str) -> Migrated:
    """Return the configuration for the Orders API; raises ConfigError if it can't be migrated."""
    parsed = parse_settings(text, Config)
    if parsed.settings is None:
        raise ConfigError(*(f"{fault.key}: {fault.message}" for fault in parsed.faults))
    orders = parsed.settings.orders
    if not isinstance(orders, InstoreSettings):
        raise ConfigError(
            _("orders.driver: this configuration already uses the Orders API; keep it as it is")
        )
    editor = _Editor(text, orders, parsed.settings.sale.expires_after)
    editor.run()
    return Migrated(editor.result(), (*editor.changes, *ALWAYS))


Entry = tuple[yaml.Node, yaml.Node]


class _Editor:
    """The text, and the replacements to make in it."""

    def __init__(self, text: str, orders: InstoreSettings, expires_after: float) -> None:
        self._text = _one_setting_per_line(text)
        self._orders = orders
        self._expires_after = expires_after
        self._edits: list[tuple[int, int, str]] = []
        self.changes: list[str] = []

    def result(self) -> str:
        """Return the text with all replacements made."""
        text = self._text
        for begin, end, new in sorted(self._edits, reverse=True):
            text = text[:begin] + new + text[end:]
        return text

    def run(self) -> None:
        """Collect the replacements."""
        root = yaml.compose(self._text, yaml.SafeLoader)
        assert isinstance(root, yaml.MappingNode)
        sections = _entries(root)
        section = _entries(sections["orders"][1])
        self._change_driver(section)
        for name, why in REMOVED.items():
            if name in section and not self._becomes_description(name, section):
                self._remove(section[name], f"orders.{name}", why)
        if "items" in section:
            self._change_items(section["items"][1])
        for name, how in SENT_OTHERWISE.items():
            if name in section:
                self.changes.append(f"orders.{name}: {how}")
        self._shorten_validity(sections)

    def _change_driver(self, section: dict[str, Entry]) -> None:
        key, value = section["driver"]
        self._replace(value, "mercadopago")
        self.changes.append(f"orders.driver: {value.value} becomes mercadopago")
        more = []
        if isinstance(self._orders, AttendedQrSettings):
            more.append("mode: static")
            self.changes.append("orders.mode: static, because the payer scans the printed code")
        if self._orders.cash_out and "items" not in section:
            more.append(f"items: [{{title: {self._orders.title!r}}}]")
            self.changes.append("orders.items: added, because cash needs items")
        indent = " " * key.start_mark.column
        at = self._line_end(value.end_mark.index)
        self._edits.append((at, at, "".join(f"\n{indent}{line}" for line in more)))

    def _becomes_description(self, name: str, section: dict[str, Entry]) -> bool:
        if name != "title" or "description" in section:
            return False
        self._replace(section[name][0], "description")
        self.changes.append("orders.title: becomes description")
        return True

    def _change_items(self, items: yaml.Node) -> None:
        assert isinstance(items, yaml.SequenceNode)
        for number, item in enumerate(items.value):
            lines = _entries(item)
            where = f"orders.items[{number}]"
            for name, why in REMOVED_FROM_ITEMS.items():
                if name in lines:
                    self._remove(lines[name], f"{where}.{name}", why)
            for name, new in RENAMED_IN_ITEMS.items():
                if name in lines:
                    self._replace(lines[name][0], new)
                    self.changes.append(f"{where}.{name}: becomes {new}")

    def _shorten_validity(self, sections: dict[str, Entry]) -> None:
        """Set 10 min at most for a printed code: the Orders API keeps no order on it longer."""
        own_code = isinstance(self._orders, DynamicQrSettings) and self._orders.mode == "dynamic"
        if own_code or self._expires_after <= STATIC_LONGEST:
            return
        _, value = _entries(sections["sale"][1])["expires_after"]
        self._replace(value, "10 min")
        self.changes.append(
            "sale.expires_after: 10 min, because an order leaves a printed code then"
        )

    def _replace(self, node: yaml.Node, new: str) -> None:
        self._edits.append((node.start_mark.index, node.end_mark.index, new))

    def _remove(self, entry: Entry, where: str, why: str) -> None:
        """Turn the lines of a setting into comments."""
        key, value = entry
        at = key.start_mark.index
        end = self._line_end(_last(value).end_mark.index)
        piece = self._text[at:end]
        indent = " " * key.start_mark.column
        lines = [line.removeprefix(indent) for line in piece.split("\n")]
        self._edits.append((at, end, f"\n{indent}".join(f"{GONE}{line}" for line in lines)))
        self.changes.append(f"{where}: removed; {why}")

    def _line_end(self, index: int) -> int:
        end = self._text.find("\n", index)
        return len(self._text) if end < 0 else end


def _entries(node: yaml.Node) -> dict[str, Entry]:
    assert isinstance(node, yaml.MappingNode)
    return {key.value: (key, value) for key, value in node.value}


def _last(node: yaml.Node) -> yaml.Node:
    """Return the last scalar in a node: PyYAML's end of a block is after the next comments."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        inner = node.value[-1]
        node = inner[1] if isinstance(inner, tuple) else inner
    return node


def _one_setting_per_line(text: str) -> str:
    """Return the text with each setting of orders and of its items on a line of its own."""
    for unfold in (_unfold_section, _unfold_list, _unfold_items):
        for begin, end, new in sorted(unfold(text), reverse=True):
            text = text[:begin].rstrip(" ") + new + text[end:]
    return text


def _unfold_section(text: str) -> Iterator[tuple[int, int, str]]:
    section = _orders(text)
    if isinstance(section, yaml.MappingNode) and section.flow_style:
        yield _as_block(text, section, "\n  ")


def _unfold_list(text: str) -> Iterator[tuple[int, int, str]]:
    key, items = _entries(_orders(text)).get("items", (None, None))
    if key is not None and isinstance(items, yaml.SequenceNode) and items.flow_style:
        dash = f"\n{' ' * (key.start_mark.column + 2)}- "
        new = "".join(f"{dash}{_slice(text, item)}" for item in items.value)
        yield items.start_mark.index, items.end_mark.index, new


def _unfold_items(text: str) -> Iterator[tuple[int, int, str]]:
    _, items = _entries(_orders(text)).get("items", (None, None))
    for item in items.value if isinstance(items, yaml.SequenceNode) else ():
        if isinstance(item, yaml.MappingNode) and item.flow_style:
            begin, end, new = _as_block(text, item, f"\n{' ' * item.start_mark.column}")
            yield begin, end, " " + new.lstrip()


def _as_block(text: str, node: yaml.Node, start: str) -> tuple[int, int, str]:
    entries = _entries(node).values()
    new = "".join(f"{start}{_slice(text, key)}: {_slice(text, value)}" for key, value in entries)
    return node.start_mark.index, node.end_mark.index, new


def _slice(text: str, node: yaml.Node) -> str:
    return text[node.start_mark.index : node.end_mark.index]


def _orders(text: str) -> yaml.Node:
    root = yaml.compose(text, yaml.SafeLoader)
    assert root is not None, "only a configuration without faults is migrated"
    return _entries(root)["orders"][1]
