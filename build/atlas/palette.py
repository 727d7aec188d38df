"""Every colour of the art, once: what it paints, in the light, in the dark and on paper."""

TONES = 12
LAST_ROLES = (
    *("outline", "line", "soft_line", "hairline", "brow_edge", "brow"),
    *("eye_white", "eye_shadow", "iris", "pupil", "highlight"),
)
Palette = dict[str, str]


def _palette(tones: list[str], *others: str) -> Palette:
    """Name colours by what they paint: tone_0 is the deepest tone of the skin."""
    palette = {f"tone_{number}": colour for number, colour in enumerate(tones)}
    return palette | dict(zip(LAST_ROLES, others, strict=True))


def _from_to(deepest: str, lightest: str, bend: float) -> list[str]:
    """Return the tones from the deepest to the lightest; a bend below 1 lifts those between."""
    first, last = (bytes.fromhex(colour[1:]) for colour in (deepest, lightest))
    shares = [(step / (TONES - 1)) ** bend for step in range(TONES)]
    channels = list(zip(first, last, strict=True))
    return ["#" + bytes(round(a + (b - a) * s) for a, b in channels).hex() for s in shares]


LIGHT = _palette(
    _from_to("#c9b3a7", "#fcf5ef", bend=0.85),
    *("#56453d", "#6a554b", "#ab9284", "#bda598", "#c3ada1", "#7b665a"),
    *("#fffdfb", "#cdbcb1", "#8b7668", "#3b302b", "#ffffff"),
)
# A dim room: the skin is darker than any text on it, and only the outline is lighter than the skin.
DARK = _palette(
    _from_to("#34302d", "#665d56", bend=0.9),
    *("#a6978b", "#1f1b19", "#37312e", "#3c3632", "#413a36", "#2b2523"),
    *("#857c75", "#5a524c", "#443a34", "#1c1816", "#a79d95"),
)
PRINT = _palette(
    ["#c6c6c6", "#dcdcdc", "#eeeeee", "#ffffff"],
    *("#111111", "#222222", "#8a8a8a", "#9c9c9c", "#9c9c9c", "#3c3c3c"),
    *("#ffffff", "#cccccc", "#777777", "#111111", "#ffffff"),
)
