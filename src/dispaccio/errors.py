"""One tree of errors. An error is part of the product.

Every error says in one plain sentence what is wrong, where, and what to do. Its class name in
kebab-case is its stable ``code``, which the API, the command line and the docs share. A class's
docstring is its default message; data about the case goes into ``details``. An error never logs
and never notifies anybody.
"""

from __future__ import annotations

import re
from typing import ClassVar


class DispaccioError(Exception):
    """Something in dispaccio went wrong."""

    status: ClassVar[int] = 400
    """The HTTP status with which the API answers (RFC 9110)."""
    exit_code: ClassVar[int] = 1
    """The exit code of the command line."""

    def __init__(self, message: str | None = None, /, **details: object) -> None:
        self.message = message or self.default()
        self.details = details
        super().__init__(self.message)

    @classmethod
    def default(cls) -> str:
        """What an error of this class says where the case has no words of its own."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def code(cls) -> str:
        """The stable code: the class name in kebab-case (``UnknownIssuer`` is ``unknown-issuer``)."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()


class InputError(DispaccioError):
    """What was handed in cannot be taken as it is."""

    status = 422


class NotFound(DispaccioError):
    """There is nothing here."""

    status = 404


class Forbidden(DispaccioError):
    """This person may not do that."""

    status = 403


class Conflict(DispaccioError):
    """That cannot be done in the present state."""

    status = 409


class Unavailable(DispaccioError):
    """The wire cannot do that at the moment."""

    status = 503


# Reading
class EmptyInput(InputError):
    """The file is empty; hand in a release with a headline and a text."""


class NotText(InputError):
    """The file is not text; hand in text, Markdown, HTML or JSON in UTF-8."""


class WrongCharset(InputError):
    """The bytes are not in the character set that was stated."""


class TooLarge(InputError):
    """The input is larger than the wire takes."""

    status = 413


class UnknownFormat(InputError):
    """The format is not one that this wire reads; `dispaccio formats` shows those there are."""

    status = 415


class MalformedDocument(InputError):
    """The document breaks the rules of its format."""


class NotARelease(InputError):
    """The item is a picture, a film or another object, not a text; hand in the text it belongs to."""


class FileExists(Conflict):
    """There is a file of that name already; --force replaces it."""


class NoSuchFile(InputError):
    """There is no such file, or it may not be read."""


# Time
class TimeWithoutZone(InputError):
    """The time has no zone; write an offset (2026-05-26T09:00+02:00) or a zone (Europe/Rome)."""


class TimeInGap(InputError):
    """That local time does not exist: the clocks skip it."""


class TimeAmbiguous(InputError):
    """That local time happens twice that night; write the offset."""


class TimeOutOfRange(InputError):
    """The time is in the past, or too far away."""


class MalformedTime(InputError):
    """That is not a time; write it like 2026-05-26T09:00+02:00 or 2026-05-26 09:00 Europe/Rome."""


class ClockUntrusted(Unavailable):
    """The wall clock jumped; nothing is published until it is steady for 10 s, or `dispaccio clock accept`."""


# The release
class IllegalMove(Conflict):
    """That move is not in the table of states."""


class CrowdedCharacters(InputError):
    """A character bears more than 30 combining marks; write it without them."""


class NoSuchRelease(NotFound):
    """There is no such release."""


# Egress: what the wire refuses to send to, and how sending can fail
class EgressRefused(InputError):
    """The wire does not send to that address."""


class MalformedAddress(EgressRefused):
    """That is not an address that the wire can send to; write it like https://cms.example.org/intake."""


class SchemeNotAllowed(EgressRefused):
    """The wire sends by https only, unless the operator admits the host with its port."""


class PortNotAllowed(EgressRefused):
    """The wire sends to ports 443 and 8443 only, unless the operator admits the host with its port."""


class AddressNotPublic(EgressRefused):
    """That host is not on the public internet; the operator can admit it with its port."""


class MetadataAddress(EgressRefused):
    """That is the metadata service of a cloud machine, to which the wire never sends."""


class HostUnresolvable(EgressRefused):
    """The name of that host leads to no address; check its spelling, or try again later."""


class UnknownLeave(NotFound):
    """There is no such leave to send; `dispaccio egress list` shows those there are."""


class MalformedHeader(InputError):
    """A header to be sent holds a line break or control character, or is one that the wire writes itself."""


class EgressFailed(Unavailable):
    """The receiver could not be reached, or did not answer as HTTP asks."""


class ConnectFailed(EgressFailed):
    """The receiver's host takes no connection."""


class TlsFailed(EgressFailed):
    """The receiver's certificate does not fit its name, is out of date, or nobody we trust vouches for it."""


