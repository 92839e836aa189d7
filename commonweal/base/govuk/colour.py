"""A body's own colour, made safe: whatever colour is chosen, the words on it and the links made of it can be read."""

from __future__ import annotations

import re

WHITE = (255, 255, 255)
BLACK = (0, 0, 0)
#: WCAG 2.2's least contrast for text (success criterion 1.4.3).
LEAST_CONTRAST = 4.5

Colour = tuple[int, int, int]


class NotAColour(ValueError):
    """Raised for anything that is not written #rrggbb."""


def read_colour(written: str) -> Colour:
    """This will read a colour written #rrggbb as its three parts, 0 to 255. Raises NotAColour."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", written):
        raise NotAColour(f"{written!r} is not a colour: write it as # and six hexadecimal digits, such as #1d3d5c")
    return int(written[1:3], 16), int(written[3:5], 16), int(written[5:7], 16)


def luminance(colour: Colour) -> float:
    """This will give the relative luminance of WCAG 2.2, 0 for black to 1 for white."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """This will give the contrast ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def darkened_until_readable(colour: Colour, on: Colour = WHITE) -> Colour:
    """This will darken a colour, keeping its hue, until words of that colour can be read on the background."""
    share = 1.0
    darker = colour
    while contrast(darker, on) < LEAST_CONTRAST:
        share -= 0.02
        darker = (round(colour[0] * share), round(colour[1] * share), round(colour[2] * share))
    return darker


def body_css(written: str) -> str:
    """This will write the small stylesheet that gives a page its body's colour, from #rrggbb. Raises NotAColour.

    `--body-colour` is the colour as chosen, for fills; `--body-on-colour` is white or black, whichever reads on it;
    `--body-link-colour` is the colour darkened until words in it read on the palest grey we use.
    """
    colour = read_colour(written)
    on = WHITE if contrast(colour, WHITE) >= LEAST_CONTRAST else BLACK
    link = darkened_until_readable(colour, on=(243, 245, 247))
    return (
        f":root{{--body-colour:{hexadecimal(colour)};--body-on-colour:{hexadecimal(on)};"
        f"--body-link-colour:{hexadecimal(link)}}}\n"
    )


def hexadecimal(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
