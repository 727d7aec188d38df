import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest
from system_packages import (
    DEBIAN_PACKAGES,
    command_to_type,
    debian_packages,
    missing_libraries,
)

QT = Path(PySide6.__file__).parent
MODULES = (
    "Core", "Gui", "Widgets", "Svg", "SvgWidgets", "Pdf", "PdfWidgets", "PrintSupport", "Network",
    "Test",
)  # fmt: skip
PLUGINS = (
    "platforms/libq[owx]*.so",  # offscreen, wayland, xcb
    "xcbglintegrations/*.so",
    "wayland-*-client/*.so",
    "wayland-shell-integration/*.so",
    "printsupport/*.so",
    "imageformats/*.so",
    "iconengines/*.so",
    "tls/*.so",
    "platforminputcontexts/lib[ci]*.so",
    "platformthemes/libqxdg*.so",
)
# Debian has them on every machine: glibc, and what Python and apt themselves link to.
ALWAYS_THERE = (
    "ld-linux", "libc.", "libdl.", "libgcc_s.", "libm.", "libpthread.", "libresolv.", "librt.",
    "libstdc++.",
)  # fmt: skip


def needed_by(path: Path) -> Iterator[str]:
    """Yield the libraries that an ELF file (64 bits, little-endian) links to."""
    data = path.read_bytes()
    assert data[:6] == b"\x7fELF\x02\x01"
    headers_at = struct.unpack_from("<Q", data, 32)[0]
    size, count = struct.unpack_from("<HH", data, 54)
    loads: list[tuple[int, int]] = []
    entries: list[tuple[int, int]] = []
    for at in range(headers_at, headers_at + size * count, size):
        kind, _, offset, address, _, length = struct.unpack_from("<IIQQQQ", data, at)
        if kind == 1:
            loads.append((address, offset))
        if kind == 2:
            entries = list(struct.iter_unpack("<qQ", data[offset : offset + length]))
    strings_at = next(value for tag, value in entries if tag == 5)
    address, offset = max(load for load in loads if load[0] <= strings_at)
    for tag, value in entries:
        if tag == 1:
            begin = strings_at - address + offset + value
            yield data[begin : data.index(b"\0", begin)].decode()


def needed_by_qt() -> set[str]:
    """Return what modules and plugins in use need from the system, through Qt's own libraries."""
    modules = [QT / f"Qt{name}.abi3.so" for name in MODULES]
    queue = [*modules, *(path for glob in PLUGINS for path in (QT / "Qt/plugins").glob(glob))]
    seen: set[str] = set()
    outside: set[str] = set()
    while queue:
        for name in set(needed_by(queue.pop())) - seen:
            seen.add(name)
            shipped = [QT / "Qt/lib" / name, QT / name, QT.parent / "shiboken6" / name]
            found = [path for path in shipped if path.exists()]
            queue += found
            if not found and not name.startswith(ALWAYS_THERE):
                outside.add(name)
    return outside


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt brings all it needs")
def test_table_names_exactly_the_libraries_that_qt_needs() -> None:
    assert needed_by_qt() == set(DEBIAN_PACKAGES)


def test_missing_libraries_become_the_names_of_debian_packages() -> None:
    missing = missing_libraries(DEBIAN_PACKAGES, loads=lambda name: "cursor" not in name)
    assert missing == ["libwayland-cursor.so.0", "libxcb-cursor.so.0"]
    packages = debian_packages(missing, can_make_environments=True)
    assert packages == ["libwayland-cursor0", "libxcb-cursor0"]


def test_package_with_two_libraries_is_asked_for_once() -> None:
    both = ["libglib-2.0.so.0", "libgthread-2.0.so.0"]
    assert debian_packages(both, can_make_environments=True) == ["libglib2.0-0"]


def test_python_without_venv_asks_for_its_package() -> None:
    packages = debian_packages([], can_make_environments=False)
    assert packages == [f"python3.{sys.version_info[1]}-venv"]


def test_other_users_get_one_command_to_type() -> None:
    assert command_to_type(["libegl1", "libxcb-cursor0"]) == (
        "sudo apt-get update && "
        "sudo apt-get install --yes --no-install-recommends libegl1 libxcb-cursor0"
    )
