"""What ships in `resources/`: protocol, atlas, products, fonts, icons, translations."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

# Read and imported when first asked for: the first screen shows without any of it.
if TYPE_CHECKING:
    from desktop.core.assessment import Checklist
    from desktop.core.atlas import Atlas
    from desktop.core.clinic import Clinic
    from desktop.core.followup import FollowUpBook
    from desktop.core.handbook import Handbook
    from desktop.core.patient import Patient, Person

# Right in a checkout and in a bundle.
ROOT = Path(__file__).resolve().parents[1] / "resources"


@cache
def handbook() -> Handbook:
    """The protocol, atlas and products of this edition of the program."""
    import tomllib

    from desktop.core.handbook import Handbook
    from desktop.core.product import read_products
    from desktop.core.protocol import read_protocol

    protocol = tomllib.loads((ROOT / "protocols" / "preempt.toml").read_text("utf-8"))
    products = tomllib.loads((ROOT / "products.toml").read_text("utf-8"))
    return Handbook(read_protocol(protocol), atlas(), read_products(products))


@cache
def checklist() -> Checklist:
    """What is asked and looked at before the needle."""
    import tomllib

    from desktop.core.assessment import read_checklist

    return read_checklist(tomllib.loads((ROOT / "assessment.toml").read_text("utf-8")))


@cache
def followup() -> FollowUpBook:
    """What is asked after a session, and what guidance says of the answers."""
    import tomllib

    from desktop.core.followup import read_followup

    return read_followup(tomllib.loads((ROOT / "followup.toml").read_text("utf-8")))


@cache
def atlas() -> Atlas:
    """The map of head and neck."""
    import json

    from desktop.core.atlas import read_atlas

    return read_atlas(json.loads((ROOT / "atlas" / "atlas.json").read_text("utf-8")))


def atlas_art(name: str) -> str:
    """The SVG text of a drawing, by its file name as the atlas gives it."""
    return (ROOT / "atlas" / name).read_text("utf-8")


def font_files() -> list[Path]:
    """The shipped fonts, as TrueType files."""
    return sorted((ROOT / "fonts").glob("*.ttf"))


def translations() -> Path:
    """The folder of the message catalogues."""
    return ROOT / "translations"


def help_pages(language: str) -> dict[str, Path]:
    """The pages of the help by name: in a language where it has the page, else in English."""
    own = ROOT / "help" / language
    return {
        page.stem: own / page.name if (own / page.name).is_file() else page
        for page in sorted((ROOT / "help" / "en").glob("*.md"))
    }


def licence() -> str:
    """The licence of the program itself."""
    beside = ROOT.parent / "LICENSE"
    if beside.is_file():
        return beside.read_text("utf-8")
    # Installed from a wheel, there is no LICENSE beside the folders.
    from importlib.metadata import distribution

    return distribution("glabella").read_text("licenses/LICENSE") or ""


def invented() -> tuple[Clinic, Person, list[Patient]]:
    """A clinic, an injector and patients who do not exist, for trying the program out."""
    import tomllib

    from desktop.core.clinic import Clinic, Paper
    from desktop.core.patient import Patient, Person, Sex

    table = tomllib.loads((ROOT / "invented.toml").read_text("utf-8"))
    clinic = Clinic(**{**table["clinic"], "paper": Paper(table["clinic"]["paper"])})
    patients = [
        Patient(
            id=f"invented-{number}",
            record_number=each["record_number"],
            family_name=each["family_name"],
            given_name=each["given_name"],
            birth_date=each["birth_date"],
            sex=Sex(each.get("sex", Sex.UNKNOWN)),
        )
        for number, each in enumerate(table["patients"], start=1)
    ]
    return clinic, Person(**table["injector"]), patients
