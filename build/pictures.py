"""Makes pictures of the real window, with invented patients.

`python3 build/pictures.py` refreshes those in README and help. `python3 build/pictures.py FOLDER`
makes those to be looked at: sizes, scales, colour schemes and languages.
"""

from python_version import require_supported_python


def main() -> None:
    """Make them in an environment that has the program."""
    require_supported_python()
    import environment

    environment.run_script("screens.py", environment.RUN)


if __name__ == "__main__":
    main()
