"""The SQLite driver with encryption, put in place before anything else can pick the plain one."""

import sys

if "sqlite_utils" in sys.modules:
    # It would have bound Python's own sqlite3, and the record would be written unencrypted.
    message = "desktop.store.driver must be imported before sqlite_utils"
    raise ImportError(message)

import sqlcipher3
from sqlcipher3 import dbapi2 as dbapi

# sqlite_utils prefers a driver of this name to Python's own.
sys.modules["pysqlite3"] = sqlcipher3
sys.modules["pysqlite3.dbapi2"] = dbapi

from sqlite_utils import Database, db  # noqa: E402  only now does it bind the encrypted driver

if vars(db)["OperationalError"] is not dbapi.OperationalError:
    message = "sqlite_utils did not take the encrypted driver"
    raise ImportError(message)

# Before 3.51.3, two connections in WAL mode could lose commits or damage the file.
# Source: SQLite release notes, https://sqlite.org/changes.html (read 2026-11-22).
LOWEST_SQLITE = (3, 51, 3)

if tuple(int(part) for part in dbapi.sqlite_version.split(".")) < LOWEST_SQLITE:
    message = f"SQLite {dbapi.sqlite_version} can lose commits in WAL mode"
    raise RuntimeError(message)


def engines() -> dict[str, str]:
    """The versions of what works inside the driver, by name: SQLCipher, SQLite, OpenSSL."""
    connection = dbapi.connect(":memory:")
    try:
        connection.execute("PRAGMA key = 'nothing to keep'")  # the provider answers once it works
        cipher, provider = (
            connection.execute(f"PRAGMA {each}").fetchone()[0]
            for each in ("cipher_version", "cipher_provider_version")
        )
    finally:
        connection.close()
    # "4.6.1 community", "OpenSSL 3.4.0 22 Oct 2024"
    return {
        "SQLCipher": cipher.split()[0],
        "SQLite": dbapi.sqlite_version,
        "OpenSSL": provider.removeprefix("OpenSSL ").split()[0],
    }


__all__ = ["Database", "dbapi", "engines"]
