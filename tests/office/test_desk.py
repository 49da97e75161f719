"""The desk in the browser."""

from __future__ import annotations

from tests.office.browser import Wire, codes, send


def test_list_and_sheet(wire: Wire) -> None:
    id = wire.service.by_author()
    client = wire.logged_in("lia", "desk")
    page = client.get("/desk")
    assert page.status_code == 200, page.text
    assert id in page.text
    sheet = client.get(f"/desk/{id}")
    assert sheet.status_code == 200, sheet.text
    refused = send(client, f"/desk/{id}/approve")
    assert codes(refused.text) == ["warnings-unconfirmed"]
    number = wire.service.public()
    back = client.get(f"/releases/{number}/withdraw")
    assert back.status_code == 200, back.text
