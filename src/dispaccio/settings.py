"""The settings of a home: ``dispaccio.toml``, read once at start."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dispaccio.clock import zone_named
from dispaccio.errors import DispaccioError, MalformedSettings

FILE = "dispaccio.toml"
_WEB = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:/[!-~]*)?")
_CONTACT = re.compile(rf"{_WEB.pattern}|[!-?A-~]{{1,64}}@[A-Za-z0-9.-]{{1,253}}")
_SMTP = re.compile(r"smtps?://(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?/?")
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_MAIL = re.compile(r"[A-Za-z0-9_+.-]{1,40}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}")
_TRUST = re.compile(
    r"(?:member|belongto|control|controlledby|social|vendor|customer|disclosure)="
    rf"(?:{_WEB.pattern})"
)
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?/?")
LANGUAGE_TAG = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3})?(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.ASCII | re.IGNORECASE,
)
"""A language tag (RFC 5646 section 2.1); every registered language has two or three letters."""
LONGEST_WAIT = 3600
"""Seconds that publishing from a page may wait for somebody to think again."""
_LOGO = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\.(?:svg|png)", re.ASCII)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
CONTRAST = 4.5
"""How far a link has to stand out from what lies behind it (WCAG 2.2, 1.4.3, level AA)."""
BACKGROUNDS = {
    "colour": ("#fdfcfa", "#f3f0ea", "#fbecea", "#fbf3dc", "#e2f3e6"),
    "colour_dark": ("#161614", "#22211e", "#351a18", "#2f2710", "#16301d"),
}
"""What lies behind links in each theme: the page's background, then those of its notices."""
INTERFACE = ("en", "it")
"""The languages that the pages speak."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a wire's operator decides. ``docs/settings.md`` explains each."""

    name: str
    url: str
    test: bool = False
    zone: str = "UTC"
    language: str = "en"
    second_person: str = "always"
    publish_wait: int = 60
    database: str = "sqlite:///wire.db"
    keys: str = "keys"
    key_command: tuple[str, ...] = ()
    dateline_name: str = ""
    regulated_authorisation: str = ""
    trusted_proxies: tuple[str, ...] = ()
    require_synchronised_clock: bool = False
    min_free_disk_mb: int = 256
    max_file_mb: int = 100
    contact: str = ""
    trust: tuple[str, ...] = ()
    tdm_reservation: bool = True
    tdm_policy: str = ""
    hub_most: int = 10_000
    hub_per_host: int = 100
    smtp: str = ""
    smtp_user: str = ""
    mail_from: str = ""
    dkim_selector: str = ""
    embargo_terms: str = ""
    embargo_mail: bool = False
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_name: str = ""
    oidc_groups_claim: str = "groups"
    oidc_roles: tuple[str, ...] = ()
    oidc_only: bool = False
    logo: str = ""
    colour: str = ""
    colour_dark: str = ""

    @property
    def zone_info(self) -> ZoneInfo:
        """The wire's own time zone, for datelines."""
        return zone_named(self.zone)

    @property
    def did(self) -> str:
        """The wire's identity, ``did:web`` of its public address."""
        return f"did:web:{urlsplit(self.url).netloc.replace(':', '%3A')}"

    @property
    def mark(self) -> str:
        """The wire's name in datelines."""
        return self.dateline_name or self.name


def load(home: Path) -> Settings:
    """The settings of a home. Raises MalformedSettings, which names the setting."""
    try:
        table = tomllib.loads((home / FILE).read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedSettings(f"{FILE} is not TOML: {error}.") from None
    return check(table)


def check(table: dict[str, Any]) -> Settings:
    """Settings from a TOML table. Raises MalformedSettings."""
    known = {field.name: field for field in fields(Settings)}
    for name, value in table.items():
        if name not in known:
            raise MalformedSettings(
                f"{FILE} has a setting {name!r}, which this dispaccio does not know."
            )
        wanted = str(known[name].type)
        if not _fits(wanted, value):
            raise MalformedSettings(f"{FILE}: {name} should be {_words(wanted)}, not {value!r}.")
    values: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in table.items()}
    for name in ("name", "url"):
        if not values.get(name):
            raise MalformedSettings(f"{FILE}: {name} is missing.")
    found = Settings(**values)
    _check_values(found)
    return found


