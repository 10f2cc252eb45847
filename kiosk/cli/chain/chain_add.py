"""``kiosk fleet add``: what to do so that a new kiosk can connect with the broker."""

from __future__ import annotations

import json
import re
import secrets
import textwrap

import typer
import yaml

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, mark
from kiosk.cli.chain.chain_account import usual_file
from kiosk.cli.common import fail
from kiosk.cli.verbs.fleet_verbs import AccountOptions
from kiosk.config.broker_account import load_account
from kiosk.config.fleet_settings import NAME
from kiosk.orders.answers.json_values import clean

ACL = "/etc/mosquitto/kiosk/acl"
PASSWORDS = "/etc/mosquitto/kiosk/passwords"
_EXAMPLE = "mqtts://broker.example:8883"
_CA = "/etc/kiosk/broker-ca.crt"
_PASSWORD_BYTES = 24

# What ``acl`` says with patterns for all kiosks, for one of them.
RULES = """\
user {account}
topic write kiosk/v1/{account}/state
topic write kiosk/v1/{account}/sale
topic write kiosk/v1/{account}/health
topic write kiosk/v1/{account}/out/#
topic read kiosk/v1/{account}/in/#
topic write homeassistant/device/{account}/config"""

# What a person does, and the lines to type or to write for it.
_STEPS = (
    (
        mark(
            "Only if the broker is Mosquitto 2.1 or newer: on its server, append these lines to "
            "{acl}. Mosquitto 2.0 has patterns for them there:"
        ),
        RULES,
    ),
    (
        mark("On the broker's server, make the account. Where it asks for a password, paste this:"),
        "{password}\n"
        "sudo touch {passwords}\n"
        "sudo mosquitto_passwd {passwords} {account}\n"
        "sudo systemctl reload mosquitto",
    ),
    (
        mark("On the kiosk, write the same password into a file that only root can read:"),
        "sudo install -m 600 /dev/null /etc/kiosk/broker\nsudo nano /etc/kiosk/broker",
    ),
    (
        mark("Give that file to the service. Write the two last lines into what opens:"),
        "sudo systemctl edit kiosk\n[Service]\nLoadCredential=broker:/etc/kiosk/broker",
    ),
    (
        mark("Write this into /etc/kiosk/kiosk.yaml. ca is a copy of the broker's ca.crt:"),
        "{settings}",
    ),
    (
        mark("Check it, and start the kiosk again. Then the viewer sees it:"),
        "sudo kiosk check /etc/kiosk/kiosk.yaml\n"
        "sudo systemctl restart kiosk\n"
        "kiosk fleet show {account}",
    ),
)


def add_kiosk(options: AccountOptions, shop: str, kiosk: str, as_json: bool) -> None:
    """Perform ``kiosk fleet add``. Nothing is written and nobody is asked."""
    for word, what in ((shop, mark("shop")), (kiosk, mark("kiosk"))):
        _check_name(word, _(what))
    try:
        settings = _settings(options, shop, kiosk)
    except ConfigError as error:
        fail(error, code=2)
    account, password = f"{shop}/{kiosk}", secrets.token_urlsafe(_PASSWORD_BYTES)
    if as_json:
        rules = RULES.format(account=account).splitlines()
        made = {"account": account, "password": password, "rules": rules, "settings": settings}
        typer.echo(json.dumps(made, indent=2))
        return
    text = yaml.safe_dump(settings, sort_keys=False).strip()
    fields = {"account": account, "password": password, "passwords": PASSWORDS, "settings": text}
    for number, (sentence, lines) in enumerate(_STEPS, start=1):
        typer.echo(f"{number}. {_(sentence, acl=ACL)}")
        typer.echo(textwrap.indent(lines.format_map(fields), "   "))


def _check_name(word: str, what: str) -> None:
    if not re.fullmatch(NAME, word):
        fail(
            _(
                "{what}: {word!r} is not a valid name; write up to 32 letters, digits, - and _",
                what=what,
                word=clean(word, 80),
            ),
            code=2,
        )


def _settings(options: AccountOptions, shop: str, kiosk: str) -> dict[str, dict[str, object]]:
    """Return the settings of the new kiosk; the broker is that of the viewer, if it is known."""
    file = options.settings or usual_file()
    known = load_account(file) if file else None
    broker = options.broker or (known.broker if known else _EXAMPLE)
    has_ca = bool(options.ca or not known or known.ca)
    fleet: dict[str, object] = {
        "broker": broker,
        "shop": shop,
        "password": {"credential": "broker"},
    }
    return {"kiosk": {"name": kiosk}, "fleet": fleet | ({"ca": _CA} if has_ca else {})}
