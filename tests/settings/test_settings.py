"""The settings of a home: what may stand in dispaccio.toml, and that what is written is read."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispaccio import settings
from dispaccio.errors import MalformedSettings
from dispaccio.settings import FILE, Settings
from dispaccio.site import language

LEAST = {"name": "Ponte", "url": "https://ponte.example"}
PROVIDER: dict[str, object] = {"oidc_issuer": "https://login.example", "oidc_client_id": "wire"}
WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="/"), min_size=1)


def toml(text: str, folder: Path) -> Settings:
    (folder / FILE).write_text(text, "utf-8")
    return settings.load(folder)


def test_two_settings_are_enough() -> None:
    assert settings.check(dict(LEAST)) == Settings("Ponte", "https://ponte.example")


def test_everything_can_be_set(tmp_path: Path) -> None:
    found = toml(
        """
        name = "Ponte"
        url = "https://ponte.example/"
        test = true
        zone = "Europe/Rome"
        language = "it"
        second_person = "paid"
        database = "postgresql+psycopg://wire@/wire"
        keys = "/etc/dispaccio/keys"
        key_command = ["age", "-d", "kek.age"]
        dateline_name = "PONTE"
        regulated_authorisation = "CONSOB 12345"
        trusted_proxies = ["127.0.0.1"]
        require_synchronised_clock = true
        min_free_disk_mb = 1024
        contact = "desk@ponte.example"
        trust = ["belongto=https://association.example/", "social=https://social.example/@ponte"]
        tdm_reservation = false
        tdm_policy = "https://ponte.example/terms"
        hub_most = 100
        hub_per_host = 5
        smtp = "smtps://mail.ponte.example:465"
        smtp_user = "ponte"
        mail_from = "news@ponte.example"
        dkim_selector = "s1"
        publish_wait = 5
        max_file_mb = 10
        embargo_terms = "Keep it to yourself."
        embargo_mail = true
        oidc_issuer = "https://login.ponte.example/realms/news"
        oidc_client_id = "wire"
        oidc_name = "Ponte"
        oidc_groups_claim = "roles"
        oidc_roles = ["news = desk"]
        oidc_only = true
        logo = "logo.svg"
        colour = "#8a1538"
        colour_dark = "#ffb3c7"
        """,
        tmp_path,
    )
    defaults = {field.name: field.default for field in fields(Settings)}
    assert all(getattr(found, name) != default for name, default in defaults.items())
    assert found.key_command == ("age", "-d", "kek.age")
    assert found.did == "did:web:ponte.example"
    assert found.zone_info.key == "Europe/Rome"
    assert found.mark == "PONTE"


def test_the_identity_follows_the_address() -> None:
    assert Settings("P", "https://ponte.example").did == "did:web:ponte.example"
    assert Settings("P", "http://127.0.0.1:8000").did == "did:web:127.0.0.1%3A8000"


@given(
    st.builds(
        Settings,
        name=WORDS,
        url=st.sampled_from(
            ["https://ponte.example", "http://[::1]:8000", "http://a.localhost:1/"]
        ),
        test=st.booleans(),
        zone=st.sampled_from(["UTC", "Europe/Rome"]),
        second_person=st.sampled_from(["always", "paid", "never"]),
        keys=st.text(st.characters(exclude_categories=("Cs",))),
        key_command=st.lists(st.text(st.characters(exclude_categories=("Cs",)))).map(tuple),
        regulated_authorisation=st.text(st.characters(exclude_categories=("Cs",))),
        min_free_disk_mb=st.integers(0, 1 << 40),
    )
)
def test_what_is_written_is_read(given_: Settings) -> None:
    assert settings.check(tomllib.loads(settings.write(given_))) == given_


def test_what_has_its_default_is_not_written() -> None:
    lines = settings.write(Settings("Ponte", "https://ponte.example")).splitlines()
    assert lines[1:] == ['name = "Ponte"', 'url = "https://ponte.example"']


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": ""}, "name is missing"),
        ({"url": ""}, "url is missing"),
        ({"nmae": "Ponte"}, "'nmae'"),
        ({"test": 1}, "test should be true or false"),
        ({"test": "yes"}, "test should be true or false"),
        ({"name": 7}, "name should be text"),
        ({"min_free_disk_mb": "many"}, "min_free_disk_mb should be a whole number"),
        ({"min_free_disk_mb": True}, "min_free_disk_mb should be a whole number"),
        ({"min_free_disk_mb": -1}, "min_free_disk_mb is 0 or more"),
        ({"key_command": "age -d"}, "key_command should be a list of texts"),
        ({"trusted_proxies": [1]}, "trusted_proxies should be a list of texts"),
        ({"second_person": "sometimes"}, "second_person should be always, paid or never"),
        ({"zone": "Middle/Earth"}, "zone: There is no time zone 'Middle/Earth'"),
        ({"database": "mysql://host/wire"}, "database should begin with"),
        ({"name": "Ponte/Relay"}, "no slash and no line break"),
        ({"name": "Ritzau A/S"}, "keep 'Ritzau A/S' and say with dateline_name"),
        ({"name": "Pon\u202ete", "dateline_name": "PONTE"}, "signs that readers see"),
        ({"language": "klingon"}, "the pages speak en and it"),
        ({"language": 'x"y'}, "language should be a language tag (BCP 47)"),
        ({"language": ""}, "language should be a language tag (BCP 47)"),
        ({"language": "it_IT"}, "language should be a language tag (BCP 47)"),
        ({"language": "en\n"}, "language should be a language tag (BCP 47)"),
        ({"url": "http://wire.example"}, "url should begin with https, not 'http://wire.example'"),
        ({"url": "http://10.0.0.1:80"}, "http is for a wire that serves its own machine"),
        ({"url": "http://localhost.example"}, "url should begin with https"),
        ({"smtp": "mail.example.org"}, "smtp should be the mail server's address"),
        ({"smtp": "smtp://a:99999", "mail_from": "a@b.example"}, "smtp should be"),
        ({"smtp": "smtp://me:pass@mail.example", "mail_from": "a@b.example"}, "smtp should be"),
        ({"smtp": "smtp://mail.example.org"}, "smtp needs mail_from"),
        ({"mail_from": "News <news@wire.example>"}, "mail_from should be a bare mail address"),
        ({"mail_from": "news@wire.example\r\nBcc: x"}, "mail_from should be a bare mail address"),
        ({"smtp_user": "a\nb"}, "smtp_user should be one line"),
        ({"dkim_selector": "a.b;"}, "dkim_selector should be small letters"),
        ({"oidc_only": True}, "oidc_only needs oidc_issuer"),
        ({"oidc_issuer": "https://login.example"}, "oidc_issuer needs oidc_client_id"),
        (
            PROVIDER | {"oidc_issuer": "login.example"},
            "oidc_issuer should be the provider's address",
        ),
        (PROVIDER | {"oidc_issuer": "https://a.example/?b=c"}, "oidc_issuer should be the"),
        (PROVIDER | {"oidc_issuer": "https://me:x@a.example"}, "oidc_issuer should be the"),
        (PROVIDER | {"oidc_issuer": "http://login.example"}, "oidc_issuer should begin with https"),
        (PROVIDER | {"oidc_name": "a\nb"}, "oidc_name should be one line of signs"),
        (PROVIDER | {"oidc_roles": "news = desk"}, "oidc_roles should be a list of texts"),
        ({"dateline_name": "Ponte\nBridge"}, "no slash and no line break"),
        ({"dateline_name": "Ponte\x1b[2J"}, "no slash and no line break"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(MalformedSettings) as error:
        settings.check({**LEAST, **change})
    assert named in error.value.message


@pytest.mark.parametrize(
    "url",
    [
        "ponte.example",
        "ftp://ponte.example",
        "https://",
        "https:///r",
        "https://ponte.example?a=b",
        "https://ponte.example#x",
        "https://anna:secret@ponte.example",
        "https://ponte.example:99999",
        "https://ponte.example:x",
        "http://[::1",
        "https://ponte.example//r",
        "https://ponte.example/%2e%2e/",
        "https://ponte .example",
        "https://ponte.example\n",
        "https://pönte.example",
    ],
)
def test_a_url_that_is_no_public_address(url: str) -> None:
    with pytest.raises(MalformedSettings, match="url should be the wire's public address"):
        settings.check({**LEAST, "url": url})


@pytest.mark.parametrize(
    "change",
    [
        *({"language": tag} for tag in ("it", "pt-BR", "zh-Hant-TW", "de-1996", "tlh", "EN-gb")),
        *({"url": f"http://{here}"} for here in ("localhost:8000", "127.0.0.9", "[::1]:80/")),
        {"name": "Ritzau A/S", "dateline_name": "Ritzau"},
    ],
    ids=str,
)
def test_what_can_be_used(change: dict[str, object]) -> None:
    found = settings.check({**LEAST, **change})
    assert all(getattr(found, name) == value for name, value in change.items())


def test_the_languages_of_the_pages_are_named() -> None:
    assert tuple(language.LANGUAGES) == settings.INTERFACE


@pytest.mark.parametrize("text", [b"name = ", b"\xff\xfe", b"a = 1\na = 2", b"a = " + b"[" * 9999])
def test_a_file_that_is_not_toml(text: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(text)
    with pytest.raises(MalformedSettings, match=r"dispaccio\.toml is not TOML"):
        settings.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contact", "not an address"),
        ("contact", "a@b.example\nmember=https://x.example"),
        ("contact", "javascript:alert(1)"),
        ("tdm_policy", "ftp://ponte.example/"),
        ("tdm_policy", "https://ponte.example/a b"),
        ("trust", ["belongto"]),
        ("trust", ["datatrainingallowed=yes"]),
        ("trust", ["member=https://x.example\ncontrol=https://y.example"]),
    ],
)
def test_public_files_take_no_other_lines(name: str, value: object) -> None:
    with pytest.raises(MalformedSettings, match=name):
        settings.check({**LEAST, name: value})


@pytest.mark.parametrize("contact", ["desk@ponte.example", "https://ponte.example/contact"])
def test_a_contact_is_a_mailbox_or_a_page(contact: str) -> None:
    assert settings.check({**LEAST, "contact": contact}).contact == contact
