"""What the map says where the pointer rests."""

from collections.abc import Iterable
from datetime import date
from html import escape

from desktop.core.handbook import Handbook
from desktop.core.protocol import Side
from desktop.core.session import Injection, State
from desktop.language import _
from desktop.wording import (
    date_text,
    region_name,
    region_place,
    side_name,
    site_name,
    state_name,
    units_text,
)

Given = tuple[date, Injection | None, str]


def site_tip(code: str, before: Iterable[Given], book: Handbook) -> str:
    """A site's name, what its landmark is, and what it was given in earlier sessions."""
    site = book.protocol.sites.get(code)
    landmark = [_(site.landmark), _("Default landmark; the clinician decides.")] if site else []
    title = f"{code} \N{MIDDLE DOT} {site_name(code, book)}"
    return _tip(title, [*landmark, *(_given_words(*each) for each in before)])


def past_tip(day: date, each: Injection, toxin: str, book: Handbook) -> str:
    """An extra or a moved site of an earlier session; the toxin if it was another."""
    return _tip(site_name(each.code, book), [_given_words(day, each, toxin)])


def region_tip(region: str, side: Side, book: Handbook) -> str:
    """A muscle, and where it is in plain words."""
    name = region_name(book.protocol.regions[region])
    if side is not Side.MIDLINE:
        name = _("{region} {side}").format(region=name, side=side_name(side))
    return _tip(name, [region_place(book.protocol.regions[region])])


def _given_words(day: date, each: Injection | None, toxin: str) -> str:
    if each is None:
        words = state_name(State.NOT_GIVEN)
    else:
        words = units_text(each.units)
        if toxin:
            words = _("{units} of {toxin}").format(units=words, toxin=toxin)
        if each.point is not None and not each.is_extra:
            words = _("{units}, moved").format(units=words)
    return _("{date}: {words}").format(date=date_text(day), words=words)


def _tip(title: str, lines: Iterable[str]) -> str:
    # Only a tip with markup breaks its long lines.
    return "<br>".join([f"<b>{escape(title)}</b>", *map(escape, lines)])
