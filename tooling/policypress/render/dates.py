"""Dates as people write them."""

from __future__ import annotations

import datetime

from markupsafe import Markup


def written_date(date: str) -> str:
    """Return an ISO date as people write it; anything else as it is."""
    try:
        day = datetime.date.fromisoformat(date)
    except ValueError:
        return date
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return f"{months[day.month - 1]} {day.day}, {day.year}"


def dated(date: str) -> Markup:
    """Return a date for people and for machines."""
    return Markup('<time datetime="{}">{}</time>').format(date, written_date(date))
