"""People in the browser: what they prove themselves with, and where they are logged in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and tables of accounts."""
    _accounts()
    _media()


def _accounts() -> None:
    op.add_column("person", sa.Column("full_name", sa.Text()))
    op.add_column("person", sa.Column("language", sa.Text()))
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


def _person(table: str) -> sa.Column[int]:
    return sa.Column(
        "person",
        KEY,
        sa.ForeignKey("person.key", name=f"fk_{table}_person"),
        nullable=False,
    )
