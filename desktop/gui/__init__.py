"""The window: the only place with Qt. Views redraw from the whole session and keep no chart."""

import ctypes
import sys

if sys.version_info < (3, 12):
    # PySide6 6.12 hands back None, True and False without taking a reference, as if they could not
    # die, which is so from Python 3.12 on only: on 3.11 a few thousand calls would end the process.
    # So each gets more references here than a program can use up.
    for immortal in (None, True, False):
        ctypes.c_ssize_t.from_address(id(immortal)).value += 1 << 60
