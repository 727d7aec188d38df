"""Run every check that CI runs: `python3 build/test.py [PYTEST ARGUMENTS]`.

With arguments only pytest runs, on what they name.
"""

import sys

from python_version import require_supported_python


def main() -> None:
    """Check the project in an environment that has the test tools."""
    require_supported_python()
    import checks

    sys.exit(checks.run(sys.argv[1:]))


if __name__ == "__main__":
    main()
