"""What a request's body may be: how large, and never packed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from dispaccio.api.limits import LONGEST
from dispaccio.formats.base import MAX_BYTES
from tests.api.service import PREFIX, Service
from tests.api.test_requests import JSON, refused


class TestSize:
    """A bound on what a request may bring."""

    def test_what_is_declared_too_large(self, service: Service) -> None:
        body = b"x" * 50_000_000
        answer = service.ask("POST", "/submissions", "author", body, headers=JSON)
        refused(answer, 413, "too-large", f"{LONGEST:,} bytes")

    def test_what_comes_in_pieces(self, service: Service) -> None:
        sent = []

        def pieces() -> Iterator[bytes]:
            for _ in range(50):
                sent.append(1)
                yield b"x" * 1_000_000

        headers = {"authorization": f"Bearer {service.keys['author']}"}
        answer = service.client.request(
            "POST", f"{PREFIX}/submissions", content=pieces(), headers=headers
        )
        refused(answer, 413, "too-large")

    def test_a_document_that_the_reader_does_not_take(self, service: Service) -> None:
        body = b'{"title": "' + b"x" * MAX_BYTES + b'"}'
        answer = service.ask("POST", "/submissions", "author", body, headers=JSON)
        refused(answer, 413, "too-large", f"{MAX_BYTES:,}")

    def test_the_largest_document_is_read(self, service: Service) -> None:
        body = b"x" * LONGEST
        answer = service.ask("POST", "/submissions", "author", body, headers=JSON)
        refused(answer, 422, "malformed-document")
        answer = service.ask("POST", "/submissions", "author", body + b"x", headers=JSON)
        refused(answer, 413, "too-large", "4,194,304 bytes")

    @pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "GZIP"])
    def test_a_body_that_is_packed(self, service: Service, coding: str) -> None:
        headers = {"content-type": "text/plain", "content-encoding": coding}
        answer = service.ask(
            "POST",
            "/submissions",
            "author",
            gzip.compress(b"A title\n\nIts text."),
            headers=headers,
        )
        refused(answer, 415, "unknown-encoding", "send it as it is")
        assert answer.headers["accept-encoding"] == "identity"

    def test_a_body_that_says_it_is_not_packed(self, service: Service) -> None:
        headers = JSON | {"content-encoding": "identity"}
        body = service.text()
        assert service.ask("POST", "/submissions", "author", body, headers=headers).is_success

    @pytest.mark.parametrize("length", ["-1", "1e9", "ten", "9" * 40])
    def test_a_length_that_is_none(self, service: Service, length: str) -> None:
        answer = service.client.request(
            "POST", f"{PREFIX}/submissions", headers={"content-length": length}
        )
        assert answer.status_code == 413

    def test_nothing_was_taken_in(self, service: Service) -> None:
        before = len(service.ask("GET", "/submissions", "desk").json()["submissions"])
        service.ask("POST", "/submissions", "author", b"x" * 50_000_000, headers=JSON)
        after = len(service.ask("GET", "/submissions", "desk").json()["submissions"])
        assert before == after
