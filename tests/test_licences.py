"""What is installed with the package can be passed on with it."""

from __future__ import annotations

import pytest

from docs.licences import PAGE, closure, is_refused, needed


def test_no_package_of_a_plain_install_is_under_the_gpl_alone_and_the_page_has_all_that_are_named() -> None:
    found = closure(needed("peerassay"))
    assert {name: licence for name, licence in found.items() if is_refused(licence)} == {}
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in needed("peerassay") if f"| {name} |" not in page] == []


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT", False),
        ("LGPL-2.1-or-later", False),
        ("MPL-1.1 OR GPL-2.0-only", False),
        ("GPL-3.0-or-later", True),
        ("GNU Affero General Public License v3", True),
        ("MIT AND GPL-2.0-only", True),
        ("", True),
    ],
)
def test_what_is_refused(licence: str, refused: bool) -> None:
    assert is_refused(licence) == refused
