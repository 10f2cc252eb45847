"""The certificates of the fake service, in the form in which a public service has them.

An authority's root signs no service (CA/Browser Forum, Baseline Requirements 6.1.7): the service sends
its own certificate and the one of an intermediate. With what the requirements ask to be in them
(7.1.2), this is 1.5 to 2 kB with ECDSA keys, and 3 to 5 kB with RSA keys. Each new connection gets it.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import certifi

Keys = Literal["RSA", "ECDSA"]
_NEW_KEY = {
    "RSA": ("-newkey", "rsa:2048"),
    "ECDSA": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
}
_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)
# Two logs have seen the certificate (RFC 6962): a list of 240 bytes, of which clients read nothing.
_SEEN = "1.3.6.1.4.1.11129.2.4.2=ASN1:FORMAT:HEX,OCTETSTRING:" + "00f0" + 2 * ("0076" + "5a" * 118)
_OF_AN_AUTHORITY = (
    "crlDistributionPoints=URI:http://crl.authority.example/root.crl",
    "authorityInfoAccess=caIssuers;URI:http://certificates.authority.example/root.der",
    "certificatePolicies=2.23.140.1.2.2",
    "extendedKeyUsage=serverAuth,clientAuth",
    "keyUsage=critical,digitalSignature,keyCertSign,cRLSign",
)
_OF_A_SERVICE = (
    "basicConstraints=critical,CA:FALSE",
    "crlDistributionPoints=URI:http://crl.authority.example/services-1.crl",
    "authorityInfoAccess=OCSP;URI:http://ocsp.authority.example,"
    "caIssuers;URI:http://certificates.authority.example/services-1.der",
    "certificatePolicies=2.23.140.1.2.2",
    "extendedKeyUsage=serverAuth",
    _SEEN,
)
_NAMES = "DNS:api.service.example,DNS:*.service.example,DNS:service.example"


@dataclass(frozen=True)
class Chain:
    """The files of a service, and of those who trust its authority and some 150 usual ones."""

    sent: Path  # the service's certificate and the intermediate's
    key: Path
    bundle: Path  # of the authorities
    authorities: Path  # a folder with a file for each, as in Debian: the kiosk reads it

    @property
    def size(self) -> int:
        """Return how many bytes a connection gets."""
        words = ("openssl", "crl2pkcs7", "-nocrl", "-certfile", self.sent, "-outform", "DER")
        return len(subprocess.run(words, check=True, capture_output=True).stdout)


def make_chain(folder: Path, host: str, keys: Keys) -> Chain:
    """Make a root, an intermediate and the certificate of this address."""
    root = _signed(folder, keys, "/O=Bench Trust/CN=Bench Root 1")
    between = _signed(
        folder, keys, "/C=US/O=Bench Trust/CN=Bench Services 1", root,
        "basicConstraints=critical,CA:TRUE,pathlen:0", *_OF_AN_AUTHORITY,
    )  # fmt: skip
    own = _signed(
        folder, keys, "/C=UY/L=Montevideo/O=The Payment Service S.R.L./CN=*.service.example", between,
        f"subjectAltName=IP:{host},{_NAMES}", "keyUsage=critical,digitalSignature", *_OF_A_SERVICE,
    )  # fmt: skip
    sent = folder / "sent.pem"
    sent.write_text(own.read_text() + between.read_text())
    bundle = folder / "bundle.pem"
    bundle.write_text(Path(certifi.where()).read_text() + root.read_text())
    return Chain(sent, own.with_suffix(".key"), bundle, _folder_of(bundle))


def _signed(folder: Path, keys: Keys, subject: str, by: Path | None = None, *says: str) -> Path:
    """Return the file of a new certificate; beside it is its key."""
    name = folder / subject.rpartition("=")[2].lstrip("*.").replace(" ", "-")
    made = name.with_name(f"{name.name}.pem")
    words = ["openssl", "req", "-x509", "-nodes", "-days", "30", *_NEW_KEY[keys]]
    words += ["-keyout", str(made.with_suffix(".key")), "-out", str(made), "-subj", subject]
    words += [word for each in says for word in ("-addext", each)]
    if by:
        words += ["-CA", str(by), "-CAkey", str(by.with_suffix(".key"))]
    subprocess.run(words, check=True, capture_output=True)
    return made


def _folder_of(bundle: Path) -> Path:
    folder = bundle.parent / "authorities"
    folder.mkdir()
    for number, text in enumerate(_CERTIFICATE.findall(bundle.read_text())):
        (folder / f"{number}.pem").write_text(text)
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
    return folder
