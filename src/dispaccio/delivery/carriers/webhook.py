"""Webhooks: a signed POST to the endpoint's address (Standard Webhooks 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

from dispaccio import __version__
from dispaccio.delivery.carriers.base import (
    PROTOCOL_VERSION,
    Carrier,
    Means,
    Outcome,
    Parcel,
    Result,
)
from dispaccio.delivery.carriers.settings import only
from dispaccio.delivery.signature import sign
from dispaccio.egress.policy import Policy
from dispaccio.errors import (
    ConnectFailed,
    DispaccioError,
    EgressFailed,
    HostUnresolvable,
    InputError,
    MalformedEndpoint,
    TlsFailed,
)
from dispaccio.words import say

USER_AGENT = f"dispaccio/{__version__}"
_QUOTED = 200


class Webhook:
    """Posts the body as it is, with the three headers of the standard."""

    name = "webhook"
    version = PROTOCOL_VERSION
    receipt_words = "the receiver's server took it"

    def check(self, address: str, settings: Mapping[str, Any], policy: Policy) -> None:
        """See that the policy admits the address as it is written.

        The one setting is ``predial``: have a connection ready before every quarter of an hour.
        """
        only(self.name, settings, ("predial",))
        if not isinstance(settings.get("predial", False), bool):
            raise MalformedEndpoint(say("predial: give true or false."))
        policy.target(address)

    async def send(self, parcel: Parcel, means: Means) -> Outcome:
        """Sign and post; any 2xx is a receipt."""
        started = monotonic()
        try:
            headers = sign(
                parcel.webhook_id,
                parcel.timestamp,
                parcel.body,
                secrets=parcel.secrets,
                key=means.key,
            )
            headers |= {"content-type": parcel.media_type, "user-agent": USER_AGENT}
            answer = await means.client.post(parcel.address, headers, parcel.body)
        except (EgressFailed, InputError) as failure:
            return outcome_without(failure, _milliseconds(started))
        took = _milliseconds(started)
        return outcome_of(answer.status, answer.headers, answer.body, took)


def outcome_of(status: int, headers: Mapping[str, str], body: bytes, took_ms: int) -> Outcome:
    """What an answer means; any 2xx is a receipt."""
    return Outcome(
        Result.DELIVERED if 200 <= status < 300 else Result.ANSWERED,
        _detail(status, body),
        took_ms,
        status,
        headers.get("retry-after"),
    )


def outcome_without(error: DispaccioError, took_ms: int) -> Outcome:
    """What it means that there is no answer: the network failed, or the wire does not send there.

    A name that leads nowhere may lead somewhere again. Without a connection nothing was sent;
    whatever failed after that may have left the body with the receiver.
    """
    kind = Result.REFUSED
    if isinstance(error, ConnectFailed | TlsFailed | HostUnresolvable):
        kind = Result.UNSENT
    elif isinstance(error, EgressFailed):
        kind = Result.NETWORK
    return Outcome(kind, error.message, took_ms)


def _milliseconds(started: float) -> int:
    return round((monotonic() - started) * 1000)


def _detail(status: int, body: bytes) -> str:
    """Say what was answered, with the beginning of the body on one line of printable characters."""
    if not body:
        return f"The receiver answered {status}."
    text = body[: 4 * _QUOTED].decode("utf-8", "replace")
    words = "".join(char if char.isprintable() else " " for char in text).split()
    quoted = " ".join(words)[:_QUOTED]
    return f"The receiver answered {status}" + (f": {quoted}" if quoted else ".")


webhook: Carrier = Webhook()
