"""Welsh for the product's own drawn words: the alphabet, the months and the phrases of the signature parts.

The embedded database has no Welsh collation, so names are sorted here; and one drawn bar must say the same words
in a page, in print and in a PDF, so those words are kept in one short table rather than in each template.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS_CY = (
    "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
    "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr",
)  # fmt: skip

_ALPHABET = (
    "a", "b", "c", "ch", "d", "dd", "e", "f", "ff", "g", "ng", "h", "i", "j", "k", "l", "ll", "m", "n", "o", "p",
    "ph", "q", "r", "rh", "s", "t", "th", "u", "v", "w", "x", "y", "z",
)  # fmt: skip
_PLACE_OF_LETTER = {letter: place for place, letter in enumerate(_ALPHABET, start=10)}
_LETTERS = re.compile("|".join(sorted(map(re.escape, _ALPHABET), key=len, reverse=True)) + r"|\d+|.", re.DOTALL)
# Here n and g are two letters, not one: the only case the spelling does not settle.
_N_THEN_G = re.compile(r"\b(ban|llan|pen|tren|mon)(?=g)")


def welsh_sort_key(text: str) -> tuple[tuple[tuple[int, int], ...], str]:
    """This will give the key that sorts text by the Welsh alphabet (ch after c, dd after d, ll after l, ...).

    Case and accents only break ties; spaces come before digits, digits (by their number) before letters, and
    anything else last.
    """
    plain = "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
    letters = _LETTERS.findall(_N_THEN_G.sub(lambda match: match[0] + "\0", plain))
    key = []
    for letter in letters:
        if letter == "\0":
            continue
        if letter in _PLACE_OF_LETTER:
            key.append((_PLACE_OF_LETTER[letter], 0))
        elif letter.isdecimal():
            key.append((2, int(letter)))
        elif letter.isspace() or letter in "-'’":
            key.append((1, 0))
        else:
            key.append((99, ord(letter)))
    return tuple(key), text


#: What a first letter becomes: after 2, and after 1 in a feminine noun (soft); after 6, and 3 in a masculine (aspirate).
_SOFT = {"ll": "l", "rh": "r", "p": "b", "t": "d", "c": "g", "b": "f", "d": "dd", "g": "", "m": "f"}
_ASPIRATE = {"p": "ph", "t": "th", "c": "ch"}
_NEVER = ("ch", "dd", "ff", "ng", "ph", "th", "grŵp")


def after_number(number: Decimal, noun: str, *, feminine: bool = False) -> str:
    """This will give a singular noun as it stands after a number: "person", "2 berson", "3 pherson", "1 goeden"."""
    changes: dict[str, str] = {}
    if number == 2:
        changes = _SOFT
    elif number == 1 and feminine:
        changes = {first: then for first, then in _SOFT.items() if first not in ("ll", "rh")}
    elif number == 6 or (number == 3 and not feminine):
        changes = _ASPIRATE
    if noun.startswith(_NEVER) or (number == 1 and noun.startswith(("ll", "rh"))):
        return noun
    for first, then in changes.items():
        if noun.startswith(first):
            return then + noun.removeprefix(first)
    return noun


def typographic(text: str) -> str:
    """This will write the apostrophes of a text as print does: sy’n for sy'n."""
    return text.replace("'", "’")


def say(english: str, lang: str, **fill: object) -> str:
    """This will give one of the phrases below in a language ("en" or "cy"), with its {places} filled.

    Raises KeyError for a phrase without Welsh, so that a Welsh page never shows half a sentence of each.
    """
    phrase = WELSH[english] if lang.startswith("cy") else english
    return phrase.format(**fill) if fill else phrase