class AnswerTimedOut(EgressFailed):
    """The receiver did not answer in time."""


class ConnectionBroken(EgressFailed):
    """The receiver closed the connection before its answer was complete."""


class MalformedAnswer(EgressFailed):
    """What the receiver sent back is not an HTTP answer."""


class AnswerTooLarge(EgressFailed):
    """The head of the receiver's answer is larger than the wire reads."""


# Signatures of webhooks
class MalformedSecret(InputError):
    """That is not a webhook secret or key; one begins with whsec_, whsk_ or whpk_, and base64 follows."""


class SignatureMissing(Forbidden):
    """One of the headers webhook-id, webhook-timestamp and webhook-signature is absent or malformed."""


class SignatureInvalid(Forbidden):
    """No signature fits these bytes and the keys that are known here; do not use the message."""


class SignatureExpired(Forbidden):
    """The message was signed too long ago, or in the future; check the clock, or have it sent again."""


# The store and the home
class StoreFailed(Unavailable):
    """The store could not keep this and nothing was changed; look at the disk and start again."""


class StoreUnsafe(Unavailable):
    """The database cannot be used safely where it is; keep the home on a local disk."""


class StoreUnreadable(Unavailable):
    """The database of this home cannot be opened; look at its file, or at its server."""


class HomeIsNewer(Conflict):
    """This home was made by a newer dispaccio; install that version, or restore a backup."""


class HomeIsOlder(Conflict):
    """This home was made by an older dispaccio; run `dispaccio upgrade` first."""


class HomeInUse(Conflict):
    """Another process is serving this home; stop it, or let commands talk to it."""


class NoHome(NotFound):
    """There is no wire's home here; make one with `dispaccio init`, or name it with --home."""


class HomeExists(Conflict):
    """There is a wire's home here already; choose another folder."""


class MalformedSettings(InputError):
    """A setting in dispaccio.toml cannot be used."""


class KeysUnreadable(Unavailable):
    """The keys of this home cannot be read; look at the folder keys/ and its owner."""


class SealBroken(Conflict):
    """A sealed text cannot be opened: it was altered, or its key was destroyed."""


class SearchUnavailable(Unavailable):
    """Search works on SQLite only so far; this wire is kept in PostgreSQL."""


# Submitting and approving
class SeveralReleases(InputError):
    """The document holds several releases; hand them in singly."""


class UnknownIssuer(InputError):
    """There is no such issuer on this wire; add it with `dispaccio issuer add`."""


class NotForTheArchive(InputError):
    """That item cannot come in from an archive: it is not public, not dated, or taken back."""


class MalformedRedirect(InputError):
    """That old path cannot lead to a release of this wire."""


class UnknownChannel(InputError):
    """There is no such channel; the operator makes it with `dispaccio channel add`."""


class UnknownPerson(InputError):
    """There is no such person in this home; add one with `dispaccio person add`."""


class UnknownSubscriber(InputError):
    """There is no such subscriber; add one with `dispaccio subscriber add`."""


class UnknownEndpoint(NotFound):
    """There is no such endpoint; `dispaccio endpoint list` shows those there are."""


class NameTaken(Conflict):
    """That name is taken; choose another."""


class MalformedName(InputError):
    """That name cannot be used here."""


class IssuerNeeded(InputError):
    """Say for which issuer this is: --issuer, or `issuer` in the API."""


class IdempotencyConflict(Conflict):
    """This Idempotency-Key was used before with another text, or other options; use a fresh key."""


class ChangedMeanwhile(Conflict):
    """Somebody changed this text in the meantime; look at it again."""


class FindingsStop(Conflict):
    """The checks found errors; the author has to mend them and submit again."""


class WarningsUnconfirmed(Conflict):
    """The checks found warnings; look at them and approve with --confirm, or `confirm` in the API."""


class SecondPersonNeeded(Forbidden):
    """The wire's policy asks for a second person: who submitted a text may not approve it."""


class ClaimedByOther(Conflict):
    """Somebody else has this text; take it over if that is agreed."""


class NothingOpen(Conflict):
    """This release has no revision on its way."""


class UnderCorrection(Conflict):
    """A revision of this release is on its way already; ask the desk to return it before a new text."""


class NotPublished(Conflict):
    """This release is not published yet; call it off instead."""


class LabelWeakened(Conflict):
    """Another wire's label says that the text is paid for; it cannot be made weaker."""


class EmbargoHolds(Conflict):
    """The text is under embargo; it cannot be published before."""


class ReasonNeeded(InputError):
    """Say why; the reason is public."""


class Unconfirmed(InputError):
    """This cannot be undone, so confirm it in the form first."""


