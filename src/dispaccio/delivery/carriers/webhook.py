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
from dispaccio.egress.client import Answer
from dispaccio.egress.policy import Policy
from dispaccio.errors import DispaccioError, EgressFailed, HostUnresolvable, InputError

_USER_AGENT = f"dispaccio/{__version__}"
_QUOTED = 200


class Webhook:
    """Posts the body as it is, with the three headers of the standard."""

    name = "webhook"
    version = PROTOCOL_VERSION
    receipt_words = "the receiver's server took it"

    def check(self, address: str, settings: Mapping[str, Any], policy: Policy) -> None:
        """See that the policy admits the address as it is written; there are no settings."""
        only(self.name, settings, ())
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
            headers |= {"content-type": parcel.media_type, "user-agent": _USER_AGENT}
            answer = await means.client.post(parcel.address, headers, parcel.body)
        except (EgressFailed, HostUnresolvable) as failure:
            return _failed(Result.NETWORK, failure, started)
        except InputError as refusal:
            return _failed(Result.REFUSED, refusal, started)
        return Outcome(
            Result.DELIVERED if 200 <= answer.status < 300 else Result.ANSWERED,
            _detail(answer),
            _milliseconds(started),
            answer.status,
            answer.headers.get("retry-after"),
        )


def _failed(kind: Result, error: DispaccioError, started: float) -> Outcome:
    return Outcome(kind, error.message, _milliseconds(started))


def _milliseconds(started: float) -> int:
    return round((monotonic() - started) * 1000)


def _detail(answer: Answer) -> str:
    """Say what was answered, with the beginning of the body on one line of printable characters."""
    text = answer.body[: 4 * _QUOTED].decode("utf-8", "replace")
    words = "".join(char if char.isprintable() else " " for char in text).split()
    quoted = " ".join(words)[:_QUOTED]
    return f"The receiver answered {answer.status}" + (f": {quoted}" if quoted else ".")


webhook: Carrier = Webhook()
