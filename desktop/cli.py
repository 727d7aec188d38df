"""The command line. Without a verb it opens the window; an error is one line and exit code 2."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from desktop import __version__, app, language, resources, settings, wording
from desktop.core.amounts import amount_text
from desktop.core.errors import ExpectedError
from desktop.language import _

if TYPE_CHECKING:
    from desktop.core.clinic import Clinic
    from desktop.core.patient import Person
    from desktop.core.script import ChartScript
    from desktop.core.session import Session

EXIT_REFUSED = 2


@dataclass(frozen=True)
class Options:
    """What stands before the verb."""

    path: Path
    passphrase_file: Path | None
    user: str | None

    def passphrase(self, *, new: bool = False) -> str:
        """The passphrase from its file, or typed at a prompt."""
        if self.passphrase_file is not None:
            try:
                return self.passphrase_file.read_text("utf-8").partition("\n")[0].rstrip("\r")
            except (OSError, UnicodeDecodeError) as error:
                raise click.ClickException(
                    _("The passphrase file {name} cannot be read.").format(
                        name=self.passphrase_file
                    )
                ) from error
        typed: str = click.prompt(
            _("Passphrase"), hide_input=True, confirmation_prompt=new, err=True
        )
        return typed

    def open(self, *, reading: bool = False) -> app.Desk:
        """Open the record."""
        from desktop.store import clinic_file

        return app.desk(
            clinic_file.open_with_passphrase(self.path, self.passphrase(), reading=reading),
            self.user,
        )


@click.group(invoke_without_command=True)
@click.option("--file", "path", type=click.Path(path_type=Path), help="The record to work on.")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help="Read the passphrase from the first line of this file.",
)
@click.option("--user", help="Who works; by default the only one whom the record knows.")
@click.version_option(__version__, prog_name="glabella")
@click.pass_context
def glabella(
    context: click.Context, path: Path | None, passphrase_file: Path | None, user: str | None
) -> None:
    """Chart botulinum-toxin sessions for chronic migraine. Without a command: open the window."""
    options = Options(path or settings.default_record(), passphrase_file, user)
    context.obj = options
    if context.invoked_subcommand is None:
        context.exit(app.open_window(options.path))


@glabella.command()
@click.argument("folder", type=click.Path(path_type=Path))
def demo(folder: Path) -> None:
    """Chart one invented session in the real window, without a screen, into FOLDER."""
    from desktop import demo as demonstration

    click.echo(json.dumps(demonstration.run(folder), ensure_ascii=False))


@glabella.command()
@click.option("--clinic", "name", prompt="Clinic", help="The clinic's name.")
@click.option("--address", default="", help="For the letterhead.")
@click.option("--zone", prompt="Time zone, such as Europe/London", help="The clinic's time zone.")
@click.option("--paper", type=click.Choice(["A4", "Letter"]), default="A4", show_default=True)
@click.option("--label", "profile", default="us", show_default=True, help="us or uk_eu.")
@click.option("--injector", prompt="Injector", help="Who injects.")
@click.option("--credentials", default="", help="Such as MD.")
@click.pass_obj
def init(options: Options, /, **fields: str) -> None:
    """Make a new record; its recovery key is printed once."""
    from desktop.core.clinic import Paper
    from desktop.store import clinic_file

    clinic, person = _read_clinic(**{**fields, "paper": Paper(fields["paper"])})
    file, key = clinic_file.create(
        options.path,
        clinic,
        person,
        options.user or app.user_name(),
        options.passphrase(new=True),
    )
    file.records.remember(app.KEY_KEPT, "yes")  # it is printed below, once
    file.close()
    click.echo(_("Made {path}").format(path=options.path))
    click.echo(_("Recovery key, to be kept on paper: {key}").format(key=key))


@glabella.command("chart")
@click.argument("script", type=click.Path(path_type=Path, allow_dash=True))
@click.pass_obj
def chart_script(options: Options, script: Path) -> None:
    """Record the session of a chart SCRIPT as a draft, and print it as JSON."""
    from desktop.core.script import read_script

    try:
        raw = sys.stdin.buffer.read() if str(script) == "-" else script.read_bytes()
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(
            _("The script {name} cannot be read as UTF-8 text.").format(name=script)
        ) from error
    read = read_script(text, resources.handbook(), datetime.now(UTC))
    with options.open() as desk:
        click.echo(json.dumps(_record(read, desk), ensure_ascii=False))


@glabella.command()
@click.argument("session")
@click.pass_obj
def sign(options: Options, session: str) -> None:
    """Sign a SESSION, by its number, as the user."""
    from desktop.core.charting import MEANING
    from desktop.core.charting import sign as signed
    from desktop.core.session import Signature

    with options.open() as desk:
        records = desk.file.records
        draft = records.session(records.session_id_of(session))
        signature = Signature(desk.user, desk.now(), MEANING)
        records.sign(draft, signed(draft, signature, desk.identity(draft)), desk.now())
        click.echo(
            _("Session {number} signed by {name}.").format(
                number=session, name=wording.person_name(desk.user)
            )
        )


@glabella.command()
@click.argument("session")
@click.option("-o", "target", type=click.Path(path_type=Path), required=True, help="The PDF.")
@click.pass_obj
def note(options: Options, session: str, target: Path) -> None:
    """Write the note of a SESSION as a PDF; an unsigned one is a draft."""
    with options.open(reading=True) as desk:
        records = desk.file.records
        app.save_file(target, desk.note(records.session(records.session_id_of(session))))


@glabella.command()
@click.option("--json", "as_json", is_flag=True, help="As a JSON list.")
@click.pass_obj
def sessions(options: Options, *, as_json: bool) -> None:
    """List the sessions, the newest first."""
    with options.open(reading=True) as desk:
        rows = [
            {
                "number": each.number,
                "id": each.id,
                "patient": wording.patient_name(each),
                "record_number": each.record_number,
                "started_at": each.started_at.isoformat(),
                "state": str(each.state),
                "units": amount_text(each.given_units) if each.given_products < 2 else None,
                "sites": each.given_sites,
            }
            for each in desk.file.records.sessions(limit=-1)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        words = (
            str(row[key] or "-") for key in ("number", "started_at", "state", "units", "patient")
        )
        click.echo("\t".join(words))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process."""
    language.use()
    try:
        code = glabella.main(
            list(arguments) if arguments is not None else None,
            prog_name="glabella",
            standalone_mode=False,
        )
    except click.ClickException as error:
        sys.exit(_refused(error.format_message()))
    except click.Abort:
        sys.exit(_refused(_("Stopped; nothing was recorded.")))
    except ExpectedError as error:
        sys.exit(_refused(app.explain(error)))
    sys.exit(code if isinstance(code, int) else 0)


