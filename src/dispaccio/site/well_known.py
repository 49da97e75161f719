"""The small files that programs look for: what crawlers may do, and whose wire this is."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from dispaccio.site import answers
from dispaccio.wire.public import Public

_ROBOTS = """User-agent: *
Disallow: /search
Disallow: /rehearsal

Sitemap: {url}/sitemap.xml
Sitemap: {url}/news-sitemap.xml
"""
_ROBOTS_IN_A_TEST = "User-agent: *\nDisallow: /\n"

_LLMS = """# {name}

> {kind}. Releases are announcements of the organisations that issued them, not reports
> of this wire. Each bears a label that says whether somebody paid for it. Whoever passes a text on
> keeps the label, the name of the issuer and the number.

What is withheld or withdrawn is not to be used: its address shows a notice in place of the text.
{mining}

## Releases

- [Newest releases]({url}/): by hour, with label, issuer and headline
- [Atom feed]({url}/atom.xml): what was published or changed last, whole texts
- [JSON API]({url}/api/v1/releases): lists and search (`q`, `channel`, `subject`, `before`)
- [Sitemap]({url}/sitemap.xml): the addresses of all usable releases

Every release is at `{url}/r/<number>`; with `.json`, `.txt` or `.md` behind it, it is plain data.
`.proof.json` shows who signed which text.
"""
_TEST = "A TEST of a press-release wire: nothing here is a real release"
_REAL = "A press-release wire"
_RESERVED = "The rights to text and data mining are reserved (Directive (EU) 2019/790, article 4)."
_FREE = "The rights to text and data mining are not reserved."


def robots(public: Public, request: Request) -> Response:
    """``/robots.txt``: crawlers may read everything but searches; nothing of a test (RFC 9309)."""
    text = _ROBOTS_IN_A_TEST if public.test else _ROBOTS.format(url=public.url)
    return answers.document(text.encode(), "text/plain")


def trust(public: Public, request: Request) -> Response:
    """``/.well-known/trust.txt``: to whom the wire belongs, and who answers for it."""
    policy = public.policy
    lines = [f"# trust.txt of {public.name}", *policy.trust]
    if policy.contact:
        lines.append(f"contact={policy.contact}")
    lines.append(f"datatrainingallowed={'no' if policy.tdm_reservation else 'yes'}")
    return answers.document(("\n".join(lines) + "\n").encode(), "text/plain")


def tdm(public: Public, request: Request) -> Response:
    """``/.well-known/tdmrep.json``: whether text and data mining is reserved (W3C TDMRep)."""
    policy = public.policy
    rule: dict[str, object] = {"location": "/", "tdm-reservation": int(policy.tdm_reservation)}
    if policy.tdm_policy:
        rule["tdm-policy"] = policy.tdm_policy
    return answers.document(f"{json.dumps([rule], indent=2)}\n".encode(), "application/json")


def llms(public: Public, request: Request) -> Response:
    """``/llms.txt``: in a few lines, what this site is and where its data are."""
    policy = public.policy
    mining = _RESERVED if policy.tdm_reservation else _FREE
    if policy.tdm_policy:
        mining += f" Terms: {policy.tdm_policy}"
    text = _LLMS.format(
        name=public.name, kind=_TEST if public.test else _REAL, url=public.url, mining=mining
    )
    channels = [
        f"- [{channel.title}]({public.url}/c/{channel.name}/): [Atom]"
        f"({public.url}/c/{channel.name}/atom.xml)"
        for channel in public.channels()
    ]
    if channels:
        text += "\n## Channels\n\n" + "\n".join(channels) + "\n"
    if policy.contact:
        text += f"\n## Contact\n\n- {policy.contact}\n"
    return answers.document(text.encode(), "text/plain")
