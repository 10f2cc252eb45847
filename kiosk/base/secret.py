"""A secret: where it is read from. It is never in YAML, in a message or in a log."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, Field, SecretStr, model_validator

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, mark, system_reason
from kiosk.base.settings import Settings

_HELP = mark("write {credential: NAME}, {file: PATH} or {env: NAME}")
CREDENTIALS = "/etc/kiosk"  # where kiosk.service loads credentials from; only root can read them
_LONGEST = 4096  # bytes; access tokens have about 75


class SecretSettings(Settings):
    """Where to read a secret from: exactly one place. A subclass is for one setting."""

    key: ClassVar[str]  # the setting, such as orders.token
    what: ClassVar[str]  # marked for translation: "the access token"

    # The text that was written here by mistake may be the secret itself.
    model_config = ConfigDict(hide_input_in_errors=True)

    credential: str | None = Field(
        None,
        pattern="^[A-Za-z0-9_][A-Za-z0-9_.-]*$",
        description="The name of a systemd credential (LoadCredential= in the unit).",
    )
    file: str | None = Field(
        None,
        min_length=1,
        description="A file that holds only the secret, and that only the kiosk can read.",
    )
    env: str | None = Field(
        None,
        pattern="^[A-Za-z_][A-Za-z0-9_]*$",
        description="The name of an environment variable.",
    )

    @model_validator(mode="before")
    @classmethod
    def _is_no_secret(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(
                _("{what} itself must not be in this file; {help}", what=_(cls.what), help=_(_HELP))
            )
        return value

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if [self.credential, self.file, self.env].count(None) != 2:
            raise ValueError(
                _("{what} needs exactly one place; {help}", what=_(self.what), help=_(_HELP))
            )
        return self

    def __str__(self) -> str:
        """Return the place for messages: ``orders.token (env KIOSK_TOKEN)``."""
        ((kind, name),) = self.model_dump(exclude_none=True).items()
        return f"{self.key} ({kind} {name})"

    def read(self, environ: Mapping[str, str]) -> SecretStr:
        """Return the secret; raises ConfigError if there is none, or others can read the file."""
        if self.env is not None:
            if self.env not in environ:
                raise ConfigError(
                    _("{place}: this environment variable is not set; set it", place=self)
                )
            return self.checked(environ[self.env])
        if self.file is not None:
            return self.checked(self._content(Path(self.file), private=True))
        # systemd keeps its folder private, and sets the modes of its files.
        return self.checked(self._content(self.credential_path(environ), private=False))

    def is_there(self, environ: Mapping[str, str]) -> bool:
        """Whether there is something to read, usable or not."""
        if self.env is not None:
            return self.env in environ
        return os.access(self.file or self.credential_path(environ), os.R_OK)

    def credential_path(self, environ: Mapping[str, str]) -> Path:
        """Return where the credential is: in systemd's folder, or where the unit takes it from."""
        folder = environ.get("CREDENTIALS_DIRECTORY") or environ.get("KIOSK_CREDENTIALS")
        return Path(folder or CREDENTIALS) / str(self.credential)

    def _content(self, path: Path, *, private: bool) -> str:
        try:
            # Without waiting for a writer, if it is a named pipe.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                return self._text(path, descriptor, private=private)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise ConfigError(self._can_not_read(path, error)) from error
        except UnicodeDecodeError:  # its message would quote the file
            raise ConfigError(
                _(
                    "{place}: it is not text; write only {what} into it",
                    place=self,
                    what=_(self.what),
                )
            ) from None

    def _can_not_read(self, path: Path, error: OSError) -> str:
        """Say why, and what to do: as who runs the command, and as who installs the kiosk."""
        if self.credential is not None and isinstance(error, FileNotFoundError):
            return _(
                "{place}: there is no {path}; write {what} into {source}, and in a unit "
                "of your own add LoadCredential={credential}:{source}",
                place=self,
                what=_(self.what),
                path=path,
                source=f"{CREDENTIALS}/{self.credential}",
                credential=self.credential,
            )
        if self.credential is not None and isinstance(error, PermissionError):
            return _(
                "{place}: this user may not read {path}; run the command with sudo, and in a unit "
                "of your own add LoadCredential={credential}:{path}",
                place=self,
                path=path,
                credential=self.credential,
            )
        if isinstance(error, PermissionError):
            return _(
                "{place}: this user may not read {path}; run the command with sudo, and give the "
                "file to the kiosk: sudo chown kiosk {path}",
                place=self,
                path=path,
            )
        return _(
            "{place}: can't read {path}: {reason}; correct that",
            place=self,
            path=path,
            reason=system_reason(error),
        )

    def _text(self, path: Path, descriptor: int, *, private: bool) -> str:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise ConfigError(
                _(
                    "{place}: {path} is not a file; write {what} into a file of this name",
                    place=self,
                    what=_(self.what),
                    path=path,
                )
            )
        if private and stat.S_IMODE(mode) & 0o077:
            raise ConfigError(
                _("{place}: others can read it; run: chmod 600 {path}", place=self, path=path)
            )
        return os.read(descriptor, _LONGEST + 1).decode()

    def checked(self, text: str) -> SecretStr:
        """Return the secret in this text; raises ConfigError if it can't be one."""
        secret = text.rstrip("\r\n")
        if not secret:
            # systemd passes an empty credential if the file that it loads is missing.
            where = _("there")
            if self.credential:
                where = _(
                    "into /etc/kiosk/{credential}, and restart the kiosk",
                    credential=self.credential,
                )
            raise ConfigError(
                _(
                    "{place}: it is empty; put {what} {where}",
                    place=self,
                    what=_(self.what),
                    where=where,
                )
            )
        if len(secret) > _LONGEST or not re.fullmatch(r"[!-~]+", secret):
            raise ConfigError(
                _(
                    "{place}: it has spaces or invalid characters; write only {what} there",
                    place=self,
                    what=_(self.what),
                )
            )
        return SecretStr(secret)
