"""Sentences about what a scanner read, and the names of a product's ingredients."""

from desktop.core import scan
from desktop.core.errors import ExpectedError
from desktop.language import _


def ingredient_name(key: str) -> str:
    """What a product contains that can be an allergy; a key that is not known stays as it is."""
    names = {"albumin": _("human albumin"), "cow's milk protein": _("cow's milk protein")}
    return names.get(key, key)


def explain(error: ExpectedError) -> str | None:
    """What happened and what to do, for an error of a scan; none for any other."""
    match error:
        case scan.NotAScanError():
            return _(
                "This is not the code on a carton. Scan the square code of the carton, or type lot"
                " and expiry."
            )
        case scan.UnknownSeparatorError(character=character):
            return _(
                "The code holds \u201c{character}\u201d, which no such code has. If your scanner"
                " sends it as the separator, say so in the preferences; if not, scan again."
            ).format(character=_visible(character))
        case scan.NotASubstituteError():
            return _(
                "A separator is one key that no lot is written with, such as {examples}."
            ).format(examples="~ | #")
        case scan.AmbiguousScanError(text=text):
            return _(
                "Where \u201c{text}\u201d ends cannot be told: the scanner sent no separator."
                " Nothing was recorded. Type lot and expiry as they are printed."
            ).format(text=text)
        case scan.TwoScansError(first=first, second=second):
            return _(
                "Two codes came as one: \u201c{first}\u201d and \u201c{second}\u201d. Nothing was"
                " recorded. Scan one carton at a time."
            ).format(first=first, second=second)
        case scan.WrongCheckDigitError(gtin=gtin):
            return _(
                "The product number {gtin} has a wrong check digit, so it was misread. Scan again."
            ).format(gtin=gtin)
        case scan.NotADateError(digits=digits):
            return _(
                "The code gives the expiry as {digits}, which is no date. Type lot and expiry as"
                " they are printed."
            ).format(digits=digits)
        case scan.ScanWithoutGtinError():
            return _("The code names no product. Scan the square code of the carton.")
        case scan.ScanWithoutLotError():
            return _(
                "The code names no lot. Scan the square code of the carton, or type lot and expiry."
            )
        case scan.ScanWithoutExpiryError():
            return _("The code names no expiry date. Type lot and expiry as they are printed.")
        case scan.ProductsDisagreeError(gtin=gtin, ndc=ndc):
            return _(
                "The code names two products, {gtin} and {ndc}. Nothing was recorded. Type what is"
                " printed on the carton."
            ).format(gtin=gtin, ndc=ndc)
    return None


def _visible(character: str) -> str:
    """The character itself if it is a plain key, else its number."""
    if character.isascii() and character.isprintable():
        return character
    return f"U+{ord(character):04X}"
