"""Collects every sentence of the program for translators, and compiles their translations.

`python3 build/messages.py` refreshes the template and compiles; with a language, such as `es`, it
also starts that language's catalogue.
"""

from python_version import require_supported_python


def main() -> None:
    """Run the collection in an environment that has Babel."""
    require_supported_python()
    import environment

    environment.run_script("catalogues.py", environment.TEST)


if __name__ == "__main__":
    main()
