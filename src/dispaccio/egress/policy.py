"""Where the wire sends: an address is taken apart and judged, before and after resolving. Pure.

A target is judged twice. ``Policy.target`` judges what is written: scheme, port, host, a literal
address. ``Policy.admit`` judges every address that the name led to; the client then connects to
these very addresses, so that a name cannot lead elsewhere in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from dispaccio.egress.ranges import Address, Network, Reach, judge
from dispaccio.errors import (
    AddressNotPublic,
    HostUnresolvable,
    MalformedAddress,
    MetadataAddress,
    PortNotAllowed,
    SchemeNotAllowed,
)
from dispaccio.words import in_a_row, say, term

PORTS = frozenset({443, 8443})
"""The ports that need nobody's leave."""

SERVICES = {"sftp": frozenset({22}), "smtp": frozenset({25, 465, 587})}
"""Protocols other than HTTP, and the ports of each that need nobody's leave."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 2048
_METADATA_HOSTS = frozenset(
    {
        "metadata",
        "metadata.google.internal",
        "metadata.goog",
        "metadata.azure.internal",
        "metadata.tencentyun.com",
        "instance-data",
        "instance-data.ec2.internal",
    }
)

# RFC 3986, with a host in any script; what may stand in path and query is section 3.3 and 3.4.
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?P<host>\[[^\]]*\]|[^\[\]/?#:@\\]*)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:[/?][A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*)?)"
)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Target:
    """One address to send to, in the one spelling that is used from here on."""

    scheme: str
    """``https`` or ``http``, or the name of another service."""
    host: str
    """A name in lower-case A-labels (RFC 5890) without its last dot, or a bare address."""
    port: int
    path: str
    """Path and query as they are sent; never empty."""
    literal: Address | None
    """The address, where the host is one."""

    @property
    def authority(self) -> str:
        """The host as the ``Host`` header writes it (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if isinstance(self.literal, IPv6Address) else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Allow:
    """The operator's leave to send to one host or network, at one port, also by plain http.

    ``host`` is a name, an address or a network (``10.1.0.0/16``). A leave for a metadata service,
    or for addresses that no receiver has, is refused.

    Raises:
        MalformedAddress: the host or the port is none, or no reason is given.
        MetadataAddress, AddressNotPublic: nobody can give leave for that.
    """

    host: str
    port: int
    why: str
    network: Network | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.why.strip():
            raise MalformedAddress(say("Say why the wire may send there: --why …"), host=self.host)
        if not 1 <= self.port <= 65535:
            raise MalformedAddress(
                say("{port} is not a port.", port=str(self.port)), host=self.host
            )
        host, network = _host_or_network(self.host)
        if network is None:
            _refuse_metadata_host(host)
        else:
            _refuse_unreachable(host, network.network_address)
        object.__setattr__(self, "host", host)
        object.__setattr__(self, "network", network)

    @classmethod
    def parse(cls, text: str, why: str) -> Allow:
        """Read what the operator writes: ``cms.example.org:8080``, ``10.1.0.0/16:8080``."""
        host, _, port = text.rpartition(":")
        if not host or not re.fullmatch(r"[0-9]{1,5}", port):
            raise MalformedAddress(
                say(
                    "Write a host or a network with its port, like cms.example.org:8080, not "
                    "{text}.",
                    text=repr(text),
                )
            )
        return cls(host, int(port), why)

    def covers(self, target: Target, address: Address | None) -> bool:
        """Whether this leave holds for a target, or may hold as long as no address is known."""
        if self.port != target.port:
            return False
        if self.network is None:
            return self.host == target.host
        return address is None or address in self.network


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator admits. A test home also reaches this machine, at every port."""

    allows: tuple[Allow, ...] = ()
    test: bool = False

    def target(self, url: str) -> Target:
        """Take an address apart and judge what is written there; nothing is resolved.

        Raises:
            MalformedAddress, SchemeNotAllowed, PortNotAllowed, AddressNotPublic, MetadataAddress
        """
        target = _parse(url)
        if target.literal is not None:
            self._judge(target, target.literal)
            return target
        _refuse_metadata_host(target.host)
        if not (self.test or any(allow.covers(target, None) for allow in self.allows)):
            _require_ordinary(target)
        return target

    def service(self, scheme: str, host: str, port: int) -> Target:
        """Judge where another protocol than HTTP is to be spoken; nothing is resolved.

        Args:
            scheme: the protocol, one of ``SERVICES``.
            host: a name or an address.
            port: where its server listens.

        Raises:
            MalformedAddress, PortNotAllowed, AddressNotPublic, MetadataAddress
        """
        if not 1 <= port <= 65535:
            raise MalformedAddress(say("{port} is not a port.", port=str(port)))
        name, literal = _host(f"[{host}]" if ":" in host else host)
        target = Target(scheme, name, port, "/", literal)
        if literal is not None:
            self._judge(target, literal)
            return target
        _refuse_metadata_host(name)
        if not (self.test or any(allow.covers(target, None) for allow in self.allows)):
            _require_ordinary(target)
        return target

    def admit(self, target: Target, addresses: Iterable[str]) -> tuple[Address, ...]:
        """Judge every address that the host led to; give back each once, in their order.

        The messages do not name an address that a name led to: it may be one of an inner network.

        Raises:
            HostUnresolvable: there is no address.
            SchemeNotAllowed, PortNotAllowed, AddressNotPublic, MetadataAddress: of any one of them.
        """
        found = tuple(dict.fromkeys(ip_address(address) for address in addresses))
        if not found:
            raise HostUnresolvable(
                say(
                    "The name {host} leads to no address; check its spelling, or try later.",
                    host=target.host,
                ),
                host=target.host,
            )
        for address in found:
            self._judge(target, address)
        return found

    def _judge(self, target: Target, address: Address) -> None:
        reach, purpose = _refuse_unreachable(target.host, address)
        if self.test and address.is_loopback:
            return
        if any(allow.covers(target, address) for allow in self.allows):
            return
        if reach is Reach.BY_LEAVE:
            raise AddressNotPublic(
                say(
                    "{host} leads to {purpose}, not to the public internet; {todo}",
                    host=target.host,
                    purpose=term(purpose),
                    todo=_how_to_admit(target),
                ),
                host=target.host,
                port=target.port,
            )
        _require_ordinary(target)


def _parse(url: str) -> Target:
    """Take an address apart, without judging where it leads."""
    if len(url) > _LONGEST:
        raise MalformedAddress(
            say("The address is longer than {longest} characters.", longest=_LONGEST)
        )
    match = _URL.fullmatch(url)
    if match is None:
        raise MalformedAddress(_what_is_wrong(url))
    scheme = match["scheme"].lower()
    if scheme not in _DEFAULT_PORTS:
        raise SchemeNotAllowed(
            say("The wire sends by https, not by {scheme}.", scheme=scheme), scheme=scheme
        )
    port = int(match["port"] or _DEFAULT_PORTS[scheme])
    if not 1 <= port <= 65535:
        raise MalformedAddress(say("{port} is not a port.", port=str(port)))
    host, literal = _host(match["host"])
    path = match["path"]
    return Target(scheme, host, port, path if path.startswith("/") else "/" + path, literal)


def _what_is_wrong(url: str) -> str:
    """Say which habit of addresses the wire does not take."""
    authority = re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        return say(
            "The address holds a user name or password; the wire sends none, so leave it out."
        )
    if "#" in url:
        return say("The address has a fragment (#…), which is never sent; leave it out.")
    if re.search(r"[^\x21-\x7e]", url[len(url.partition("://")[0]) + 3 + len(authority) :]):
        return say("The path holds a space or a letter outside ASCII; write it percent-encoded.")
    return term(MalformedAddress.default())


def _host(text: str) -> tuple[str, Address | None]:
    """Normalise a host; an address comes with its value.

    A host whose last label is a number is an IPv4 address in four decimal parts or nothing (WHATWG
    URL, "ends in a number"): ``127.1``, ``2130706433`` and ``0x7f.1`` are refused.
    """
    if text.startswith("[") and text.endswith("]"):
        return _literal(text[1:-1])
    name = _ascii(text).lower().removesuffix(".")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        try:
            address = IPv4Address(name)
        except ValueError:
            raise MalformedAddress(
                say(
                    "{text} is an IPv4 address in an odd spelling; write four decimal numbers.",
                    text=repr(text),
                ),
                host=text,
            ) from None
        return str(address), address
    if not _NAME.fullmatch(name):
        raise MalformedAddress(say("{text} is not the name of a host.", text=repr(text)), host=text)
    return name, None


def _literal(text: str) -> tuple[str, Address]:
    """Read an IPv6 address as it stands between brackets; a zone is refused."""
    try:
        address = IPv6Address(text.replace("%", "no zone"))
    except ValueError:
        raise MalformedAddress(
            say("[{text}] is not an IPv6 address.", text=text), host=text
        ) from None
    return str(address), address


def _ascii(name: str) -> str:
    """Turn a name in any script into A-labels (IDNA 2008, mapped by UTS 46)."""
    if name.isascii():
        return name
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise MalformedAddress(
            say("{name} is not the name of a host.", name=repr(name)), host=name
        ) from None


def _host_or_network(text: str) -> tuple[str, Network | None]:
    """Normalise what the operator admits: a name, or an address or network in one spelling."""
    if "/" in text:
        try:
            network = ip_network(text.strip("[]"))
        except ValueError as error:
            raise MalformedAddress(
                say("{text} is not a network: {error}.", text=repr(text), error=str(error)),
                host=text,
            ) from None
        return str(network), network
    host, literal = _host(f"[{text}]" if ":" in text and not text.startswith("[") else text)
    return host, ip_network(literal) if literal is not None else None


def _refuse_metadata_host(host: str) -> None:
    if host in _METADATA_HOSTS:
        raise MetadataAddress(
            say("{host}: {why}", host=host, why=term(MetadataAddress.default())),
            host=host,
        )


def _refuse_unreachable(host: str, address: Address) -> tuple[Reach, str]:
    """Refuse what no leave can open; give back the judgement otherwise."""
    reach, purpose = judge(address)
    if reach is Reach.METADATA:
        raise MetadataAddress(
            say(
                "{host} leads to {purpose}; the wire never sends there.",
                host=host,
                purpose=term(purpose),
            ),
            host=host,
        )
    if reach is Reach.NEVER:
        raise AddressNotPublic(
            say(
                "{host} leads to {purpose}; the wire never sends there.",
                host=host,
                purpose=term(purpose),
            ),
            host=host,
        )
    return reach, purpose


def _require_ordinary(target: Target) -> None:
    """Hold a target without the operator's leave to https and the usual ports."""
    usual = SERVICES.get(target.scheme)
    if usual is not None:
        if target.port not in usual:
            raise PortNotAllowed(
                say(
                    "The wire speaks {scheme} at the ports {ports}, not at {port}; {todo}",
                    scheme=target.scheme,
                    ports=in_a_row(map(str, sorted(usual))),
                    port=str(target.port),
                    todo=_how_to_admit(target),
                ),
                host=target.host,
                port=target.port,
            )
        return
    if target.scheme != "https":
        raise SchemeNotAllowed(
            say(
                "The wire sends by https; plain http needs a leave: {todo}",
                todo=_how_to_admit(target),
            ),
            host=target.host,
        )
    if target.port not in PORTS:
        raise PortNotAllowed(
            say(
                "The wire sends to the ports 443 and 8443, not to {port}; {todo}",
                port=str(target.port),
                todo=_how_to_admit(target),
            ),
            host=target.host,
            port=target.port,
        )


def _how_to_admit(target: Target) -> str:
    host = f"[{target.host}]" if isinstance(target.literal, IPv6Address) else target.host
    return say(
        "the operator can admit it: dispaccio egress allow {host} --why …",
        host=f"{host}:{target.port}",
    )
