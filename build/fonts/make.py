"""Makes the program's fonts from Inter: `python3 build/fonts/make.py`.

Qt and ReportLab get the same files: static, and with digits of one width, so that columns of doses
stand straight on the screen and on paper without asking either for it.
"""

import subprocess
import sys
from pathlib import Path

BUILD = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(BUILD))

import environment  # noqa: E402 - a script in a folder of its own has to say where its sibling is


def main() -> None:
    """Run the maker in an environment that has the font tools."""
    python = environment.ready_or_exit(["build/fonts.lock"], environment.PROJECT / ".venv-fonts")
    maker = BUILD / "fonts" / "glabella_sans.py"
    target = environment.PROJECT / "resources" / "fonts"
    sys.exit(subprocess.call([python, maker, target]))


if __name__ == "__main__":
    main()
