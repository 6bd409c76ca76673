"""What is said in a chat: lines with buttons on the way out, words or a pressed button on the way in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """One button: it says ``data`` back (at most 64 octets), or opens ``url``."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message, plain text. ``rows`` are the rows of buttons below it."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ChatUpdate:
    """One thing a person did. ``about``: the text of our message that was answered or had the button."""

    chat: str
    private: bool
    text: str = ""
    data: str = ""  # of a pressed button
    press: str = ""  # the press's id, to be acknowledged
    about: str = ""
