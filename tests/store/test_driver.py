import re
import subprocess
import sys
from pathlib import Path

from desktop.store import driver

ROOT = Path(__file__).resolve().parents[2]


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_store_refuses_to_load_when_the_plain_driver_may_have_been_taken() -> None:
    late = run_python("import sqlite_utils; import desktop.store.driver")
    assert late.returncode == 1
    assert "must be imported before sqlite_utils" in late.stderr


def test_the_helper_uses_the_encrypted_driver() -> None:
    code = (
        "from desktop.store.driver import Database, dbapi\n"
        "cipher = Database(memory=True).execute('PRAGMA cipher_version').fetchone()\n"
        "print(cipher[0].startswith('4.'))"
    )
    assert run_python(code).stdout == "True\n"


def test_an_sqlite_that_can_lose_commits_is_refused() -> None:
    code = (
        "import sqlcipher3.dbapi2\n"
        "sqlcipher3.dbapi2.sqlite_version = '3.51.2'\n"
        "import desktop.store.driver"
    )
    old = run_python(code)
    assert old.returncode == 1
    assert "RuntimeError: SQLite 3.51.2 can lose commits in WAL mode" in old.stderr


def test_the_engines_inside_the_driver_tell_their_versions() -> None:
    found = driver.engines()
    assert found.keys() == {"SQLCipher", "SQLite", "OpenSSL"}
    assert found["SQLite"] == driver.dbapi.sqlite_version
    assert all(re.fullmatch(r"\d+(\.\d+)+\w*", each) for each in found.values()), found
