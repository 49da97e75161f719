"""Which addresses are on the public internet. Pure.

``ipaddress.is_global`` is not asked: it calls NAT64, 6to4, multicast and a part of 192.0.0.0/24
public, and its answers differ between releases of Python. The table below follows the IANA
registries named beside it.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Reach(Enum):
    """Under which condition the wire sends to an address."""

    PUBLIC = auto()
    BY_LEAVE = auto()
    """Only where the operator admits it."""
    NEVER = auto()
    """It is no receiver's address, or it hides another address."""
    METADATA = auto()
    """It hands out a machine's credentials; never, whatever the operator admits."""


# The first row that holds the address decides.
_TABLE: tuple[tuple[Network, Reach, str], ...] = tuple(
    (ip_network(network), reach, purpose)
    for reach, rows in (
        (
            # The makers' documentation: AWS, Google Cloud, Azure, Alibaba Cloud, Oracle, Scaleway.
            Reach.METADATA,
            {
                "169.254.0.0/16": "link-local, where clouds keep metadata (RFC 3927)",
                "fe80::/10": "link-local, where clouds keep metadata (RFC 4291)",
                "100.100.100.200/32": "a cloud's metadata service",
                "168.63.129.16/32": "a cloud's metadata service",
                "192.0.0.192/32": "a cloud's metadata service",
                "fd00:ec2::/32": "a cloud's metadata service",
                "fd00:42::42/128": "a cloud's metadata service",
                "fd20:ce::254/128": "a cloud's metadata service",
            },
        ),
        (
            # IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890) and the registries
            # of multicast addresses: what nobody receives a release at.
            Reach.NEVER,
            {
                "0.0.0.0/8": "an unspecified address (RFC 791)",
                "192.0.0.8/30": "an address of a protocol (RFC 7600, RFC 7723, RFC 8155)",
                "192.0.0.170/31": "an address of a protocol (RFC 7050)",
                "192.31.196.0/24": "an AS112 name server (RFC 7535)",
                "192.52.193.0/24": "a multicast relay (RFC 7450)",
                "192.88.99.0/24": "a 6to4 relay (RFC 7526)",
                "192.175.48.0/24": "an AS112 name server (RFC 7534)",
                "224.0.0.0/4": "a multicast address (RFC 5771)",
                "240.0.0.0/4": "a reserved or broadcast address (RFC 1112)",
                "::/128": "an unspecified address (RFC 4291)",
                "::ffff:0:0/96": "an IPv4 address in IPv6 dress (RFC 4291)",
                "64:ff9b::/96": "an IPv4 address behind NAT64 (RFC 6052)",
                "64:ff9b:1::/48": "an IPv4 address behind NAT64 (RFC 8215)",
                "100::/64": "a discard prefix (RFC 6666)",
                "2001::/32": "an IPv4 address behind Teredo (RFC 4380)",
                "2001::/23": "an address of a protocol (RFC 2928)",
                "2002::/16": "an IPv4 address behind 6to4 (RFC 3056)",
                "2620:4f:8000::/48": "an AS112 name server (RFC 7534)",
                "5f00::/16": "a segment routing identifier (RFC 9602)",
                "ff00::/8": "a multicast address (RFC 4291)",
            },
        ),
        (
            # The same registries: networks that an operator may have receivers in.
            Reach.BY_LEAVE,
            {
                "10.0.0.0/8": "a private network (RFC 1918)",
                "100.64.0.0/10": "a carrier's shared network (RFC 6598)",
                "127.0.0.0/8": "this machine itself (RFC 1122)",
                "172.16.0.0/12": "a private network (RFC 1918)",
                "192.0.0.0/24": "a network of protocols (RFC 6890)",
                "192.0.2.0/24": "a documentation network (RFC 5737)",
                "192.168.0.0/16": "a private network (RFC 1918)",
                "198.18.0.0/15": "a benchmarking network (RFC 2544)",
                "198.51.100.0/24": "a documentation network (RFC 5737)",
                "203.0.113.0/24": "a documentation network (RFC 5737)",
                "::1/128": "this machine itself (RFC 4291)",
                "2001:db8::/32": "a documentation network (RFC 3849)",
                "3fff::/20": "a documentation network (RFC 9637)",
                "fc00::/7": "a private network (RFC 4193)",
                "fec0::/10": "a private network (RFC 3879)",
            },
        ),
        (Reach.PUBLIC, {"0.0.0.0/0": "public", "2000::/3": "public"}),
        # RFC 4291, section 2.4: the rest of IPv6 is not given out as global unicast.
        (Reach.NEVER, {"::/0": "outside the public part of IPv6 (RFC 4291)"}),
    )
    for network, purpose in rows.items()
)


PURPOSES = frozenset(purpose for _, reach, purpose in _TABLE if reach is not Reach.PUBLIC)
"""What addresses are for that the wire does not send to without a leave, in words."""


@lru_cache(maxsize=20_000)
def judge(address: Address) -> tuple[Reach, str]:
    """Say under which condition the wire sends to an address, and what the address is for."""
    return next((reach, purpose) for network, reach, purpose in _TABLE if address in network)
