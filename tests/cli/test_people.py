"""The people of a home from the command line: roles, scopes, invitations, data, erasure."""

from __future__ import annotations

from dispaccio.testing import home as homes
from tests.cli.conftest import Terminal

AS = ("--as", "olga")


def test_roles_are_given_and_taken(wire: Terminal) -> None:
    said = wire.does("person", "roles", "anna", "--role", "desk", "--role", "operator", *AS)
    assert said.out == "anna has the roles desk, operator.\n"
    assert wire.does("person", "roles", "anna", *AS, "--json").json["roles"] == []
    assert wire.fails("person", "roles", "olga", *AS).endswith("[operator-needed]")


def test_a_key_has_scopes(wire: Terminal) -> None:
    said = wire.does(
        "person", "key", "add", "anna", "--scope", "submit", "--scope", "read", *AS, "--json"
    ).json
    assert said["scopes"] == ["read", "submit"]
    assert f"{said['key'][:10]} (read submit)" in wire.does("person", "list", *AS).out
    refused = wire.fails("person", "key", "add", "anna", "--scope", "all", *AS)
    assert refused.endswith("[unknown-scope]")


def test_an_invitation_is_printed_or_mailed(terminal: Terminal) -> None:
    homes.make(
        terminal.home,
        smtp="smtp://127.0.0.1:9",
        mail_from="news@ponte.example",
        second_person="never",
    )
    terminal.does("person", "add", "lia", "--email", "lia@ponte.example", *AS)
    said = terminal.does("person", "invite", "lia", *AS).out
    assert said == (
        "A mail with the link goes to lia@ponte.example as soon as the wire is served.\n"
    )
    answer = terminal.does("person", "invite", "lia", *AS, "--json").json
    assert answer["mailed"] and "url" not in answer


def test_data_are_exported_and_erased(wire: Terminal) -> None:
    wire.does("person", "add", "lia", "--email", "lia@ponte.example", *AS)
    said = wire.does("person", "export", "lia", "--as", "lia").json
    assert said["person"][0]["email"] == "lia@ponte.example"
    assert wire.fails("person", "export", "lia", "--as", "anna").endswith("[not-allowed]")
    wire.does("person", "remove", "lia", *AS)
    assert wire.does("person", "export", "lia", *AS).json["person"][0]["email"]
    wire.does("person", "erase", "lia", *AS)
    said = wire.does("person", "export", "lia", *AS).json
    assert said["person"][0]["email"] is None
    assert [entry["kind"] for entry in said["record"]][-1] == "person_erased"
    assert wire.fails("person", "erase", "nobody", *AS).endswith("[unknown-person]")
