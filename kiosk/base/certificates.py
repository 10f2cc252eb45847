"""The authorities that this computer trusts, for TLS."""

from __future__ import annotations

import glob
import os
import ssl


def system_certificates() -> ssl.SSLContext:
    """Trust the authorities of the system.

    Debian has a file for each, named by its hash, beside a list of all. OpenSSL reads the file that
    it needs; to read the list takes 15 ms, 200 on a small computer.
    """
    where = ssl.get_default_verify_paths()
    if os.environ.get(where.openssl_cafile_env) or not glob.glob(f"{where.capath}/*.0"):
        return ssl.create_default_context()
    return ssl.create_default_context(capath=where.capath)
