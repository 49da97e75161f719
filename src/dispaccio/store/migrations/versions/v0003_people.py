"""People in the browser: what they prove themselves with, and where they are logged in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and tables of accounts, drafts, advance access and the desk."""
    _accounts()
    _media()
    _drafts()
    _post()
    _advance()
    _claims()


def _accounts() -> None:
    op.add_column("person", sa.Column("full_name", sa.Text()))
    op.add_column("person", sa.Column("language", sa.Text()))
    op.add_column("api_key", sa.Column("scopes", sa.Text()))
    op.add_column("role", sa.Column("by_group", sa.Boolean()))
    op.create_table(
        "credential",
        sa.Column("key", KEY, primary_key=True),
        _person("credential"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("last_used", sa.BigInteger()),
        sa.UniqueConstraint("id", name="uq_credential_id"),
    )
    op.create_index("ix_credential_person", "credential", ["person"])
    op.create_table(
        "session",
        sa.Column("key", KEY, primary_key=True),
        _person("session"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.Column("proved", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        sa.Column("about", sa.Text()),
        sa.UniqueConstraint("sha256", name="uq_session_sha256"),
    )
    op.create_index("ix_session_person", "session", ["person"])
    op.create_table(
        "one_time",
        sa.Column("key", KEY, primary_key=True),
        _person("one_time"),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger()),
        sa.UniqueConstraint("sha256", name="uq_one_time_sha256"),
    )
    op.create_index("ix_one_time_person", "one_time", ["person"])


def _drafts() -> None:
    op.create_table(
        "draft",
        sa.Column("key", KEY, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False),
        _of("draft", "issuer"),
        _of("draft", "author", "person"),
        sa.Column("behalf", sa.Boolean(), nullable=False),
        sa.Column("saved", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger()),
        _of("draft", "revises", "release", nullable=True),
        _of("draft", "release", nullable=True),
        sa.Column("family", sa.Text()),
        sa.UniqueConstraint("id", name="uq_draft_id"),
    )
    for name in ("issuer", "revises", "release", "family"):
        op.create_index(f"ix_draft_{name}", "draft", [name])
    under_way = sa.text("ended IS NULL")
    op.create_index(
        "ix_draft_open", "draft", ["changed"], sqlite_where=under_way, postgresql_where=under_way
    )
    op.create_table(
        "remembered",
        _of("remembered", "issuer"),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "language", name="pk_remembered"),
    )


def _post() -> None:
    op.create_table(
        "post",
        sa.Column("key", KEY, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", KEY, sa.ForeignKey("person.key", name="fk_post_person")),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.UniqueConstraint("id", name="uq_post_id"),
    )
    op.create_index("ix_post_person", "post", ["person"])
    op.create_index("ix_post_due", "post", ["due"])


def _advance() -> None:
    op.create_table(
        "reader_group",
        sa.Column("key", KEY, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.UniqueConstraint("name", name="uq_reader_group_name"),
    )
    op.create_table(
        "group_member",
        _of("group_member", "reader_group"),
        _person("group_member"),
        sa.PrimaryKeyConstraint("reader_group", "person", name="pk_group_member"),
    )
    op.create_index("ix_group_member_person", "group_member", ["person"])
    op.create_table(
        "offer",
        sa.Column("key", KEY, primary_key=True),
        _of("offer", "release"),
        _of("offer", "person", nullable=True),
        _of("offer", "reader_group", nullable=True),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("offered", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger()),
        sa.Column("in_full", sa.Boolean(), nullable=False),
    )
    for column in ("release", "person", "reader_group"):
        op.create_index(f"ix_offer_{column}", "offer", [column])
    op.create_table(
        "terms_accepted",
        _person("terms_accepted"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "sha256", name="pk_terms_accepted"),
    )
    op.create_table(
        "advance_read",
        sa.Column("key", KEY, primary_key=True),
        _of("advance_read", "release"),
        _of("advance_read", "revision"),
        _person("advance_read"),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_advance_read_release", "advance_read", ["release", "at"])
    _advance_mail()
    _applications()


def _advance_mail() -> None:
    op.create_table(
        "mail_choice",
        sa.Column(
            "person",
            KEY,
            sa.ForeignKey("person.key", name="fk_mail_choice_person"),
            primary_key=True,
        ),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("chosen", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "advance_mail",
        sa.Column("key", KEY, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False),
        _of("advance_mail", "release"),
        _of("advance_mail", "revision"),
        _person("advance_mail"),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("form", sa.Text()),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("follows", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("sent", sa.BigInteger()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.UniqueConstraint("id", name="uq_advance_mail_id"),
    )
    for column in ("release", "person"):
        op.create_index(f"ix_advance_mail_{column}", "advance_mail", [column])
    open_ = sa.text("state != 'closed'")
    op.create_index(
        "ix_advance_mail_open", "advance_mail", ["key"], sqlite_where=open_, postgresql_where=open_
    )


def _applications() -> None:
    op.create_table(
        "application",
        sa.Column("key", KEY, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("decided", sa.BigInteger()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("taken", sa.Text()),
        sa.UniqueConstraint("id", name="uq_application_id"),
    )


def _claims() -> None:
    op.create_table(
        "claim",
        sa.Column(
            "revision",
            KEY,
            sa.ForeignKey("revision.key", name="fk_claim_revision"),
            primary_key=True,
        ),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
    )


def _media() -> None:
    op.create_table(
        "media",
        sa.Column("key", KEY, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("release", KEY, sa.ForeignKey("release.key", name="fk_media_release")),
        sa.Column("draft", KEY),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("published", sa.BigInteger()),
        sa.Column("opened", sa.Text()),
        sa.UniqueConstraint("id", name="uq_media_id"),
    )
    op.create_index("ix_media_release", "media", ["release"])
    op.create_index("ix_media_draft", "media", ["draft"])


def _of(table: str, name: str, to: str | None = None, *, nullable: bool = False) -> sa.Column[int]:
    """A column with the key of a row of another table, which it is named after by default."""
    key = sa.ForeignKey(f"{to or name}.key", name=f"fk_{table}_{name}")
    return sa.Column(name, KEY, key, nullable=nullable)


def _person(table: str) -> sa.Column[int]:
    return _of(table, "person")
