"""Collects every sentence of the program for translators, and compiles their translations.

`python3 build/messages.py` refreshes the template and compiles; with a language, such as `es`, it
also starts that language's catalogue.
"""

import subprocess
import sys

from python_version import require_supported_python


def main() -> None:
    """Run the collection in an environment that has Babel."""
    require_supported_python()
    import environment

    python = environment.ready_or_exit(environment.TEST)
    script = environment.PROJECT / "build" / "catalogues.py"
    sys.exit(subprocess.call([python, script, *sys.argv[1:]], cwd=environment.PROJECT))


if __name__ == "__main__":
    main()
