"""HTML made of elements: text is escaped unless it is markup already, so no one can forget it."""

from __future__ import annotations

from html import escape


class Markup(str):
    """Text that is HTML already. Only this file makes it."""

    __slots__ = ()


NOTHING = Markup()

_VOID = ("meta", "br", "hr")
"""Elements that hold nothing, and have no end."""


def element(name: str, /, *inside: str, **attributes: str) -> Markup:
    """Write an element.

    Parameters
    ----------
    name
        Of the element.
    inside
        What it holds: `Markup` as it is, any other text escaped.
    attributes
        Their values are escaped; ``class_`` is ``class``, ``data_set`` is ``data-set``.

    Examples
    --------
    >>> element("p", "a < b ", element("b", "c"), class_="note")
    '<p class="note">a &lt; b <b>c</b></p>'
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(said)}"' for key, said in attributes.items()
    )
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{together(*inside)}</{name}>")


def together(*parts: str) -> Markup:
    """Put texts and markup one after another; text is escaped.

    Examples
    --------
    >>> together("a & ", element("i", "b"))
    'a &amp; <i>b</i>'
    """
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts))


def raw(name: str, text: str, /, **attributes: str) -> Markup:
    """Write a style or a script, in which nothing can be escaped.

    Raises
    ------
    ValueError
        If the text would end the element.
    """
    if f"</{name}" in text.lower() or "<!--" in text:
        raise ValueError(f"this text would end its <{name}>")
    begin = element(name, **attributes).removesuffix(f"</{name}>")
    return Markup(f"{begin}{text}</{name}>")


def listing(items: list[str] | tuple[str, ...], **attributes: str) -> Markup:
    """Write a list; nothing for no items."""
    return element("ul", *(element("li", item) for item in items), **attributes) if items else NOTHING
