"""The way through the first start. Until its last step nothing is changed on this computer."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import typer

from kiosk.base.errors import CallError, ConfigError
from kiosk.base.language import _
from kiosk.box.storage import existing
from kiosk.cli.common import fail
from kiosk.cli.first_start import device_steps
from kiosk.cli.first_start.acceptance import (
    FaultyAnswers,
    accepted_settings,
    complaint,
    settings_of,
    tree_of,
)
from kiosk.cli.first_start.account_step import (
    KnownAccount,
    ask_for_token,
    create_point_of_sale,
    token_file,
)
from kiosk.cli.first_start.interview import Interview
from kiosk.cli.first_start.last_step import (
    as_data,
    changed_files,
    print_files,
    refuse_what_is_read_only,
    sell_for_a_test,
    write_files,
)
from kiosk.cli.first_start.question import Question, with_value
from kiosk.cli.first_start.questions import (
    ADDRESS,
    COUNTER,
    INPUTS,
    NEW,
    PANEL,
    POINT_OF_SALE,
    SIGNALS,
)
from kiosk.cli.status import is_running
from kiosk.config.reference import explain
from kiosk.config.sections import Config

Tree = dict[str, Any]
INTERRUPTED = 130  # exit code: 128 + SIGINT
_INSTALLER = "opt/kiosk/current/share/scripts/install"


def first_start(
    config: Path,
    root: Path,
    flags: Mapping[str, str | None],
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Perform ``kiosk setup``. Ctrl-C at any moment leaves everything as it was."""
    interview = Interview(flags, takes_defaults=yes, aside=as_json)
    try:
        with _ended_by_signals(), _only_one(config):
            _FirstStart(config, root, interview, dry_run, as_json).run()
    except (KeyboardInterrupt, typer.Abort):
        typer.echo()
        fail(_("stopped; nothing was changed"), code=INTERRUPTED)


class _FirstStart:
    def __init__(
        self, config: Path, root: Path, interview: Interview, dry_run: bool, as_json: bool
    ) -> None:
        self._config, self._root, self._dry_run = config, root, dry_run
        self._interview, self._as_json = interview, as_json
        self._old = tree_of(config)
        self._tree = self._old or NEW
        self._account = KnownAccount()

    def run(self) -> None:
        if not self._dry_run:
            refuse_what_is_read_only(self._config)
        settings, text = self._accepted()
        self._create_point_of_sale(settings)
        place = token_file(self._tree["orders"], self._root, os.environ)
        token = self._account.to_write(place)
        files = changed_files(self._config, self._root, text, settings, token)
        if not self._dry_run:
            write_files(self._interview, files)
            self._name_the_next_steps()
        if self._as_json:
            typer.echo(json.dumps(as_data(files, written=not self._dry_run)))
        elif self._dry_run:
            print_files(files)
        if not self._dry_run and self._account.owner and self._account.owner.is_test:
            sell_for_a_test(self._interview, settings, place)

    def _accepted(self) -> tuple[Config, str]:
        """Ask until `kiosk check` accepts the answers; return the settings and the file."""
        while True:
            try:
                self._ask_about_the_account()
                self._ask_about_the_devices()
                text = explain(self._tree, Config)
                return accepted_settings(text), text
            except FaultyAnswers as faulty:
                if not self._interview.asks:
                    fail(_("nothing was changed: {faults}", faults=faulty), code=2)
                self._interview.say(_("These answers do not go together. Correct them:"))
                self._interview.say(str(faulty))
                self._interview.forget_flags()

    def _ask(self, questions: Sequence[Question]) -> None:
        """Ask those questions that apply; each answer may make others apply."""
        for question in questions:
            if question.applies(self._tree):
                text = self._interview.answer(
                    question.flag,
                    _(question.text),
                    question.now(self._tree),
                    partial(complaint, question, self._tree),
                )
                self._tree = question.put(self._tree, text)

    def _ask_about_the_account(self) -> None:
        if self._interview.flag(ADDRESS.flag):
            self._ask([ADDRESS])
        place = token_file(self._tree["orders"], self._root, os.environ)
        self._account = ask_for_token(self._interview, settings_of(self._tree), place)
        currency, ids = self._account.currency, self._account.pos_ids
        if currency and not self._old:
            self._tree = with_value(self._tree, currency, "kiosk", "currency")
            if currency == "BRL":
                self._tree = with_value(self._tree, "pt", "kiosk", "language")
        self._ask(COUNTER)
        if currency not in ("", self._tree["kiosk"]["currency"]):
            self._interview.say(_("The currency of the account is {currency}.", currency=currency))
        if ids:
            self._interview.say(_("Points of sale of the account: {ids}", ids=", ".join(ids)))
        if ids and not self._old:
            self._tree = with_value(self._tree, ids[0], "orders", "external_pos_id")
        self._ask([POINT_OF_SALE])

    def _ask_about_the_devices(self) -> None:
        interview, settings = self._interview, settings_of(self._tree)
        if is_running(settings.service.status_file) or device_steps.kiosk_has_devices(self._root):
            interview.say(
                _(
                    "The kiosk is running and holds its devices. Stop it, to find and try them: "
                    "sudo systemctl stop kiosk kiosk-failed"
                )
            )
        found = device_steps.look_around(interview, self._root)
        self._ask(PANEL[:2])
        self._tree = device_steps.with_found(self._tree, found)
        self._ask(PANEL[2:])
        self._tree = device_steps.listen(interview, self._tree, found, self._root)
        self._ask(INPUTS)
        self._ask(SIGNALS)
        if interview.asks:
            self._tree = device_steps.try_devices(interview, self._tree, self._root)

    def _create_point_of_sale(self, settings: Config) -> None:
        wanted = settings.orders.external_pos_id
        if self._dry_run or not self._account.owner or wanted in self._account.pos_ids:
            return
        question = _("The account has no point of sale {id}. Create it?", id=wanted)
        if self._interview.is_so(question, default=True):
            try:
                create_point_of_sale(settings.orders, self._account.token, settings.kiosk.name)
            except (CallError, ConfigError) as error:
                fail(_("the point of sale was not created, nothing was changed: {e}", e=error))
            self._interview.say(_("Created the point of sale {id}.", id=wanted))

    def _name_the_next_steps(self) -> None:
        say = self._interview.say
        say(_("It is written. Now run:"))
        say("sudo systemctl daemon-reload")
        say("sudo systemctl restart systemd-modules-load kiosk")
        if (self._root / _INSTALLER).exists():  # buses, the kernel's console, the start at boot
            say(f"sudo /{_INSTALLER}")
        say(f"kiosk check {self._config}")


@contextmanager
def _only_one(config: Path) -> Iterator[None]:
    """Lock the folder of the configuration: no file is needed for it, and the kernel unlocks it."""
    folder = os.open(existing(config.parent), os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        fail(_("another kiosk setup is running; wait until it has ended"))
    finally:
        os.close(folder)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let Ctrl-C, a lost connection (SIGHUP) and SIGTERM raise KeyboardInterrupt."""
    ends = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
    old = {each: signal.signal(each, signal.default_int_handler) for each in ends}
    try:
        yield
    finally:
        for each, handler in old.items():
            signal.signal(each, handler)
