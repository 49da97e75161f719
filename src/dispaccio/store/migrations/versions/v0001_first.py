"""The first schema. Frozen: what changes later is a migration of its own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make every table, and SQLite's full-text index."""
    _people()
    _organisations()
    _subscribers()
    _releases()
    _revisions()
    _vault()
    _public()
    _subjects()
    _deliveries()
    _attempts()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5("
            'words, tokenize = "unicode61 remove_diacritics 2")'
        )


def _people() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    op.create_table(
        "person",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("removed", sa.BigInteger()),
        sa.PrimaryKeyConstraint("key", name="pk_person"),
        sa.UniqueConstraint("id", name="uq_person_id"),
        sa.UniqueConstraint("name", name="uq_person_name"),
    )
    op.create_table(
        "role",
        sa.Column("key", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text()),
        sa.ForeignKeyConstraint(["person"], ["person.key"], name="fk_role_person"),
        sa.PrimaryKeyConstraint("key", name="pk_role"),
        sa.UniqueConstraint("person", "role", "organisation", name="uq_role_person"),
    )
    op.create_index("ix_role_person", "role", ["person"])
    op.create_table(
        "api_key",
        sa.Column("key", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("last_used", sa.BigInteger()),
        sa.Column("revoked", sa.BigInteger()),
        sa.ForeignKeyConstraint(["person"], ["person.key"], name="fk_api_key_person"),
        sa.PrimaryKeyConstraint("key", name="pk_api_key"),
        sa.UniqueConstraint("sha256", name="uq_api_key_sha256"),
    )


def _organisations() -> None:
    op.create_table(
        "issuer",
        sa.Column("key", KEY, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_issuer"),
        sa.UniqueConstraint("slug", name="uq_issuer_slug"),
    )
    op.create_table(
        "issuer_domain",
        sa.Column("issuer", KEY, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("proved_by", sa.Text(), nullable=False),
        sa.Column("proved", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuer.key"], name="fk_issuer_domain_issuer"),
        sa.PrimaryKeyConstraint("issuer", "domain", name="pk_issuer_domain"),
    )
    op.create_table(
        "issuer_key",
        sa.Column("key", KEY, nullable=False),
        sa.Column("issuer", KEY, nullable=False),
        sa.Column("thumbprint", sa.Text(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary()),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.BigInteger()),
        sa.ForeignKeyConstraint(["issuer"], ["issuer.key"], name="fk_issuer_key_issuer"),
        sa.PrimaryKeyConstraint("key", name="pk_issuer_key"),
        sa.UniqueConstraint("thumbprint", name="uq_issuer_key_thumbprint"),
    )
    op.create_index("ix_issuer_key_issuer", "issuer_key", ["issuer"])
    op.create_table(
        "channel",
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_channel"),
        sa.UniqueConstraint("name", name="uq_channel_name"),
    )


def _subscribers() -> None:
    op.create_table(
        "subscriber",
        sa.Column("key", KEY, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_subscriber"),
        sa.UniqueConstraint("slug", name="uq_subscriber_slug"),
    )
    op.create_table(
        "endpoint",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscriber", KEY, nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("wrapped_secret", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.key"], name="fk_endpoint_subscriber"),
        sa.PrimaryKeyConstraint("key", name="pk_endpoint"),
        sa.UniqueConstraint("id", name="uq_endpoint_id"),
    )
    op.create_index("ix_endpoint_subscriber", "endpoint", ["subscriber"])
    op.create_table(
        "subscription",
        sa.Column("key", KEY, nullable=False),
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("channel", KEY),
        sa.ForeignKeyConstraint(["channel"], ["channel.key"], name="fk_subscription_channel"),
        sa.ForeignKeyConstraint(["endpoint"], ["endpoint.key"], name="fk_subscription_endpoint"),
        sa.PrimaryKeyConstraint("key", name="pk_subscription"),
    )
    op.create_index("ix_subscription_endpoint", "subscription", ["endpoint"])


def _releases() -> None:
    op.create_table(
        "release",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger()),
        sa.Column("issuer", KEY),
        sa.Column("channel", KEY),
        sa.Column("relayed", sa.Boolean(), nullable=False),
        sa.Column("archive", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text()),
        sa.Column("version", sa.Integer()),
        sa.Column("shown", KEY),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("first_created", sa.BigInteger()),
        sa.Column("changed", sa.BigInteger()),
        sa.Column("approved", sa.BigInteger()),
        sa.ForeignKeyConstraint(["channel"], ["channel.key"], name="fk_release_channel"),
        sa.ForeignKeyConstraint(["issuer"], ["issuer.key"], name="fk_release_issuer"),
        sa.PrimaryKeyConstraint("key", name="pk_release"),
        sa.UniqueConstraint("changed", name="uq_release_changed"),
        sa.UniqueConstraint("id", name="uq_release_id"),
        sa.UniqueConstraint("ordinal", name="uq_release_ordinal"),
    )
    op.create_index("ix_release_approved", "release", ["issuer"], **_where("approved IS NOT NULL"))
    op.create_index("ix_release_channel_changed", "release", ["channel", "changed"])
    op.create_index("ix_release_archive_ordinal", "release", ["archive", "ordinal"])
    op.create_index(
        "ix_release_archive_first_created", "release", ["archive", "first_created", "ordinal"]
    )
    op.create_index("ix_release_channel_ordinal", "release", ["channel", "archive", "ordinal"])
    op.create_index("ix_release_issuer_ordinal", "release", ["issuer", "archive", "ordinal"])
    op.create_table(
        "redirect",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("release", KEY, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name="fk_redirect_release"),
        sa.PrimaryKeyConstraint("path", name="pk_redirect"),
    )


def _revisions() -> None:
    op.create_table(
        "revision",
        sa.Column("key", KEY, nullable=False),
        sa.Column("release", KEY, nullable=False),
        sa.Column("version", sa.Integer()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("release_time", sa.BigInteger()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("text_of", KEY),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("submitted", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.Text()),
        sa.Column("approved", sa.BigInteger()),
        sa.Column("policy", sa.Text()),
        sa.Column("seal_leaf", sa.BigInteger()),
        sa.Column("published", sa.BigInteger()),
        sa.Column("document", sa.LargeBinary()),
        sa.Column("headline", sa.Text()),
        sa.Column("manifest", sa.LargeBinary()),
        sa.Column("issuer_signature", sa.Text()),
        sa.Column("issuer_key", sa.Text()),
        sa.Column("statement", sa.LargeBinary()),
        sa.Column("wire_signature", sa.Text()),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name="fk_revision_release"),
        sa.PrimaryKeyConstraint("key", name="pk_revision"),
        sa.UniqueConstraint("release", "version", name="uq_revision_release"),
    )
    op.create_index("ix_revision_due", "revision", ["release_time"], **_where("state = 'sealed'"))
    op.create_index("ix_revision_release", "revision", ["release"])
    op.create_index("ix_revision_state", "revision", ["state"], **_where("state <> 'published'"))


def _vault() -> None:
    op.create_table(
        "vault_key",
        sa.Column("release", KEY, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name="fk_vault_key_release"),
        sa.PrimaryKeyConstraint("release", name="pk_vault_key"),
    )
    op.create_table(
        "original",
        sa.Column("revision", KEY, nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["revision.key"], name="fk_original_revision"),
        sa.PrimaryKeyConstraint("revision", name="pk_original"),
    )
    op.create_table(
        "likeness",
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("release", KEY, nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name="fk_likeness_release"),
        sa.PrimaryKeyConstraint("mac", "release", name="pk_likeness"),
    )
    op.create_table(
        "idempotency",
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("body_mac", sa.LargeBinary(), nullable=False),
        sa.Column("release", KEY, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.key"], name="fk_idempotency_release"),
        sa.PrimaryKeyConstraint("mac", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])


def _public() -> None:
    op.create_table(
        "part",
        sa.Column("revision", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["revision.key"], name="fk_part_revision"),
        sa.PrimaryKeyConstraint("revision", "position", name="pk_part"),
    )
    op.create_table(
        "rendering",
        sa.Column("revision", KEY, nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["revision.key"], name="fk_rendering_revision"),
        sa.PrimaryKeyConstraint("revision", "format", name="pk_rendering"),
    )
    op.create_table(
        "event",
        sa.Column("seq", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("release", KEY),
        sa.Column("revision", KEY),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name="pk_event"),
    )
    op.create_index("ix_event_release", "event", ["release"])
    op.create_table(
        "leaf",
        sa.Column("index", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("revision", KEY),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index", name="pk_leaf"),
    )
    op.create_index("ix_leaf_revision", "leaf", ["revision"])


def _subjects() -> None:
    op.create_table(
        "release_subject",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("channel", KEY),
        sa.ForeignKeyConstraint(["channel"], ["channel.key"], name="fk_release_subject_channel"),
        sa.PrimaryKeyConstraint("subject", "ordinal", name="pk_release_subject"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_release_subject_ordinal", "release_subject", ["ordinal"])
    op.create_index(
        "ix_release_subject_channel", "release_subject", ["channel", "subject", "ordinal"]
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("release", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("class", sa.Integer(), nullable=False),
        sa.Column("gate", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lease_token", sa.BigInteger()),
        sa.Column("settled", sa.BigInteger()),
        sa.PrimaryKeyConstraint("release", "endpoint", "version", "run", name="pk_delivery"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_delivery_due", "delivery", ["gate", "class", "due_at"], **_where("state = 'due'")
    )
    op.create_index(
        "ix_delivery_leased", "delivery", ["endpoint", "lease_until"], **_where("state = 'leased'")
    )
    op.create_index(
        "ix_delivery_watched",
        "delivery",
        ["state", "gate", "class", "endpoint", "due_at"],
        **_where("state NOT IN ('delivered', 'superseded')"),
    )


def _attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("key", KEY, nullable=False),
        sa.Column("release", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("endpoint", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("detail", sa.Text()),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempt"),
    )
    op.create_index("ix_attempt_lane", "attempt", ["release", "endpoint"])
    op.create_table(
        "egress_allow",
        sa.Column("key", KEY, nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_egress_allow"),
        sa.UniqueConstraint("host", "port", name="uq_egress_allow_host"),
    )
