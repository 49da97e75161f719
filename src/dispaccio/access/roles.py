"""The roles of a wire and the actions that they are asked for."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is on this wire; one person may be several."""

    SUBSCRIBER = "subscriber"
    VETTED_READER = "vetted_reader"
    AUTHOR = "author"
    APPROVER = "approver"
    DESK = "desk"
    OPERATOR = "operator"


ISSUER_ROLES = frozenset({Role.AUTHOR, Role.APPROVER})
"""Roles that hold for one issuer organisation each."""
SUBSCRIBER_ROLES = frozenset({Role.SUBSCRIBER, Role.VETTED_READER})
"""Roles that hold for one subscriber organisation each."""


class Action(StrEnum):
    """What somebody wants to do; in words, for the sentence that refuses it."""

    READ_PUBLISHED = "read what is published"
    READ_UNRELEASED = "read this text before it is published"
    LIST_UNRELEASED = "list the texts that are on their way"
    SUBMIT = "submit for this issuer"
    EDIT_DRAFT = "change or call off this text"
    APPROVE_WIRE = "decide about texts for the wire"
    PUBLISH = "publish"
    CORRECT = "correct this release"
    WITHHOLD = "withhold this release"
    WITHDRAW = "withdraw this release"
    TAKE = "take over another wire's releases"
    IMPORT_ARCHIVE = "bring in an archive"
    OFFER = "offer this text before it is published"
    READ_ADVANCE = "read what is offered under embargo"
    VET = "decide who may read under embargo"
    SEAL_ADVANCE = "seal what is read under embargo"
    READ_DELIVERIES = "read the delivery report"
    RECEIVE = "receive what is due to this endpoint"
    MANAGE_ENDPOINTS = "manage endpoints"
    MANAGE_RECIPIENTS = "manage this issuer's press list"
    MANAGE_MAIL = "manage the wire's mail"
    MANAGE_PEOPLE = "manage people and their keys"
    MANAGE_ISSUERS = "manage issuers"
    MANAGE_SUBSCRIBERS = "manage subscribers"
    MANAGE_CHANNELS = "manage channels"
    MANAGE_EGRESS = "manage where the wire may send"
    ACCEPT_CLOCK = "accept the clock"
    TELL_OF_WITHDRAWALS = "tell subscribers of withdrawals"
    READ_STATUS = "read the wire's status"
