"""Our courier beside raw senders, a new TLS connection for each delivery, per core-second.

The receivers have each connection closed and resume nothing; the certificate holds their addresses,
and whoever sends trusts it and checks it. Alone: ``python -m bench._cold_tls``.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench import _home, _raw_senders, delivery
from bench._numbers import line, spread
from dispaccio.wire import endpoints, organisations
from dispaccio.wire.core import Wire


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that holds every host of the receivers: with its key, and alone to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Receivers of a benchmark")])
    names = [x509.IPAddress(ip_address(_raw_senders.host(at))) for at in range(_raw_senders.HOSTS)]
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    ).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    whole, alone = folder / "receivers.pem", folder / "trusted.pem"
    whole.write_bytes(secret + made)
    alone.write_bytes(made)
    return whole, alone


def main(*, targets: int = 2000) -> None:
    with _home.scratch() as folder:
        home = _home.make(folder / "home")
        whole, trusted = certificate(folder)
        names = ("courier", "cold", "cold-uvloop")
        found: dict[str, list[float]] = {name: [] for name in names}
        with delivery.receivers(certificate=whole) as sink:
            with home.open() as wire:
                secrets = _subscribe(wire, home, sink.port, targets)
            for turn in range(delivery.ROUNDS):
                found["courier"].append(_courier(home, sink, turn, secrets, trusted))
                for name in names[1:]:
                    sink.begin()
                    count = delivery.raw(name, sink.port, targets, 64, trusted=trusted)
                    found[name].append(count)
    line(f"{targets:,} deliveries, each over new TLS, per core-second", "")
    for name in names:
        line(f"  {name}", spread(found[name], digits=0))
    for name, goal in (("cold", ">= 0.9"), ("cold-uvloop", "")):
        ratios = [a / b for a, b in zip(found["courier"], found[name], strict=True)]
        line(f"  courier / raw {name}", spread(ratios), goal)


def _subscribe(wire: Wire, home: _home.Home, port: int, count: int) -> dict[str, str]:
    """Endpoints at the hosts of the certificate; the secrets by path."""
    organisations.add_subscriber(wire, home.actor, "newsroom", None)
    secrets = {}
    for number in range(count):
        path, host = f"/hook/{number}", _raw_senders.host(number % _raw_senders.HOSTS)
        address = f"https://{host}:{port}{path}"
        secrets[path] = endpoints.add(wire, home.actor, "newsroom", address)["secret"]
    return secrets


def _courier(
    home: _home.Home, sink: delivery.Receivers, turn: int, secrets: dict[str, str], trusted: Path
) -> float:
    """Deliveries per core-second of the whole server, from T until all is settled."""
    sink.begin(secrets, every=100)
    at = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=10)
    with home.open() as wire:
        delivery.schedule(wire, home, range(turn, turn + 1), at)
    with _trusting(trusted), _home.serve(home) as server:
        while time.time() < at.timestamp() - 0.5:
            time.sleep(0.05)
        before = server.cpu()
        said = sink.wait_for(len(secrets))
        delivery.settled(server)
        used = server.cpu() - before
    if said["bad"] or said["overtaken"] or said["total"] != said["distinct"]:
        raise RuntimeError(f"signatures, order or number are wrong: {said}")
    return len(secrets) / used


@contextmanager
def _trusting(certificate: Path) -> Iterator[None]:
    """Processes that are started in the block trust this certificate and no other."""
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(certificate)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = before


if __name__ == "__main__":
    main()
