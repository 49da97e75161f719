"""A real OpenSSH server on loopback with keys of its own, run as whoever runs the tests."""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Sshd:
    """Where it listens, as whom one gets in, and its folder of files."""

    port: int
    user: str
    root: Path
    keys: Path

    @property
    def host_key(self) -> str:
        """The server's public key, as one line."""
        return " ".join((self.keys / "host.pub").read_text().split()[:2])

    @property
    def fingerprint(self) -> str:
        done = subprocess.run(
            ["ssh-keygen", "-lf", str(self.keys / "host.pub")],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()[1]

    def admit(self, line: str) -> None:
        """Let the owner of a public key in."""
        path = self.keys / "authorized"
        path.write_text(f"{line}\n")
        path.chmod(0o600)

    def address(self, folder: str = "") -> str:
        return f"sftp://{self.user}@127.0.0.1:{self.port}{folder or self.root}"


@contextmanager
def sshd(program: Path, folder: Path, *, kind: str = "ed25519", more: str = "") -> Iterator[Sshd]:
    """The server while it runs; ``more`` goes into its configuration."""
    keys, root = folder / "keys", folder / "files"
    for made in (keys, root):
        made.mkdir(parents=True, exist_ok=True, mode=0o700)
    words = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", str(keys / "host")]
    if not (keys / "host").exists():
        subprocess.run(words, check=True)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {keys / 'host'}\n"
        f"AuthorizedKeysFile {keys / 'authorized'}\nPidFile none\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPubkeyAuthentication yes\n"
        f"PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n{more}\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # sshd insists on it, and only as root
    log = (folder / "sshd.log").open("ab")
    process = subprocess.Popen([program, "-D", "-e", "-f", config], stdout=log, stderr=log)
    try:
        end = time.monotonic() + 20
        while not _answers(port):
            assert process.poll() is None, (folder / "sshd.log").read_text()
            assert time.monotonic() < end
            time.sleep(0.02)
        yield Sshd(port, getpass.getuser(), root, keys)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as sock:
            return sock.recv(4) == b"SSH-"
    except OSError:
        return False
