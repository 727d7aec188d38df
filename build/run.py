"""Start Glabella; the first start sets it up: `python3 build/run.py [ARGUMENTS]`.

Every argument goes to the program, and paths in them mean what they mean to the caller.
"""

import sys

from python_version import require_supported_python


def main() -> None:
    """Become the program, in an environment that is ready."""
    require_supported_python()
    import environment

    environment.become_program(environment.ready_or_exit(environment.RUN), sys.argv[1:])


if __name__ == "__main__":
    main()