WELSH = {
    "Nothing recorded here yet": "Does dim wedi’i gofnodi yma eto",
    # The thread
    "Plan": "Cynllun",
    "Ask": "Gofyn",
    "Offer": "Cynnig",
    "Promise": "Addewid",
    "Delivered": "Cyflawnwyd",
    "Worth": "Gwerth",
    "Account": "Cyfrif",
    "Step {n} of {total}: {label}": "Cam {n} o {total}: {label}",
    "From plan to account": "O’r cynllun i’r cyfrif",
    "You are here": "Rydych chi yma",
    # The figure
    "Gross": "Gros",
    "Net": "Net",
    "welfare value": "gwerth lles",
    "economic value": "gwerth economaidd",
    "fiscal value": "gwerth cyllidol",
    "spend": "gwariant",
    "mixed published value": "gwerth cyhoeddedig cymysg",
    "Range {low} to {high}": "Amrediad {low} i {high}",
    "{low} to {high}": "{low} i {high}",
    "{year} prices": "Prisiau {year}",
    "As of {date}": "Ar {date}",
    "How we know": "Sut rydym yn gwybod",
    "Exact figure": "Ffigur union",
    "million": "miliwn",
    "billion": "biliwn",
    "less than 1p": "llai nag 1c",
    "less than 1%": "llai nag 1%",
    "more than 99%": "mwy na 99%",
    # The assurance bar
    "Claimed": "Hawliwyd",
    "Evidenced": "Tystiolaethwyd",
    "Confirmed": "Cadarnhawyd",
    "Assured": "Sicrhawyd",
    "The provider says so": "Y darparwr sy’n dweud hyn",
    "The body accepted the evidence": "Derbyniodd y corff y dystiolaeth",
    "Those who received it said so": "Y rhai a’i derbyniodd sy’n dweud hyn",
    "An auditor checked it": "Gwiriodd archwilydd hyn",
    "{number} of {whole} that can be": "{number} o’r {whole} y gellir",
    "{number} cannot be confirmed": "Ni ellir cadarnhau {number}",
    "cannot be confirmed": "ni ellir ei gadarnhau",
    "nothing stated yet": "dim wedi’i ddatgan eto",
    "How sure we are": "Pa mor sicr ydym",
    "How sure we are: {label}": "Pa mor sicr ydym: {label}",
    # Promised, expected by now, delivered
    "Promised": "Addawyd",
    "Expected by now": "Disgwyliwyd erbyn hyn",
    "What": "Beth",
    "Unit": "Uned",
    "Picture": "Llun",
    "No promise recorded": "Dim addewid wedi’i gofnodi",
    "Rate, not a quantity": "Cyfradd, nid maint",
    "Not unless it is taken up": "Dim oni bai ei fod yn cael ei fanteisio arno",
    "harm": "niwed",
    "Ambition": "Uchelgais",
    "Outlier": "Allanolyn",
    "Delivered more than three times the promise": "Cyflawnwyd mwy na theirgwaith yr addewid",
    "Far beyond the promise: check the record": "Ymhell y tu hwnt i’r addewid: gwiriwch y cofnod",
    "Far beyond the promise": "Ymhell y tu hwnt i’r addewid",
    "More than ten times the promise, or five times what is usual in its agreement": (
        "Mwy na deg gwaith yr addewid, neu bum gwaith yr hyn sy’n arferol yn ei gytundeb"
    ),
    "promised {number}": "addawyd {number}",
    "expected by now {number}": "disgwyliwyd {number} erbyn hyn",
    "delivered {number}": "cyflawnwyd {number}",
    "Each line is drawn against its own promise.": "Lluniwyd pob llinell yn erbyn ei haddewid ei hun.",
    "All lines are drawn on one scale.": "Lluniwyd pob llinell ar yr un raddfa.",
    # Charts and maps
    "Source: {source}.": "Ffynhonnell: {source}.",
    "Left out: {what}.": "Heb ei gynnwys: {what}.",
    "The figures as a table": "Y ffigurau fel tabl",
    "target {number}": "targed {number}",
    "Target": "Targed",
    "Total": "Cyfanswm",
    "Lowest": "Isaf",
    "Highest": "Uchaf",
    "Period": "Cyfnod",
    "Number": "Rhif",
    "The number on a ward is its number in the table. Its colour is for how many: {unit}.": (
        "Y rhif ar ward yw ei rhif yn y tabl. Mae ei lliw yn dangos faint: {unit}."
    ),
    "Ward": "Ward",
    "Step on the map": "Cam ar y map",
    "No figure": "Dim ffigur",
    # Documents
    "Page": "Tudalen",
    "of": "o",
    "Objective": "Amcan",
    "Outcomes": "Canlyniadau",
    "Owner": "Perchennog",
    "By": "Erbyn",
    "What we want for our place": "Yr hyn rydym ei eisiau i’n lle",
    "What we ask of providers": "Yr hyn a ofynnwn gan ddarparwyr",
    "Contact": "Cysylltu",
    "Agreement": "Cytundeb",
    "Provider": "Darparwr",
    "Term": "Cyfnod",
    "Value": "Gwerth",
    "Contract manager": "Rheolwr contract",
    "Review of": "Adolygiad o",
    "Overdue": "Hwyr",
    "Nothing is overdue.": "Does dim yn hwyr.",
    "Actions agreed": "Camau y cytunwyd arnynt",
    "Action": "Cam gweithredu",
    "Who": "Pwy",
    "When": "Pryd",
    "Signed for the body": "Llofnodwyd ar ran y corff",
    "Signed for the provider": "Llofnodwyd ar ran y darparwr",
    "Name": "Enw",
    "Date": "Dyddiad",
    "Flag": "Fflag",
    "Due": "Dyddiad dyledus",
    "A box (□) stands for a character that this document’s typeface does not have.": (
        "Mae blwch (□) yn sefyll am nod nad yw yn nheip y ddogfen hon."
    ),
}
