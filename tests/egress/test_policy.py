from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio.egress.policy import Allow, Policy, Target
from dispaccio.egress.ranges import Reach, judge
from dispaccio.errors import (
    AddressNotPublic,
    EgressRefused,
    HostUnresolvable,
    MalformedAddress,
    MetadataAddress,
    PortNotAllowed,
    SchemeNotAllowed,
)

HOME = Policy()
TEST = Policy(test=True)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://cms.example.org", Target("https", "cms.example.org", 443, "/", None)),
        (
            "HTTPS://CMS.Example.org./in?a=1",
            Target("https", "cms.example.org", 443, "/in?a=1", None),
        ),
        ("https://cms.example.org:8443?a", Target("https", "cms.example.org", 8443, "/?a", None)),
        ("https://bücher.example/x", Target("https", "xn--bcher-kva.example", 443, "/x", None)),
        ("https://a_b.example:443/", Target("https", "a_b.example", 443, "/", None)),
        ("https://8.8.8.8/", Target("https", "8.8.8.8", 443, "/", IPv4Address("8.8.8.8"))),
        ("https://８.８。８.８/", Target("https", "8.8.8.8", 443, "/", IPv4Address("8.8.8.8"))),
        (
            "https://[2A00:0:0::1]:8443/",
            Target("https", "2a00::1", 8443, "/", IPv6Address("2a00::1")),
        ),
    ],
)
def test_one_spelling_of_every_address(url: str, target: Target) -> None:
    assert HOME.target(url) == target


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://cms.example.org:443/", "cms.example.org"),
        ("https://cms.example.org:8443/", "cms.example.org:8443"),
        ("https://[2a00::1]/", "[2a00::1]"),
        ("https://[2a00::1]:8443/", "[2a00::1]:8443"),
    ],
)
def test_the_host_header(url: str, authority: str) -> None:
    assert HOME.target(url).authority == authority


# Bad input 32 of the security page, and its relatives.
REFUSED = {
    "http://cms.example.org/": SchemeNotAllowed,
    "ftp://cms.example.org/": SchemeNotAllowed,
    "file://localhost/etc/passwd": SchemeNotAllowed,
    "gopher://cms.example.org:443/": SchemeNotAllowed,
    "https://cms.example.org:22/": PortNotAllowed,
    "https://cms.example.org:80/": PortNotAllowed,
    "https://8.8.8.8:25/": PortNotAllowed,
    "https://cms.example.org:0/": MalformedAddress,
    "https://cms.example.org:70000/": MalformedAddress,
    "https://cms.example.org:/": MalformedAddress,
    "https://cms.example.org:4 43/": MalformedAddress,
    "": MalformedAddress,
    "cms.example.org": MalformedAddress,
    "//cms.example.org/": MalformedAddress,
    "https:cms.example.org/": MalformedAddress,
    "https:///in": MalformedAddress,
    "https://": MalformedAddress,
    "https://.": MalformedAddress,
    "https://a..b/": MalformedAddress,
    "https://-a.example/": MalformedAddress,
    "https://" + "a" * 64 + ".example/": MalformedAddress,
    "https://" + "a." * 127 + "example/": MalformedAddress,
    "https://cms.example.org/" + "a" * 2048: MalformedAddress,
    "https://user@cms.example.org/": MalformedAddress,
    "https://user:pass@cms.example.org/": MalformedAddress,
    "https://cms.example.org@127.0.0.1/": MalformedAddress,
    "https://cms.example.org\\@127.0.0.1/": MalformedAddress,
    "https://cms.example.org/#top": MalformedAddress,
    "https://cms.example.org/a b": MalformedAddress,
    "https://cms.example.org/è": MalformedAddress,
    "https://cms.example.org/\r\nHost: evil": MalformedAddress,
    "https://cms.example.org/\x00": MalformedAddress,
    "https://cms.example\n.org/": MalformedAddress,
    " https://cms.example.org/": MalformedAddress,
    "https://cms.example.org/\n": MalformedAddress,
    "https://cms%2eexample.org/": MalformedAddress,
    "https://☃.example/": MalformedAddress,
    "https://a\u200db.example/": MalformedAddress,
    "https://127.0.0.1/": AddressNotPublic,
    "https://127.0.0.1./": AddressNotPublic,
    "https://127.1/": MalformedAddress,
    "https://127.1./": MalformedAddress,
    "https://2130706433/": MalformedAddress,
    "https://0x7f.1/": MalformedAddress,
    "https://0x7f000001/": MalformedAddress,
    "https://127.0.0.0x1/": MalformedAddress,
    "https://0177.0.0.1/": MalformedAddress,
    "https://127.0.0.01/": MalformedAddress,
    "https://127.0.0.1.1/": MalformedAddress,
    "https://cms.example.org.1/": MalformedAddress,
    "https://１２７.１/": MalformedAddress,
    "https://①②⑦.⓪.⓪.①/": AddressNotPublic,
    "https://0.0.0.0/": AddressNotPublic,
    "https://0/": MalformedAddress,
    "https://10.0.0.1/": AddressNotPublic,
    "https://172.31.255.255/": AddressNotPublic,
    "https://192.168.1.1/": AddressNotPublic,
    "https://100.64.0.1/": AddressNotPublic,
    "https://192.0.0.8/": AddressNotPublic,
    "https://192.0.0.200/": AddressNotPublic,
    "https://192.0.2.1/": AddressNotPublic,
    "https://198.19.0.1/": AddressNotPublic,
    "https://203.0.113.7/": AddressNotPublic,
    "https://224.0.0.1/": AddressNotPublic,
    "https://255.255.255.255/": AddressNotPublic,
    "https://169.254.169.254/": MetadataAddress,
    "https://169.254.170.2/": MetadataAddress,
    "https://100.100.100.200/": MetadataAddress,
    "https://168.63.129.16/": MetadataAddress,
    "https://metadata.google.internal/": MetadataAddress,
    "https://METADATA.google.internal./": MetadataAddress,
    "https://[::]/": AddressNotPublic,
    "https://[::1]/": AddressNotPublic,
    "https://[::7f00:1]/": AddressNotPublic,
    "https://[::ffff:7f00:1]/": AddressNotPublic,
    "https://[::ffff:127.0.0.1]/": AddressNotPublic,
    "https://[::ffff:8.8.8.8]/": AddressNotPublic,
    "https://[64:ff9b::7f00:1]/": AddressNotPublic,
    "https://[64:ff9b:1::a00:1]/": AddressNotPublic,
    "https://[2002:7f00:1::]/": AddressNotPublic,
    "https://[2001:0:7f00:1::]/": AddressNotPublic,
    "https://[2001:db8::1]/": AddressNotPublic,
    "https://[3fff::1]/": AddressNotPublic,
    "https://[fc00::1]/": AddressNotPublic,
    "https://[fd12:3456::1]/": AddressNotPublic,
    "https://[fec0::1]/": AddressNotPublic,
    "https://[ff02::1]/": AddressNotPublic,
    "https://[5f00::1]/": AddressNotPublic,
    "https://[4000::1]/": AddressNotPublic,
    "https://[fe80::1]/": MetadataAddress,
    "https://[fd00:ec2::254]/": MetadataAddress,
    "https://[fe80::1%25eth0]/": MalformedAddress,
    "https://[fe80::1%eth0]/": MalformedAddress,
    "https://[::1/": MalformedAddress,
    "https://[127.0.0.1]/": MalformedAddress,
    "https://::1/": MalformedAddress,
}


