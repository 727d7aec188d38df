"""Makes the program's fonts from Inter and Noto Sans Arabic: `python3 build/fonts/make.py`.

Qt and ReportLab get the same files: static, and with digits of one width, so that columns of doses
stand straight on the screen and on paper without asking either for it. Arabic letters are for the
screen, where Qt joins them; ReportLab gets none.
"""

import subprocess
import sys
from pathlib import Path

BUILD = Path(__file__).resolve().parents[1]
MAKERS = ("glabella_sans.py", "glabella_sans_arabic.py")
sys.path.insert(0, str(BUILD))

import environment  # noqa: E402 - a script in a folder of its own has to say where its sibling is


def main() -> None:
    """Run each maker in an environment that has the font tools."""
    python = environment.ready_or_exit(["build/fonts.lock"], environment.PROJECT / ".venv-fonts")
    target = environment.PROJECT / "resources" / "fonts"
    codes = [subprocess.call([python, BUILD / "fonts" / each, target]) for each in MAKERS]
    sys.exit(max(codes))


if __name__ == "__main__":
    main()
