"""Delivery: carriers with settings, filters, press lists, secrets in rotation, acknowledgements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add columns to what there is, and the tables of press lists and acknowledgements."""
    op.add_column(
        "subscriber", sa.Column("kind", sa.Text(), nullable=False, server_default="organisation")
    )
    op.add_column("subscriber", sa.Column("issuer", KEY))
    op.add_column("subscription", sa.Column("filter", sa.Text()))
    op.create_index("ix_subscription_filter", "subscription", ["filter"])
    _endpoints()
    _leases()
    _make_room()
    _recipients()
    op.create_table(
        "acknowledgement",
        sa.Column("release", KEY, nullable=False),
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("removed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("release", "endpoint", "version", name="pk_acknowledgement"),
    )


def _endpoints() -> None:
    for column in (
        sa.Column("settings", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("profile", sa.Text()),
        sa.Column("ordered", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("deliver", sa.Text(), nullable=False, server_default="all"),
        sa.Column("rate", sa.Integer()),
        sa.Column("gathers", sa.Text()),
        sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("wrapped_before", sa.LargeBinary()),
        sa.Column("before_until", sa.BigInteger()),
        sa.Column("expires", sa.BigInteger()),
        sa.Column("failing_since", sa.BigInteger()),
        sa.Column("slow_ms", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("endpoint", column)
    op.create_index("ix_endpoint_address", "endpoint", ["address"])
    published = sa.text("kind = 'published'")
    op.create_index(
        "ix_event_published",
        "event",
        ["seq"],
        sqlite_where=published,
        postgresql_where=published,
    )


def _leases() -> None:
    """Leases get a table of their own; nothing runs now, so none stands."""
    op.drop_index("ix_delivery_leased", "delivery")
    op.execute("UPDATE delivery SET state = 'due' WHERE state = 'leased'")
    op.drop_column("delivery", "lease_until")
    op.drop_column("delivery", "lease_token")
    op.create_table(
        "lease",
        sa.Column("release", KEY, nullable=False),
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("release", "endpoint", "version", "run", name="pk_lease"),
        sqlite_with_rowid=False,
    )
    # When the first lease ends is one step of it.
    op.create_index("ix_lease_until", "lease", ["until"])


def _make_room() -> None:
    """PostgreSQL: deliveries are rewritten and leases go soon; pages keep room, swept early."""
    if op.get_bind().dialect.name == "postgresql":
        for table, filled in (("delivery", 70), ("lease", 100)):
            op.execute(
                f"ALTER TABLE {table} SET (fillfactor = {filled}, "
                "autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, "
                "autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.02, "
                "autovacuum_analyze_threshold = 1000)"
            )


def _recipients() -> None:
    op.create_table(
        "recipient",
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text()),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.ForeignKeyConstraint(["endpoint"], ["endpoint.key"], name="fk_recipient_endpoint"),
        sa.PrimaryKeyConstraint("endpoint", name="pk_recipient"),
    )
    op.create_table(
        "bounce",
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("forgiven", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["endpoint"], ["endpoint.key"], name="fk_bounce_endpoint"),
        sa.PrimaryKeyConstraint("endpoint", "at", name="pk_bounce"),
    )
    op.create_table(
        "recipient_group",
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["endpoint"], ["endpoint.key"], name="fk_recipient_group_endpoint"),
        sa.PrimaryKeyConstraint("endpoint", "name", name="pk_recipient_group"),
    )
    op.create_index("ix_recipient_group_name", "recipient_group", ["name"])
    op.create_table(
        "release_group",
        sa.Column("release", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name="fk_release_group_release"),
        sa.PrimaryKeyConstraint("release", "name", name="pk_release_group"),
    )
