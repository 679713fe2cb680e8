"""Tips that show a stranger's text as it is. Qt takes a tip for HTML where it looks like it, and loads its pictures."""

from html import escape


def plain_tip(text: str) -> str:
    """``text``, so written that a tip shows just these letters."""
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>' if "<" in text or "&" in text else text
