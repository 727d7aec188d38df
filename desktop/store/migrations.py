"""The tables of the record file, and how an older file becomes a newer one.

A step, once published, never changes: the next change of the tables is the next step.
"""

from collections.abc import Callable
from pathlib import Path

from desktop.store.database import NotARecordError, path_of, unit
from desktop.store.driver import Database
from desktop.store.refusal import RecordFileError

APPLICATION_ID = 0x476C6162  # "Glab"


class NewerFileError(RecordFileError):
    """A newer version of the program wrote the file."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        """Keep the format that the file has, and the newest that this program knows."""
        super().__init__(path)
        self.found = found
        self.known = known


class OlderFileError(RecordFileError):
    """The file has to be brought up to date, which a reader must not do."""


_TABLES = """
CREATE TABLE clinic (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    zone TEXT NOT NULL,
    paper TEXT NOT NULL,
    profile TEXT NOT NULL
) STRICT;

CREATE TABLE person (
    id INTEGER PRIMARY KEY,
    user_name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL,
    credentials TEXT NOT NULL
) STRICT;

CREATE TABLE memory (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE patient (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    record_number TEXT NOT NULL COLLATE NOCASE UNIQUE,
    family_name TEXT NOT NULL,
    given_name TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL,
    phone TEXT NOT NULL,
    remarks TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    last_touched INTEGER NOT NULL
) STRICT;
CREATE INDEX patient_by_name ON patient (folded_name);
CREATE INDEX patient_by_birth_date ON patient (birth_date);
CREATE INDEX patient_by_last_touched ON patient (last_touched);

CREATE TABLE patient_word (
    word TEXT NOT NULL,
    patient INTEGER NOT NULL REFERENCES patient (number),
    PRIMARY KEY (word, patient)
) STRICT, WITHOUT ROWID;
CREATE INDEX patient_word_by_patient ON patient_word (patient);

CREATE TABLE session (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    patient INTEGER NOT NULL REFERENCES patient (number),
    state TEXT NOT NULL CHECK (state IN ('draft', 'signed', 'discarded')),
    started_utc TEXT NOT NULL,
    started_offset INTEGER NOT NULL,
    started_zone TEXT NOT NULL,
    protocol_id TEXT NOT NULL,
    protocol_version INTEGER NOT NULL,
    atlas_id TEXT NOT NULL,
    atlas_version INTEGER NOT NULL,
    profile TEXT NOT NULL,
    performed_by TEXT NOT NULL,
    performed_by_credentials TEXT NOT NULL,
    charted_by TEXT NOT NULL,
    charted_by_credentials TEXT NOT NULL,
    plan TEXT NOT NULL,
    remark TEXT NOT NULL,
    waste_units INTEGER CHECK (waste_units >= 0),
    waste_reason TEXT,
    ended_early TEXT NOT NULL,
    extras_made TEXT NOT NULL,
    identity_record_number TEXT,
    identity_family_name TEXT,
    identity_given_name TEXT,
    identity_birth_date TEXT,
    identity_sex TEXT,
    signed_by TEXT,
    signed_by_credentials TEXT,
    signed_utc TEXT,
    signed_offset INTEGER,
    signed_zone TEXT,
    signed_meaning TEXT,
    discarded_utc TEXT,
    discard_reason TEXT,
    CHECK ((waste_units IS NULL) = (waste_reason IS NULL)),
    CHECK ((state = 'signed') = (signed_utc IS NOT NULL)),
    CHECK ((state = 'signed') = (identity_record_number IS NOT NULL)),
    CHECK ((state = 'discarded') = (discard_reason IS NOT NULL))
) STRICT;
CREATE INDEX session_by_patient ON session (patient, started_utc);
CREATE INDEX session_by_start ON session (started_utc);
CREATE INDEX session_by_state ON session (state, started_utc) WHERE state = 'draft';

CREATE TABLE vial (
    session INTEGER NOT NULL REFERENCES session (number),
    number INTEGER NOT NULL CHECK (number >= 1),
    product TEXT NOT NULL,
    size_units INTEGER NOT NULL CHECK (size_units > 0),
    lot TEXT NOT NULL,
    expiry TEXT NOT NULL,
    diluent_ml INTEGER CHECK (diluent_ml > 0),
    mixed_utc TEXT,
    mixed_offset INTEGER,
    mixed_zone TEXT,
    PRIMARY KEY (session, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE injection (
    session INTEGER NOT NULL REFERENCES session (number),
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    region TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('R', 'L', 'M')),
    state TEXT NOT NULL CHECK (state IN ('planned', 'given', 'omitted', 'not given')),
    units INTEGER NOT NULL CHECK (units > 0),
    planned_units INTEGER CHECK (planned_units > 0),
    reason TEXT NOT NULL,
    view TEXT,
    across_mm REAL,
    up_mm REAL,
    planned_view TEXT,
    planned_across_mm REAL,
    planned_up_mm REAL,
    vial INTEGER,
    PRIMARY KEY (session, code),
    FOREIGN KEY (session, vial) REFERENCES vial (session, number) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TABLE act (
    session INTEGER NOT NULL REFERENCES session (number),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('start', 'act', 'undo', 'redo', 'sign', 'discard')),
    act TEXT,
    change TEXT NOT NULL,
    at_utc TEXT NOT NULL,
    charted_by TEXT NOT NULL,
    PRIMARY KEY (session, number),
    CHECK ((number = 0) = (kind = 'start')),
    CHECK ((kind = 'act') = (act IS NOT NULL))
) STRICT, WITHOUT ROWID;
"""

_SESSION_GUARDS = """
CREATE TRIGGER session_signed_update BEFORE UPDATE ON session WHEN old.state = 'signed'
BEGIN SELECT raise(ABORT, 'a signed session is immutable'); END;

CREATE TRIGGER session_signed_delete BEFORE DELETE ON session WHEN old.state = 'signed'
BEGIN SELECT raise(ABORT, 'a signed session is immutable'); END;

CREATE TRIGGER session_signed_overwrite BEFORE INSERT ON session
WHEN EXISTS (
    SELECT 1 FROM session WHERE state = 'signed' AND (number = new.number OR id = new.id)
)
BEGIN SELECT raise(ABORT, 'a signed session is immutable'); END;

CREATE TRIGGER session_name_fixed BEFORE UPDATE ON session
WHEN new.number IS NOT old.number OR new.id IS NOT old.id
BEGIN SELECT raise(ABORT, 'number and id of a session are fixed'); END;
"""

_PART_GUARDS = """
CREATE TRIGGER PART_signed_insert BEFORE INSERT ON PART
WHEN EXISTS (SELECT 1 FROM session WHERE number = new.session AND state = 'signed')
BEGIN SELECT raise(ABORT, 'a signed session is immutable'); END;

CREATE TRIGGER PART_signed_update BEFORE UPDATE ON PART
WHEN EXISTS (
    SELECT 1 FROM session WHERE number IN (old.session, new.session) AND state = 'signed'
)
BEGIN SELECT raise(ABORT, 'a signed session is immutable'); END;

CREATE TRIGGER PART_signed_delete BEFORE DELETE ON PART
WHEN EXISTS (SELECT 1 FROM session WHERE number = old.session AND state = 'signed')
BEGIN SELECT raise(ABORT, 'a signed session is immutable'); END;
"""

_ACT_GUARDS = """
CREATE TRIGGER act_no_update BEFORE UPDATE ON act
BEGIN SELECT raise(ABORT, 'acts are only ever appended'); END;

CREATE TRIGGER act_no_delete BEFORE DELETE ON act
BEGIN SELECT raise(ABORT, 'acts are only ever appended'); END;

CREATE TRIGGER act_next_only BEFORE INSERT ON act
WHEN new.number IS NOT (
    SELECT coalesce(max(number), -1) + 1 FROM act WHERE session = new.session
)
BEGIN SELECT raise(ABORT, 'acts are only ever appended'); END;
"""


def _clinic_patients_and_sessions(db: Database) -> None:
    """Everything up to signed sessions.

    Units and millilitres are whole hundredths: exact, and SQL can add them. A time is its UTC
    text, its offset in minutes and its zone. Sessions and patients are known outside by `id`,
    inside by `number`; a session's number is also what the user calls it.
    """
    db.executescript(_TABLES)
    db.executescript(_SESSION_GUARDS)
    for table in ("injection", "vial", "act"):
        db.executescript(_PART_GUARDS.replace("PART", table))
    db.executescript(_ACT_GUARDS)


_PLANS_AND_TIMES = """
ALTER TABLE session ADD COLUMN first_given_utc TEXT;
ALTER TABLE session ADD COLUMN first_given_offset INTEGER;
ALTER TABLE session ADD COLUMN first_given_zone TEXT;
ALTER TABLE session ADD COLUMN last_given_utc TEXT;
ALTER TABLE session ADD COLUMN last_given_offset INTEGER;
ALTER TABLE session ADD COLUMN last_given_zone TEXT;
ALTER TABLE injection ADD COLUMN planned_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE patient ADD COLUMN alerts TEXT NOT NULL DEFAULT '';

CREATE TABLE template (
    name TEXT PRIMARY KEY,
    plan TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


def _plans_times_and_alerts(db: Database) -> None:
    """Reasons that came along with a plan, times of injection, alerts, personal templates.

    What is signed already gets the empty values: nobody said more then.
    """
    db.executescript(_PLANS_AND_TIMES)


_DRUG_AND_FOLLOW_UP = """
ALTER TABLE session ADD COLUMN wastes TEXT;
ALTER TABLE session ADD COLUMN drawing INTEGER;
ALTER TABLE session ADD COLUMN kept TEXT NOT NULL DEFAULT '{}';
ALTER TABLE session ADD COLUMN gap_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN assessment TEXT;
ALTER TABLE session ADD COLUMN procedure TEXT NOT NULL DEFAULT '{}';
ALTER TABLE session ADD COLUMN events TEXT NOT NULL DEFAULT '[]';
ALTER TABLE session ADD COLUMN overrides TEXT NOT NULL DEFAULT '{}';

ALTER TABLE vial ADD COLUMN diluent TEXT NOT NULL DEFAULT '';
ALTER TABLE vial ADD COLUMN mixed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE vial ADD COLUMN serial TEXT NOT NULL DEFAULT '';
ALTER TABLE vial ADD COLUMN gtin TEXT NOT NULL DEFAULT '';
ALTER TABLE vial ADD COLUMN supply TEXT NOT NULL DEFAULT 'not recorded';
ALTER TABLE vial ADD COLUMN stock_id TEXT NOT NULL DEFAULT '';
ALTER TABLE vial ADD COLUMN held_units INTEGER;
CREATE INDEX vial_by_lot ON vial (lower(trim(lot)));
CREATE INDEX vial_by_stock ON vial (stock_id) WHERE stock_id <> '';

CREATE TABLE stock (
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    size_units INTEGER NOT NULL CHECK (size_units > 0),
    lot TEXT NOT NULL,
    expiry TEXT NOT NULL,
    serial TEXT NOT NULL,
    gtin TEXT NOT NULL,
    supply TEXT NOT NULL,
    received_on TEXT NOT NULL,
    diluent TEXT NOT NULL,
    diluent_ml INTEGER CHECK (diluent_ml > 0),
    mixed_utc TEXT,
    mixed_offset INTEGER,
    mixed_zone TEXT,
    mixed_by TEXT NOT NULL,
    closed_reason TEXT NOT NULL,
    closed_utc TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_on_the_shelf ON stock (expiry) WHERE closed_utc IS NULL;

CREATE TABLE package (
    gtin TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    size_units INTEGER NOT NULL CHECK (size_units > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    patient INTEGER NOT NULL REFERENCES patient (number),
    session INTEGER REFERENCES session (number),
    kind TEXT NOT NULL CHECK (kind IN ('side effect', 'outcomes', 'treated elsewhere')),
    on_date TEXT NOT NULL,
    value TEXT NOT NULL,
    entered_utc TEXT NOT NULL,
    entered_offset INTEGER NOT NULL,
    entered_zone TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    replaces TEXT UNIQUE REFERENCES entry (id),
    withdrawn TEXT NOT NULL
) STRICT;
CREATE INDEX entry_by_patient ON entry (patient, on_date);
CREATE INDEX entry_by_time ON entry (entered_utc);
CREATE INDEX act_by_time ON act (at_utc) WHERE kind <> 'start';

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'entries are only ever appended'); END;

CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'entries are only ever appended'); END;

CREATE TRIGGER entry_no_overwrite BEFORE INSERT ON entry
WHEN EXISTS (
    SELECT 1 FROM entry WHERE number = new.number OR id = new.id OR replaces = new.replaces
)
BEGIN SELECT raise(ABORT, 'entries are only ever appended'); END;
"""


def _drug_and_follow_up(db: Database) -> None:
    """Vials from stock, waste of each vial, assessment and procedure; what came after a session.

    `wastes` stays none in sessions of older editions: their one waste is in its own two columns.
    A corrected entry is a new one that replaces the old; a withdrawn one says why.
    """
    db.executescript(_DRUG_AND_FOLLOW_UP)


Steps = tuple[Callable[[Database], None], ...]
STEPS: Steps = (
    _clinic_patients_and_sessions,
    _plans_times_and_alerts,
    _drug_and_follow_up,
)


def create_tables(db: Database, steps: Steps = STEPS) -> None:
    """Make an empty file a record."""
    with unit(db):
        _set(db, "application_id", APPLICATION_ID)
        _take(db, steps)


def bring_up_to_date(db: Database, steps: Steps = STEPS) -> None:
    """Take the steps that the file has not had, all or none.

    Raises:
        NotARecordError: The file is that of another program.
        NewerFileError: The file has had steps that this program does not know.
    """
    if _checked_version(db, steps) < len(steps):
        with unit(db):
            _take(db, steps)


def check_up_to_date(db: Database, steps: Steps = STEPS) -> None:
    """Raise why a reader cannot read the file.

    Raises:
        NotARecordError: The file is that of another program.
        NewerFileError: The file has had steps that this program does not know.
        OlderFileError: The file has not had all steps.
    """
    if _checked_version(db, steps) < len(steps):
        raise OlderFileError(path_of(db))


def _checked_version(db: Database, steps: Steps) -> int:
    if _get(db, "application_id") != APPLICATION_ID:
        raise NotARecordError(path_of(db))
    version = _get(db, "user_version")
    if version > len(steps):
        raise NewerFileError(path_of(db), version, len(steps))
    return version


def _take(db: Database, steps: Steps) -> None:
    for step in steps[_get(db, "user_version") :]:
        step(db)
    _set(db, "user_version", len(steps))


def _get(db: Database, setting: str) -> int:
    return int(db.conn.execute(f"PRAGMA {setting}").fetchone()[0])


def _set(db: Database, setting: str, value: int) -> None:
    db.conn.execute(f"PRAGMA {setting} = {value}")