def _refused(sentence: str) -> int:
    click.echo(f"glabella: {' '.join(sentence.split())}", err=True)
    return EXIT_REFUSED


def _read_clinic(*, injector: str, credentials: str, **fields: Any) -> "tuple[Clinic, Person]":
    from desktop.core.charting import check_signer
    from desktop.core.clinic import Clinic, checked_clinic
    from desktop.core.patient import Person
    from desktop.core.times import read_zone

    read_zone(fields["zone"])
    if fields["profile"] not in resources.handbook().protocol.profiles:
        known = ", ".join(resources.handbook().protocol.profiles)
        raise click.ClickException(
            _("There is no label {name}. Known: {known}.").format(
                name=fields["profile"], known=known
            )
        )
    return checked_clinic(Clinic(**fields)), check_signer(
        Person(injector.strip(), credentials.strip())
    )


def _record(read: "ChartScript", desk: app.Desk) -> dict[str, Any]:
    """Chart a script for its patient, and keep it: all of it, or nothing."""
    from desktop.core.script import chart

    patient = desk.patient_of(read.patient)
    read = replace(read, profile=read.profile or desk.clinic.profile)
    history = chart(read, str(uuid4()), patient.id, desk.book)
    number = desk.keep_charted(patient, history)
    return {"id": history.present.id, "number": number, **_session_json(history.present, desk)}


def _session_json(session: "Session", desk: app.Desk) -> dict[str, Any]:
    from desktop.core.rules import changes, findings, given_by_toxin

    given = given_by_toxin(session, desk.book)

    return {
        "state": "signed" if session.is_signed else "draft",
        "units": amount_text(session.given_units) if len(given) == 1 else None,
        "units_by_toxin": {toxin: amount_text(units) for toxin, units in given.items()},
        "sites": [
            {
                "code": each.code,
                "state": each.state.value,
                "units": amount_text(each.units),
                "reason": each.reason,
            }
            for each in desk.book.in_order(session)
        ],
        "changes": [
            f"{change.code}: {wording.change_words(change, desk.book)}"
            for change in changes(session, desk.book)
        ],
        "findings": [
            wording.finding_sentence(finding, desk.book) for finding in findings(session, desk.book)
        ],
    }