def write(settings: Settings) -> str:
    """The settings as TOML; those that have their default are left out."""
    lines = ["# The settings of this wire; each is explained in docs/settings.md."]
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if value != field.default:
            lines.append(f"{field.name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _check_values(found: Settings) -> None:
    _check_url(found.url)
    if found.second_person not in ("always", "paid", "never"):
        raise MalformedSettings(
            f"{FILE}: second_person should be always, paid or never, not {found.second_person!r}."
        )
    _check_names(found)
    if not LANGUAGE_TAG.fullmatch(found.language):
        raise MalformedSettings(
            f"{FILE}: language should be a language tag (BCP 47) such as en, it or pt-BR, not "
            f"{found.language[:40]!r}. Labels and datelines follow it where a release names no "
            f"language; the pages speak {' and '.join(INTERFACE)}."
        )
    if not found.database.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise MalformedSettings(
            f"{FILE}: database should begin with sqlite:/// or postgresql+psycopg://."
        )
    if found.min_free_disk_mb < 0:
        raise MalformedSettings(f"{FILE}: min_free_disk_mb is 0 or more.")
    if found.max_file_mb < 1:
        raise MalformedSettings(f"{FILE}: max_file_mb is 1 or more.")
    if not 0 <= found.publish_wait <= LONGEST_WAIT:
        raise MalformedSettings(
            f"{FILE}: publish_wait is 0 to {LONGEST_WAIT} seconds, not {found.publish_wait}."
        )
    for name in ("hub_most", "hub_per_host"):
        if getattr(found, name) < 0:
            raise MalformedSettings(f"{FILE}: {name} is 0 or more.")
    _check_public_files(found)
    _check_mail(found)
    _check_provider(found)
    _check_looks(found)
    try:
        zone_named(found.zone)
    except DispaccioError as error:
        raise MalformedSettings(f"{FILE}: zone: {error.message}") from None


def _check_url(url: str) -> None:
    address = _ADDRESS.fullmatch(url)
    if not address or int(address[2] or 0) > 65535:
        raise MalformedSettings(
            f"{FILE}: url should be the wire's public address, like https://wire.example and "
            f"without a path, not {url!r}."
        )
    if url.startswith("http:") and not _is_here(address[1].strip("[]").lower()):
        raise MalformedSettings(
            f"{FILE}: url should begin with https, not {url!r}; http is for a wire that serves "
            "its own machine, like http://127.0.0.1:8000."
        )


def _is_here(host: str) -> bool:
    """Whether a host is this machine (RFC 6761 section 6.3 for the name)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _check_names(found: Settings) -> None:
    if not found.dateline_name and (not found.name.isprintable() or "/" in found.name):
        raise MalformedSettings(
            f"{FILE}: name stands in datelines, which hold no slash and no line break; keep "
            f"{found.name[:80]!r} and say with dateline_name how it is written there."
        )
    if not found.name.isprintable():
        raise MalformedSettings(f"{FILE}: name should be one line of signs that readers see.")
    if not found.mark.isprintable() or "/" in found.mark:
        raise MalformedSettings(
            f"{FILE}: dateline_name should hold no slash and no line break, as datelines do not."
        )


def _check_public_files(found: Settings) -> None:
    """What is written into files that programs read line by line."""
    if found.contact and not _CONTACT.fullmatch(found.contact):
        raise MalformedSettings(
            f"{FILE}: contact should be an e-mail address or an address on the web, not "
            f"{found.contact!r}."
        )
    if found.tdm_policy and not _WEB.fullmatch(found.tdm_policy):
        raise MalformedSettings(
            f"{FILE}: tdm_policy should be an address on the web, not {found.tdm_policy!r}."
        )
    for line in found.trust:
        if not _TRUST.fullmatch(line):
            raise MalformedSettings(
                f"{FILE}: trust holds lines of trust.txt, such as "
                f'"belongto=https://association.example", not {line!r}.'
            )


def _check_mail(found: Settings) -> None:
    """How mail goes out."""
    server = _SMTP.fullmatch(found.smtp)
    if found.smtp and (not server or int(server[1] or 25) > 65535):
        raise MalformedSettings(
            f"{FILE}: smtp should be the mail server's address, like smtp://mail.example.org:587 "
            f"or smtps://mail.example.org:465, not {found.smtp!r}."
        )
    if found.mail_from and not _MAIL.fullmatch(found.mail_from):
        raise MalformedSettings(
            f"{FILE}: mail_from should be a bare mail address in small letters behind the @, like "
            f"news@wire.example, not {found.mail_from!r}."
        )
    if found.smtp and not found.mail_from:
        raise MalformedSettings(f"{FILE}: smtp needs mail_from, the address that mail comes from.")
    if not found.smtp_user.isprintable():
        raise MalformedSettings(f"{FILE}: smtp_user should be one line.")
    if found.dkim_selector and not _SELECTOR.fullmatch(found.dkim_selector):
        raise MalformedSettings(
            f"{FILE}: dkim_selector should be small letters, digits and dashes, not "
            f"{found.dkim_selector!r}."
        )


def _check_provider(found: Settings) -> None:
    """By whom people may come in."""
    issuer = found.oidc_issuer
    if not issuer:
        if found.oidc_only:
            raise MalformedSettings(
                f"{FILE}: oidc_only needs oidc_issuer, the way in that is left."
            )
        return
    if not _WEB.fullmatch(issuer) or re.search("[?#]", issuer):
        raise MalformedSettings(
            f"{FILE}: oidc_issuer should be the provider's address, like https://login.example and "
            f"without ? and #, not {issuer[:80]!r}."
        )
    if issuer.startswith("http:") and not found.test:
        raise MalformedSettings(f"{FILE}: oidc_issuer should begin with https, not {issuer!r}.")
    if not found.oidc_client_id or not found.oidc_client_id.isascii():
        raise MalformedSettings(
            f"{FILE}: oidc_issuer needs oidc_client_id, by which the provider knows the wire."
        )
    for name in ("oidc_client_id", "oidc_name", "oidc_groups_claim"):
        if not getattr(found, name).isprintable():
            raise MalformedSettings(f"{FILE}: {name} should be one line of signs.")


def _check_looks(found: Settings) -> None:
    """The name of the logo's file, and colours that can be read."""
    if found.logo and not _LOGO.fullmatch(found.logo):
        raise MalformedSettings(
            f"{FILE}: logo should be the name of an SVG or PNG file in the home, like logo.svg, "
            f"not {found.logo[:80]!r}."
        )
    for name, backgrounds in BACKGROUNDS.items():
        colour = getattr(found, name)
        if not colour:
            continue
        if not _COLOUR.fullmatch(colour):
            raise MalformedSettings(
                f"{FILE}: {name} should be a colour like #1b4f7f, not {colour[:40]!r}."
            )
        reached, behind = min((contrast(colour, one), one) for one in backgrounds)
        if reached < CONTRAST:
            wanted = "darker" if name == "colour" else "lighter"
            raise MalformedSettings(
                f"{FILE}: {name} {colour} stands out from the background {behind} of these pages "
                f"by {math.floor(reached * 100) / 100:.2f} to 1, and a link has to by {CONTRAST} "
                f"to 1 (WCAG 2.2, 1.4.3); take a {wanted} one."
            )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """How light a colour is, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _fits(wanted: str, value: Any) -> bool:
    if wanted.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return type(value).__name__ == wanted


def _words(wanted: str) -> str:
    words = {"str": "text", "bool": "true or false", "int": "a whole number"}
    return words.get(wanted, "a list of texts")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'
    return repr(value)
