"""WebSub: the topic as it is now, posted to a callback that asked for it (W3C REC 2018)."""

from __future__ import annotations

import hashlib
import hmac
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
from dispaccio.delivery.carriers.webhook import outcome_without
from dispaccio.egress.policy import Policy
from dispaccio.errors import EgressFailed, InputError, MalformedEndpoint
from dispaccio.words import say

HUB = "/hub"
"""The path of the wire's hub."""
_USER_AGENT = f"dispaccio/{__version__}"


class WebSub:
    """Posts the content of a feed with its links and, where a secret was given, its signature."""

    name = "websub"
    version = PROTOCOL_VERSION
    receipt_words = "the callback took it"

    def check(self, address: str, settings: Mapping[str, Any], policy: Policy) -> None:
        """See that the policy admits the callback, and that there is a topic."""
        only(self.name, settings, ("topic",))
        policy.target(address)
        if not isinstance(settings.get("topic"), str):
            raise MalformedEndpoint(
                say(
                    "The carrier websub needs the setting topic, the address of a feed of this "
                    "wire; whoever may be asked back subscribes by POST to {hub} instead.",
                    hub=HUB,
                )
            )

    async def send(self, parcel: Parcel, means: Means) -> Outcome:
        """Post the content (sections 7 and 7.1); any 2xx is a receipt."""
        started = monotonic()
        hub, topic = means.settings.url.rstrip("/") + HUB, parcel.settings["topic"]
        headers = {
            "content-type": parcel.media_type,
            "link": f'<{hub}>; rel="hub", <{topic}>; rel="self"',
            "user-agent": _USER_AGENT,
        }
        if parcel.secrets and parcel.secrets[0]:
            headers["x-hub-signature"] = signature(parcel.secrets[0], parcel.body)
        try:
            answer = await means.client.post(parcel.address, headers, parcel.body)
        except (EgressFailed, InputError) as failure:
            return outcome_without(failure, _milliseconds(started))
        return Outcome(
            Result.DELIVERED if 200 <= answer.status < 300 else Result.ANSWERED,
            f"The callback answered {answer.status}.",
            _milliseconds(started),
            answer.status,
            answer.headers.get("retry-after"),
        )


def signature(secret: str, body: bytes) -> str:
    """The header ``X-Hub-Signature`` of a body (section 7.1)."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def _milliseconds(started: float) -> int:
    return round((monotonic() - started) * 1000)


websub: Carrier = WebSub()
