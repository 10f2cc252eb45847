"""The access token: where it is read from."""

from __future__ import annotations

from kiosk.base.language import _, mark
from kiosk.base.secret import SecretSettings


class TokenSettings(SecretSettings):
    """Where to read the access token from: exactly one place."""

    key = "orders.token"
    what = mark("the access token")

    @property
    def remedy(self) -> str:
        """What to do when the service refuses the token.

        A file is read again by itself. systemd passes credentials, and an environment, only at the
        start of a unit (newer ones renew credentials at a reload too).
        """
        if self.file is not None:
            return _(
                "write a valid access token into {place}; the kiosk reads it again by itself",
                place=self,
            )
        return _("replace the access token in {place}; then restart the kiosk", place=self)
