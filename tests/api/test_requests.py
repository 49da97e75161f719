"""Requests as they come from anywhere: each is taken, or refused with a plain sentence."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dispaccio.api.caller import AS, LOCAL
from dispaccio.store import people
from tests.api.service import PREFIX, Service

JSON = {"content-type": "application/json"}
APPROVE = "/submissions/00000000-0000-4000-8000-000000000000/approve"


def refused(answer: Any, status: int, code: str, words: str = "") -> None:
    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code), said
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in said["detail"]
    assert said["detail"].endswith((".", "”"))


class TestStrictJson:
    """What two readers could read differently is read by nobody."""

    @pytest.mark.parametrize(
        ("body", "code", "words"),
        [
            (
                b'{"confirm": true, "confirm": false}',
                "malformed-document",
                "'confirm' stands twice",
            ),
            (b'{"confirm": NaN}', "malformed-document", "NaN is not a JSON value"),
            (b'{"confirm": Infinity}', "malformed-document", "Infinity"),
            (b"[" * 1_000_000, "malformed-document", "deeper than 64"),
            (b'{"a":' * 800_000, "malformed-document", "deeper than 64"),
            (b"9" * 100_000, "malformed-document", "number too long"),
            (b'{"confirm": "\xff"}', "wrong-charset", "Byte 13"),
            (b'{"release_time": "\\ud800"}', "malformed-document", "lone surrogate"),
            (b'{"release_time": "\\u0000"}', "not-text", "NUL"),
            (b"{", "malformed-document", "line 1"),
            (b"\x00", "not-text", "NUL"),
        ],
        ids=lambda value: repr(value[:24]),
    )
    def test_of_a_call(self, service: Service, body: bytes, code: str, words: str) -> None:
        answer = service.ask("POST", APPROVE, "desk", body, headers=JSON)
        refused(answer, 422, code, words)

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b'{"title": "a", "title": "b"}', "malformed-document"),
            (b'{"title": NaN}', "malformed-document"),
            (b"[" * 1_000_000, "malformed-document"),
            (b'{"title": "\xff"}', "wrong-charset"),
            (b'{"title": "\\ud800"}', "malformed-document"),
            (b'{"title": "a\\u0000b"}', "not-text"),
            (b'{"title": 7}', "malformed-document"),
            (b'{"urgency": 9007199254740993}', "malformed-document"),
            (b"", "empty-input"),
            (b"[]", "empty-input"),
            (b" \n", "empty-input"),
        ],
        ids=lambda value: repr(value[:24]),
    )
    def test_of_a_release(self, service: Service, body: bytes, code: str) -> None:
        answer = service.ask("POST", "/submissions", "author", body, headers=JSON)
        refused(answer, 422, code)

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ({"confirm": "perhaps"}, "confirm"),
            ({"confirn": True}, "confirn"),
            ({"label": "paid"}, "label"),
            ({"release_time": 7}, "release_time"),
            ({"release_time": "x" * 101}, "release_time"),
            ([], ""),
            ("text", ""),
            (7, ""),
        ],
        ids=str,
    )
    def test_names_and_types(self, service: Service, body: Any, words: str) -> None:
        answer = service.ask("POST", APPROVE, "desk", body)
        refused(answer, 422, "malformed-request", words)

    def test_a_decision_is_one_of_four(self, service: Service) -> None:
        answer = service.ask("POST", f"/submissions/{service.draft()}/decide", "desk", {"to": "x"})
        refused(answer, 422, "malformed-request", "return, reject, park, resume; not 'x'")

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
    def test_a_call_is_json(self, service: Service, kind: str | None) -> None:
        headers = {"content-type": kind} if kind else {}
        answer = service.ask("POST", APPROVE, "desk", b'{"confirm": true}', headers=headers)
        assert answer.status_code == 422

    def test_a_call_without_a_body(self, service: Service) -> None:
        refused(service.ask("POST", APPROVE, "desk"), 422, "malformed-request")


class TestAddresses:
    """Paths and parameters."""

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("/releases?limit=-1", "limit"),
            ("/releases?limit=0", "limit"),
            ("/releases?limit=101", "limit"),
            ("/releases?limit=many", "limit"),
            ("/releases?limit=5&limit=6", "limit stands twice"),
            ("/releases?before=abc", "before"),
            ("/releases?before=", "before"),
            ("/releases?before=100000001", "before"),
            ("/releases?before=-1", "before"),
            (f"/releases?before={'9' * 30}", "before"),
            ("/releases?subject=04000000", "subject"),
            ("/releases?subject=a:b%20c", "subject"),
            ("/releases?befor=T100000001", "'befor' is not a parameter"),
            ("/releases?q=" + "x" * 501, "q"),
            ("/releases?q=a&channel=economia", "leave channel"),
            ("/releases?channel=a%00b", "NUL"),
            ("/releases/T100000001?version=0", "version"),
            ("/releases/T100000001?version=99999999999999999999", "version"),
            ("/log?x=1", "'x' is not a parameter"),
        ],
    )
    def test_a_parameter_that_is_none(self, service: Service, path: str, words: str) -> None:
        refused(service.ask("GET", path), 422, "malformed-request", words)

    def test_releases_of_a_subject(self, service: Service) -> None:
        said = [{"scheme": "medtop", "code": "20001131"}]
        given = service.text(subjects=said)
        handed = service.ask("POST", "/submissions?issuer=aurora", "author", given, headers=JSON)
        id = handed.json()["id"]
        asked = {"confirm": True}
        done = service.ask("POST", f"/submissions/{id}/publish", "desk", asked)
        assert done.status_code == 200, done.text
        for query in ("subject=medtop:20001131", "subject=medtop:17000000"):
            found = service.ask("GET", f"/releases?{query}&limit=5").json()["releases"]
            assert [release["subjects"][0]["code"] for release in found] == ["20001131"]
        word = found[0]["title"].split()[-1]
        found = service.ask("GET", f"/releases?q={word}&subject=medtop:17000000").json()["releases"]
        assert len(found) == 1
        assert service.ask("GET", "/releases?subject=medtop:07000000").json()["releases"] == []
        listed = service.ask("GET", "/subjects").json()["subjects"]
        assert {
            "subject": "medtop:20001131",
            "names": {"en": "weather warning", "it": "allerte meteo"},
            "parent": "medtop:17000000",
        } in listed
        assert service.ask("GET", "/subjects?channel=none").json() == {"subjects": []}

    def test_a_misspelt_release_time_is_not_overlooked(self, service: Service) -> None:
        path = "/submissions?issuer=aurora&relase_time=2026-12-01T00:00Z"
        answer = service.ask("POST", path, "author", service.text(), headers=JSON)
        refused(answer, 422, "malformed-request", "relase_time")

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("release_time=2026-12-01T00:00", "time-without-zone"),
            ("release_time=2026-03-29T02:30&zone=Europe/Rome", "time-in-gap"),
            ("release_time=2026-10-25T02:30&zone=Europe/Rome", "time-ambiguous"),
            ("release_time=2026-12-01T00:00%2B25:00", "malformed-time"),
            ("release_time=soon", "malformed-time"),
            ("zone=Middle/Earth", "malformed-time"),
            ("label=paid", "malformed-request"),
            ("channel=sport", "unknown-channel"),
            ("format=nonsense", "unknown-format"),
        ],
    )
    def test_a_wish_that_cannot_be_granted(self, service: Service, query: str, code: str) -> None:
        answer = service.ask(
            "POST", f"/submissions?{query}", "author", service.text(), headers=JSON
        )
        refused(answer, 415 if code == "unknown-format" else 422, code)

    @pytest.mark.parametrize(
        "path",
        [
            "",
            "/",
            "/nothing",
            "/releases/",
            "/releases//",
            "/submissions/a/b",
            "/releases/T100000001/v1",
            "/releases/%00",
            "/submissions/%00",
            "/releases/..%2f..",
            "/docs",
            "/redoc",
        ],
    )
    def test_nothing_here(self, service: Service, path: str) -> None:
        answer = service.ask("GET", path, "desk")
        refused(answer, 404, "not-found")
        assert answer.content == service.ask("GET", "/releases/T999999999").content

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
    def test_a_method_that_is_not_taken(self, service: Service, method: str) -> None:
        answer = service.client.request(method, f"{PREFIX}/releases")
        refused(answer, 405, "method-not-allowed")

    def test_ids_may_be_written_as_urns(self, service: Service) -> None:
        id = service.draft()
        for ref in (id, f"urn:uuid:{id}"):
            assert service.ask("GET", f"/submissions/{ref}", "desk").status_code == 200


class TestKeys:
    """Who calls."""

    @pytest.mark.parametrize(
        "value",
        ["", "Bearer", "Bearer ", "Basic YTpi", "dsp_x", "bearer\t", "Digest x"],
        ids=repr,
    )
    def test_what_is_no_key_is_nobody(self, service: Service, value: str) -> None:
        answer = service.ask("GET", "/status", headers={"authorization": value})
        refused(answer, 401, "key-needed")

    @pytest.mark.parametrize("value", ["Bearer x", "BEARER dsp_x", f"Bearer {'x' * 5000}"])
    def test_a_wrong_key(self, service: Service, value: str) -> None:
        answer = service.ask("GET", "/status", headers={"authorization": value})
        refused(answer, 401, "wrong-key")
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_key_may_have_blanks_around(self, service: Service) -> None:
        headers = {"authorization": f"bearer   {service.keys['desk']} "}
        assert service.ask("GET", "/status", headers=headers).status_code == 200

    def test_nobody_is_local_from_the_network(self, service: Service) -> None:
        for name in (LOCAL, AS, "dispaccio_local", "x-dispaccio-local", "x-forwarded-for"):
            for value in ("olga", "1", "True", "127.0.0.1"):
                answer = service.ask("GET", "/people", headers={name: value, AS: "olga"})
                refused(answer, 401, "key-needed")
        assert service.ask("GET", "/people?dispaccio-as=olga").status_code == 422

    def test_a_key_counts_before_the_name_of_a_person(self, service: Service) -> None:
        answer = service.ask("GET", "/people", "author", headers={AS: "olga"})
        refused(answer, 403, "not-allowed")

    def test_a_call_is_noted_as_the_keys_last_use(self, service: Service) -> None:
        service.ask("GET", "/status", "desk")
        with service.wire.store.read(service.wire.clock.now()) as tx:
            person = people.named(tx, "p-desk")
            assert person is not None
            key = people.keys_of(tx, person.key)[0]
        assert key.last_used is not None


class TestIdempotency:
    """The same request again."""

    def submit(self, service: Service, body: bytes, key: str, query: str = "") -> Any:
        headers = JSON | {"idempotency-key": key}
        path = f"/submissions?issuer=aurora{query}"
        return service.ask("POST", path, "author", body, headers=headers)

    def test_in_parallel_it_is_one_release(self, service: Service) -> None:
        body = service.text()
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda _: self.submit(service, body, "k-1"), range(24)))
        assert {answer.status_code for answer in found} == {201}
        assert len({answer.json()["id"] for answer in found}) == 1
        assert sum(answer.json()["new"] for answer in found) == 1

    def test_with_another_text_it_is_a_conflict(self, service: Service) -> None:
        body = service.text()
        assert self.submit(service, body, "k-2").status_code == 201
        refused(self.submit(service, service.text(), "k-2"), 409, "idempotency-conflict")
        refused(self.submit(service, body, "k-2", "&label=science"), 409, "idempotency-conflict")

    @pytest.mark.parametrize("key", ["", "x" * 256])
    def test_a_key_that_is_none(self, service: Service, key: str) -> None:
        answer = self.submit(service, service.text(), key)
        refused(answer, 422, "malformed-request", "idempotency")


class TestDocuments:
    """In which format, and in which character set."""

    def test_text_in_its_charset(self, service: Service) -> None:
        body = "PRESS RELEASE\n\nÉclair\n\nBERGAMO, Nov. 23, 2026 /X/ -- Café.\n"
        good = {"content-type": "text/plain; charset=iso-8859-1"}
        path = "/submissions?issuer=aurora"
        answer = service.ask("POST", path, "author", body.encode("latin-1"), headers=good)
        assert answer.status_code == 201
        shown = service.ask("GET", f"/submissions/{answer.json()['id']}", "author").json()
        assert "Éclair" in json.dumps(shown, ensure_ascii=False)
        for charset in ("utf-8", "utf-7", "nonsense", "unicode_escape"):
            headers = {"content-type": f"text/plain; charset={charset}"}
            wrong = service.ask("POST", path, "author", body.encode("latin-1"), headers=headers)
            refused(wrong, 422, "wrong-charset")

    def test_json_is_utf_8_whatever_is_said(self, service: Service) -> None:
        headers = {"content-type": "application/json; charset=iso-8859-1"}
        body = '{"title": "é"}'.encode("latin-1")
        refused(
            service.ask("POST", "/submissions", "author", body, headers=headers),
            422,
            "wrong-charset",
        )

    @pytest.mark.parametrize("kind", ["application/pdf", "image/png", "multipart/form-data"])
    def test_a_kind_that_is_not_read(self, service: Service, kind: str) -> None:
        headers = {"content-type": kind}
        answer = service.ask("POST", "/submissions", "author", b"x", headers=headers)
        refused(answer, 415, "unknown-format")

    def test_a_release_in_the_format_that_is_preferred(self, service: Service) -> None:
        number = service.public()
        kinds = {
            "": "application/vnd.dispaccio+json",
            "application/json": "application/vnd.dispaccio+json",
            "text/html, */*": "text/html",
            "text/plain;q=0.9": "text/plain",
            "nonsense": "application/vnd.dispaccio+json",
        }
        for accept, kind in kinds.items():
            answer = service.ask("GET", f"/releases/{number}", headers={"accept": accept})
            assert answer.headers["content-type"].startswith(kind), accept
            assert answer.headers["vary"] == "accept"
            assert answer.headers["cache-control"] == "public, max-age=5"
            headers = {"accept": accept, "if-none-match": answer.headers["etag"]}
            again = service.ask("GET", f"/releases/{number}", headers=headers)
            assert (again.status_code, again.content) == (304, b"")

    def test_pages_by_cursor(self, service: Service) -> None:
        made = [service.public() for _ in range(3)]
        first = service.ask("GET", "/releases?limit=2").json()
        assert [item["number"] for item in first["releases"]] == made[:0:-1]
        second = service.ask("GET", f"/releases?limit=2&before={first['next']}").json()
        assert second["releases"][0]["number"] == made[0]
        found = service.ask("GET", "/releases?limit=100").json()
        assert found["next"] is None

    def test_a_search(self, service: Service) -> None:
        number = service.public()
        word = service.ask("GET", f"/releases/{number}").json()["title"].split()[-1]
        found = service.ask("GET", f"/releases?q=release {word}").json()["releases"]
        assert [item["number"] for item in found] == [number]
        for query in ('"', "AND", "a* OR b", "'; DROP TABLE search; --", "NEAR(", "\u0000"[:0]):
            assert service.ask("GET", f"/releases?q={query}").status_code == 200


def test_a_fault_of_ours_says_nothing_of_what_was_handed_in(
    service: Service, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*args: Any, **named: Any) -> None:
        raise RuntimeError("Aurora opens a dairy")

    monkeypatch.setattr("dispaccio.api.submissions.submit.submit", broken)
    answer = service.ask("POST", "/submissions", "author", service.text(), headers=JSON)
    refused(answer, 500, "internal-error")
    said = capfd.readouterr()
    assert "Aurora" not in answer.text + said.out + said.err
    assert "RuntimeError" in said.err


def test_a_store_that_fails_says_nothing_of_what_was_written(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit(connection: Any) -> None:
        raise OSError("database or disk is full")

    monkeypatch.setattr(service.wire.store.engine.dialect, "do_commit", commit)
    answer = service.ask(
        "POST", "/submissions?issuer=aurora", "author", service.text(), headers=JSON
    )
    refused(answer, 503, "store-failed", "disk is full")
    assert answer.headers["retry-after"] == "5"
    assert "INSERT" not in answer.text
