"""What the record's file refused, in one or two sentences: what happened, and what to do."""

from desktop.core.errors import ExpectedError
from desktop.language import _
from desktop.store import (
    clinic_file,
    database,
    entries,
    keys,
    migrations,
    records,
    refusal,
    slot,
    stock,
)
from desktop.wording import date_text, known_words, person_name


def explain(error: ExpectedError) -> str | None:
    """The sentence of an error of the store; none for one of another layer."""
    if isinstance(error, refusal.RecordFileError):
        return _about_file(error)
    match error:
        case keys.PassphraseTooShortError(least=least):
            return _("A passphrase has at least {least} characters.").format(least=least)
        case keys.RecoveryKeyLengthError(length=length, expected=expected):
            return _(
                "A recovery key has {expected} letters and digits; this one has {length}."
            ).format(expected=expected, length=length)
        case keys.RecoveryKeyMistypedError(group=None):
            return _("The recovery key is mistyped. Compare it with the paper, group by group.")
        case keys.RecoveryKeyMistypedError(group=group):
            return _(
                "The recovery key is mistyped, most likely in group {group}. Compare it with the"
                " paper."
            ).format(group=group)
        case records.RecordNumberTakenError(record_number=number, holder=holder):
            return _("Record number {number} belongs to {patient}.").format(
                number=number, patient=known_words(holder)
            )
        case records.UserNameTakenError(user_name=name, holder=holder):
            return _("The user name {name} belongs to {person}.").format(
                name=name, person=person_name(holder)
            )
        case records.PatientUnknownError():
            return _("The record has no such patient.")
        case records.SessionUnknownError(name=name):
            return _("The record has no session {name}.").format(name=name)
        case records.SessionDiscardedError():
            return _("This draft was discarded; it is kept, and takes no change.")
        case records.ChartChangedElsewhereError():
            return _(
                "This session was changed elsewhere meanwhile. Nothing was lost: open it again to"
                " see it as it is."
            )
        case stock.SerialKnownError(serial=serial, lot=lot, closed_reason=""):
            return _("Serial number {serial}, lot {lot}, is in the stock already.").format(
                serial=serial, lot=lot
            )
        case stock.SerialKnownError(serial=serial, lot=lot, closed_reason=reason):
            return _(
                "Serial number {serial}, lot {lot}, was in the stock and is no longer used:"
                " {reason}."
            ).format(serial=serial, lot=lot, reason=reason.rstrip("."))
        case stock.NotInStockError():
            return _("This vial is not in the stock, or no longer used. Nothing was changed.")
        case stock.ExpiredOnArrivalError(expiry=expiry):
            return _("This vial expired on {date}. It was not added to the stock.").format(
                date=date_text(expiry.last_day)
            )
        case stock.ReceivedInFutureError(received_on=day, today=today):
            return _("It cannot have been received on {date}: today is {today}.").format(
                date=date_text(day), today=date_text(today)
            )
        case entries.EntryGoneError():
            return _(
                "This entry was corrected or withdrawn meanwhile. Nothing was saved: look at the"
                " list again."
            )
        case entries.SessionOfAnotherPatientError():
            return _("This session is that of another patient. Nothing was saved.")
        case _:
            return None


def _about_file(error: refusal.RecordFileError) -> str | None:
    name = error.path.name
    match error:
        case refusal.FileInUseError():
            said = _("{name} is open in another window or command. Close it there first.")
        case refusal.DiskFullError():
            said = _(
                "The disk is full. Nothing that was saved is lost. Free some space, then do it"
                " again."
            )
        case refusal.ReadOnlyError():
            said = _(
                "{name} cannot be written to here. Nothing was changed. Check the rights of its"
                " folder, or move it to a drive that can be written."
            )
        case refusal.RecordDamagedError():
            said = _(
                "{name} is damaged. Keep it as it is, change nothing in its folder, and open your"
                " newest copy."
            )
        case refusal.StorageRefusedError(detail=detail):
            said = _(
                "The disk refused ({detail}). What was saved before is safe. Check the drive, then"
                " open the record again."
            ).replace("{detail}", detail)
        case slot.WrongPassphraseError():
            said = _("This is not the passphrase. Nothing was changed; try again.")
        case slot.SlotMissingError():
            said = _(
                "The passphrase file {name} is missing; nothing is lost. Open the record with the"
                " recovery key instead."
            )
        case slot.SlotDamagedError():
            said = _(
                "The passphrase file {name} is damaged; nothing is lost. Open the record with the"
                " recovery key instead."
            )
        case clinic_file.SlotOfAnotherFileError():
            said = _(
                "The passphrase file {name} belongs to another record. Open this one with its"
                " recovery key."
            )
        case clinic_file.FileExistsRefusedError():
            said = _("There is already a file {name}. It was left as it is; choose another name.")
        case clinic_file.WrongRecoveryKeyError():
            said = _("This recovery key does not open {name}. Nothing was changed.")
        case database.RecordMissingError():
            said = _("There is no file {name} here.")
        case database.FolderInsteadOfFileError():
            said = _("{name} is a folder, not a record.")
        case database.RecordEmptyError():
            said = _("{name} is empty: it was damaged outside the program. Open your newest copy.")
        case database.RecordCutOffError():
            said = _(
                "The end of {name} is missing, as after an interrupted copy. Copy it again, or open"
                " your newest copy."
            )
        case database.NotARecordError():
            said = _("{name} is not a record of this program. It was left as it is.")
        case database.KeyRefusedError():
            said = _("The key does not open {name}.")
        case database.NotDurableError():
            said = _(
                "The place of {name} cannot promise that what is saved stays saved (a network"
                " drive?). Move the record to a drive of this computer."
            )
        case migrations.NewerFileError():
            said = _(
                "{name} was written by a newer version of Glabella. Use that version; this one left"
                " the file as it is."
            )
        case migrations.OlderFileError():
            said = _("{name} has to be opened once in the window before it can be read.")
        case _:
            return None
    return said.replace("{name}", name)