class DiskNearlyFull(Unavailable):
    """The disk is nearly full, so nothing is taken in; make room."""


class NoSuchDraft(NotFound):
    """There is no such draft, or it is not yours to open."""


class DraftConflict(Conflict):
    """Somebody saved this draft since you opened it; compare both texts and decide."""


class DraftHandedIn(Conflict):
    """This draft was handed in already; what became of it stands under Releases."""


class DraftDiscarded(Conflict):
    """This draft was discarded, and its text is gone."""


# The log
class MalformedLeaf(InputError):
    """That is not an entry of the log's grammar."""


# Access
class KeyNeeded(DispaccioError):
    """This needs an API key: send it as `Authorization: Bearer KEY`."""

    status = 401


class WrongKey(DispaccioError):
    """That API key is not known, or it was revoked."""

    status = 401


class UnknownKey(NotFound):
    """That person has no valid API key with this prefix; `dispaccio person list` shows those there are."""


class LogInFailed(Forbidden):
    """Address and password do not belong together."""


class LogInPaused(Forbidden):
    """There were too many wrong passwords for this account; try again in a quarter of an hour."""

    status = 429


class ProofNeeded(Forbidden):
    """This needs your password once more, since it was given some time ago."""


class PasskeyFailed(Forbidden):
    """The passkey did not prove that it is you; try again, or use your password."""


class UnknownPasskey(NotFound):
    """There is no such passkey of yours."""


class WeakPassword(InputError):
    """That password is too easy to guess; choose a longer one."""


class LinkUsedUp(NotFound):
    """This link was used already or is too old; log in, or ask for a new one."""


class AddressTaken(Conflict):
    """Somebody with that address is here already."""


class NoAddress(InputError):
    """This person has no e-mail address, with which to log in."""


class UnknownSession(NotFound):
    """There is no such session any more."""


class ProviderSilent(Unavailable):
    """Your organisation's log-in does not answer at the moment; try again in a few minutes."""


class ProviderMisanswered(Unavailable):
    """Your organisation's log-in gave an answer that this wire cannot use; tell the wire's operator."""

    status = 502


class ProviderOnly(Forbidden):
    """You come in here by your organisation's log-in, and by nothing else."""


class TokenUntrusted(Forbidden):
    """The answer of your organisation's log-in does not bear its signature; nobody was logged in."""


class TokenExpired(Forbidden):
    """That log-in took too long, and what it brought is too old; begin it again."""


class LogInStrayed(Forbidden):
    """That log-in was not begun in this browser, or it was finished before; begin it again."""


class LogInDeclined(Forbidden):
    """Your organisation's log-in did not let you through; begin again, or ask there why."""


class NotAskedAnew(Forbidden):
    """Your organisation's log-in did not ask you anew, so nothing was proved; try it once more."""


class AddressUnverified(Forbidden):
    """Your organisation's log-in does not say that your e-mail address is verified, so nobody knows here who you are; ask for an invitation."""


class NoGroup(Forbidden):
    """None of your groups has a part in this wire; ask its operator."""


class OtherAccount(Conflict):
    """Somebody with your address comes in here by another account of your organisation; ask the operator for a new invitation."""


class ForeignForm(Forbidden):
    """The form came from another site, so nothing was done; open the page here and send it again."""


class NotSealed(Conflict):
    """Only what is approved and sealed until its release time can be offered under embargo."""


class ReaderNeeded(InputError):
    """Tick at least one reader or group to offer the text to."""


class TextByMailOff(Conflict):
    """This wire sends no text by mail before its release time; a mail with a link goes out."""


class OfferEnded(Conflict):
    """What was offered under embargo is offered no more, so nothing is sent."""


class NotVetted(InputError):
    """That person is no vetted reader, and cannot be shown what is not public."""


class MalformedApplication(InputError):
    """The application to be vetted lacks something; fill in every field."""


class NoSuchApplication(NotFound):
    """There is no such application any more; somebody has decided it."""


class ApplicationsFull(Unavailable):
    """Too many applications wait for a decision; try again in some days."""


class TermsNotAccepted(Forbidden):
    """Accept the terms of advance access first."""


class NotAllowed(Forbidden):
    """This person's roles do not allow that."""


class PersonNeeded(InputError):
    """Say who you are, with --as PERSON."""


class OperatorNeeded(Conflict):
    """Somebody has to be operator, or nobody could manage this home; name one first."""


class UnknownRole(InputError):
    """There is no such role."""


class UnknownScope(InputError):
    """That is not what a key can be made for: read, submit, desk, manage."""