@pytest.mark.parametrize(("url", "error"), REFUSED.items())
def test_bad_addresses_are_refused(url: str, error: type[EgressRefused]) -> None:
    with pytest.raises(EgressRefused) as caught:
        HOME.target(url)
    assert type(caught.value) is error
    assert len(caught.value.message) < 2048
    assert "\n" not in caught.value.message
    assert "\r" not in caught.value.message


@pytest.mark.parametrize(
    ("url", "leave"),
    [
        ("http://cms.newsroom.example/", "dispaccio egress allow cms.newsroom.example:80 --why"),
        ("https://cms.newsroom.example:9000/", "allow cms.newsroom.example:9000 --why"),
        ("https://10.1.2.3/", "dispaccio egress allow 10.1.2.3:443 --why"),
        ("http://[fd12::1]:8080/", "dispaccio egress allow [fd12::1]:8080 --why"),
    ],
)
def test_a_refusal_names_a_leave_that_works(url: str, leave: str) -> None:
    with pytest.raises(EgressRefused) as caught:
        HOME.target(url)
    assert leave in caught.value.message
    entry = caught.value.message.partition("egress allow ")[2].partition(" --why")[0]
    assert url.startswith(Policy((Allow.parse(entry, "our own CMS"),)).target(url).scheme)


def test_every_resolved_address_must_be_public() -> None:
    target = HOME.target("https://cms.example.org/")
    assert HOME.admit(target, ["8.8.8.8", "2a00::1", "8.8.8.8"]) == (
        ip_address("8.8.8.8"),
        ip_address("2a00::1"),
    )
    for bad in ("10.0.0.1", "::1", "169.254.169.254", "fe80::1%eth0", "64:ff9b::808:808"):
        with pytest.raises(EgressRefused) as caught:
            HOME.admit(target, ["8.8.8.8", bad])
        assert bad not in str((caught.value.message, caught.value.details)), "an inner address"
    with pytest.raises(HostUnresolvable):
        HOME.admit(target, [])


def test_a_leave_holds_for_one_host_and_port() -> None:
    policy = Policy((Allow("CMS.newsroom.example.", 8080, "our own CMS"),))
    target = policy.target("http://cms.newsroom.example:8080/in")
    assert policy.admit(target, ["10.1.2.3", "8.8.8.8"])
    assert policy.target("https://cms.newsroom.example:8080/in").port == 8080
    for other in ("http://cms.newsroom.example/", "http://www.cms.newsroom.example:8080/"):
        with pytest.raises(SchemeNotAllowed):
            policy.target(other)
    with pytest.raises(AddressNotPublic):
        policy.admit(policy.target("https://cms.newsroom.example/"), ["10.1.2.3"])


