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
    _post()


def _accounts() -> None:
    op.add_column("person", sa.Column("full_name", sa.Text()))
    op.add_column("person", sa.Column("language", sa.Text()))
    op.add_column("api_key", sa.Column("scopes", sa.Text()))
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


def _person(table: str) -> sa.Column[int]:
    return sa.Column(
        "person",
        KEY,
        sa.ForeignKey("person.key", name=f"fk_{table}_person"),
        nullable=False,
    )