# Pictures and files
class UnsupportedFile(InputError):
    """The wire takes no files of that kind."""

    status = 415


class DamagedFile(InputError):
    """The file is damaged or cut off; send it again, or save it anew in the program it came from."""


class OversizedPicture(TooLarge):
    """The picture is larger than the wire takes; scale it down and send it again."""


class TooManyFiles(Conflict):
    """The release has as many pictures and files as it may have; remove one, or hand in a zip."""


class NoSuchPart(NotFound):
    """There is no such picture or file with this release."""


class FilesClosed(Conflict):
    """The text is approved, and so are its pictures and files; call it off, or correct it once it is public."""


# Delivery
class MalformedFilter(InputError):
    """The filter of a subscription cannot be used as it is."""


class MalformedProfile(InputError):
    """The profile of an endpoint cannot be used as it is."""


class UnknownCarrier(InputError):
    """There is no such way of sending."""


class SecretsChanging(Conflict):
    """Two secrets sign for this endpoint already; wait until the older one ends."""


class UnknownDelivery(NotFound):
    """Nothing was sent to you under that id."""


class NoSuchPage(NotFound):
    """There is no private page there."""


class EndpointExists(Conflict):
    """The subscriber has an endpoint at this address that gets the same."""


class AskedEnough(Conflict):
    """That address was asked three times within a day for its confirmation; ask again tomorrow."""


class MalformedEndpoint(InputError):
    """The endpoint's carrier cannot use its address or its settings."""


class MalformedCursor(InputError):
    """The cursor is none of this endpoint's."""


class EndpointNeeded(InputError):
    """You have several endpoints, or none; name one with `endpoint`."""


class TooManyStreams(Unavailable):
    """As many streams are open as the wire serves; try again later, or pull."""


class HubRefused(InputError):
    """The hub does not take this subscription."""


class HubBusy(Unavailable):
    """The hub is asking as many callbacks as it does at once; try again in a few seconds."""


class MalformedMailAddress(InputError):
    """That is not a mail address such as rita@gazette.example."""


class MalformedTable(InputError):
    """The table of recipients cannot be read: its first line has to name the columns."""


class MalformedGroup(InputError):
    """That is not the name of a group: 1 to 60 characters on one line, without | ; and comma."""


class UnknownGroup(InputError):
    """There is no such group, of a press list or of readers; `lists show`, `advance state` show them."""


class SharedStoreNeeded(Conflict):
    """One process writes SQLite: let `dispaccio serve` deliver, or keep the wire in PostgreSQL."""


class MailNotSet(Unavailable):
    """The wire sends no mail yet; the operator says through which server, in dispaccio.toml."""


# Receiving: the kit for subscribers
class MalformedReceiver(InputError):
    """The options of `dispaccio receive` cannot be used like that."""


class MalformedDelivery(InputError):
    """The message is signed, but it is no delivery of a revision."""


class OlderRevision(Conflict):
    """A newer revision of this release was taken before; the older one is not used."""


class NumberReused(Conflict):
    """The number is that of another release that came before; this one is not used."""


class AlreadyWithdrawn(Conflict):
    """This release was withdrawn; nothing more of it is taken."""


class NotFromTheWire(Forbidden):
    """The address of the document is not on the wire's own host, so it is not fetched."""


class DocumentUnreachable(Unavailable):
    """The document cannot be fetched now; the wire sends the delivery again."""


class NotTaken(Unavailable):
    """What the receiver hands deliveries to did not take this one; the wire sends it again."""


class ReceiverInUse(Conflict):
    """Another receiver works with this memory; stop it, or name another folder with --memory."""


# The API
class MalformedRequest(InputError):
    """The request has a field that is missing, unknown or of the wrong type."""


class UnknownEncoding(InputError):
    """The body is compressed (Content-Encoding); send it as it is."""

    status = 415


class MethodNotAllowed(DispaccioError):
    """This address does not take that method."""

    status = 405


class NotAcceptable(DispaccioError):
    """The wire has the release in none of the media types that the call accepts."""

    status = 406


class InternalError(DispaccioError):
    """The wire failed at this; nothing was changed."""

    status = 500


# The command line
class HomeUnreadable(Unavailable):
    """This home cannot be read or written by you; look at the owner and mode of its folder."""


class ServerSilent(Unavailable):
    """The server of this home does not answer; look at what it printed, or stop it and try again."""


# The server and the demo
class PortTaken(Conflict):
    """Another program listens there; choose another port with --port."""


class UnusableHost(InputError):
    """The wire cannot listen on that host; name an address of this machine with --host."""


class StoryBroken(DispaccioError):
    """A sentence of the demo is not true; the wire did something else than it should."""