def test_a_leave_for_a_network_holds_for_names_that_lead_into_it() -> None:
    policy = Policy((Allow.parse("10.1.0.0/16:8080", "newsroom"),))
    assert policy.target("http://10.1.2.3:8080/").port == 8080
    target = policy.target("http://cms.newsroom.example:8080/")
    assert policy.admit(target, ["10.1.2.3"]) == (ip_address("10.1.2.3"),)
    with pytest.raises(AddressNotPublic):
        policy.admit(target, ["10.1.2.3", "10.2.0.1"])
    with pytest.raises(SchemeNotAllowed):
        policy.admit(target, ["8.8.8.8"])
    with pytest.raises(PortNotAllowed):
        policy.admit(policy.target("https://cms.newsroom.example:8080/"), ["8.8.8.8"])
    with pytest.raises(AddressNotPublic):
        policy.target("http://10.2.0.1:8080/")


@pytest.mark.parametrize(
    "text",
    [
        "metadata.google.internal:80",
        "169.254.169.254:80",
        "169.254.0.0/16:80",
        "[fd00:ec2::254]:80",
    ],
)
def test_nobody_gives_leave_for_metadata(text: str) -> None:
    with pytest.raises(MetadataAddress):
        Allow.parse(text, "please")


@pytest.mark.parametrize("network", ["128.0.0.0/1", "fd00::/8"])
def test_a_wide_leave_does_not_open_metadata(network: str) -> None:
    policy = Policy((Allow(network, 80, "everything"), Allow("a.example", 80, "x")), test=True)
    for address in ("169.254.169.254", "168.63.129.16", "fd00:ec2::254", "fe80::a9fe:a9fe"):
        with pytest.raises(MetadataAddress):
            policy.admit(policy.target("http://a.example/"), [address])
    with pytest.raises(MetadataAddress):
        policy.target("http://169.254.169.254/latest/meta-data/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cms.example.org",
        ":80",
        "cms.example.org:0",
        "cms.example.org:x",
        "https://cms.example.org:80",
        "a b:80",
        "127.1:80",
        "[::1:80",
        "10.1.2.3/8:80",
        "10.0.0.0/40:80",
    ],
)
def test_a_malformed_leave(text: str) -> None:
    with pytest.raises(MalformedAddress):
        Allow.parse(text, "our own CMS")


def test_a_leave_needs_a_reason() -> None:
    with pytest.raises(MalformedAddress, match="--why"):
        Allow.parse("cms.example.org:80", " ")


@pytest.mark.parametrize(
    "text", ["0.0.0.0/0:80", "::/0:80", "224.0.0.1:80", "[::ffff:10.0.0.1]:80"]
)
def test_no_leave_for_what_no_receiver_has(text: str) -> None:
    with pytest.raises(AddressNotPublic):
        Allow.parse(text, "please")


def test_a_test_home_reaches_this_machine_and_nothing_else_inside() -> None:
    assert TEST.target("http://127.0.0.1:12345/in").port == 12345
    assert TEST.target("http://[::1]:12345/in").port == 12345
    target = TEST.target("http://localhost:12345/in")
    assert TEST.admit(target, ["::1", "127.0.0.1"])
    with pytest.raises(AddressNotPublic):
        TEST.target("http://10.0.0.1/")
    with pytest.raises(AddressNotPublic):
        TEST.target("http://[::ffff:127.0.0.1]/")
    with pytest.raises(SchemeNotAllowed):
        TEST.admit(target, ["8.8.8.8"])


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_never_more_public_than_the_standard_library_says(
    address: IPv4Address | IPv6Address,
) -> None:
    reach, purpose = judge(address)
    assert purpose
    if reach is Reach.PUBLIC:
        assert address.is_global
        assert not address.is_multicast


@given(st.text(max_size=40) | st.from_regex(r"https?://[\[\]0-9a-fx.:@%#/]{1,24}", fullmatch=True))
def test_whatever_is_written_is_a_public_target_or_a_refusal(url: str) -> None:
    try:
        target = HOME.target(url)
    except EgressRefused:
        return
    assert target.scheme == "https"
    assert target.port in {443, 8443}
    assert target.literal is None or judge(target.literal)[0] is Reach.PUBLIC
    assert HOME.target(f"https://{target.authority}{target.path}") == target


@given(st.from_regex(r"[0-9xa-f]{1,10}(\.[0-9xa-f]{1,4}){0,3}", fullmatch=True))
def test_no_spelling_of_an_address_passes_for_a_name(host: str) -> None:
    """What the C library reads as an address is a literal here, or refused."""
    try:
        target = HOME.target(f"https://{host}/")
    except EgressRefused:
        return
    if target.literal is None:
        with pytest.raises(OSError, match="illegal IP"):
            socket.inet_aton(target.host)
    else:
        assert socket.inet_aton(target.host) == target.literal.packed
