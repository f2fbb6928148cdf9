"""Photos with Content Credentials (C2PA), signed by an authority of our own that exists for as long as a test runs."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CAPTURE = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@dataclass(frozen=True)
class Authority:
    """A root, and who signs in its name: both PEM."""

    root: str
    chain: str
    key: str


def authority(name: str = "Kamera Uji") -> Authority:
    """A fresh one."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Akar Uji", "Akar Uji", root_key, root_key, None)
    signer = _certificate(name, "Akar Uji", key, root_key, root)
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Authority(_pem(root), _pem(signer) + _pem(root), plain.decode())


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _certificate(
    name: str,
    by: str,
    key: ec.EllipticCurvePrivateKey,
    signed_with: ec.EllipticCurvePrivateKey,
    root: x509.Certificate | None,
) -> x509.Certificate:
    def called(who: str) -> x509.Name:
        return x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, who), x509.NameAttribute(NameOID.ORGANIZATION_NAME, who)]
        )

    now = datetime.now(UTC)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=root is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_with.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=root is not None, key_cert_sign=root is None, crl_sign=root is None, **usage
            ),
            critical=True,
        )
    )
    if root is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(signed_with, hashes.SHA256())


def signed(
    jpeg: bytes,
    by: Authority,
    *,
    source: str = CAPTURE,
    more: tuple[dict[str, Any], ...] = (),
    mime: str = "image/jpeg",
) -> bytes:
    """The photo with a manifest of its creation. `source`: its digital source type; `more`: further actions."""
    actions = [{"action": "c2pa.created", "digitalSourceType": source}, *more]
    manifest = {
        "claim_generator_info": [{"name": "Kamera Uji", "version": "1.0"}],
        "format": mime,
        "title": "foto",
        "assertions": [{"label": "c2pa.actions", "data": {"actions": actions}}],
    }
    info = c2pa.C2paSignerInfo(b"es256", by.chain.encode(), by.key.encode(), None)
    settings = c2pa.Settings.from_dict({"verify": {"verify_after_sign": False}})
    with c2pa.Context(settings) as context, c2pa.Signer.from_info(info) as signer:
        builder = c2pa.Builder(json.dumps(manifest), context=context)
        out = io.BytesIO()
        builder.sign(signer, mime, io.BytesIO(jpeg), out)
    return out.getvalue()
