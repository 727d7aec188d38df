"""The system libraries that Qt needs on Linux, and how Debian calls them."""

import ctypes
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence

from steps import SetUpError, step

# What the modules and plugins of the locked Qt link to and its wheels do not bring.
DEBIAN_PACKAGES = {
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libcups.so.2": "libcups2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}


def require() -> None:
    """Install what the system lacks if we may, else say how.

    Raises:
        SetUpError: Something is missing and this user, or this system, cannot install it here.
    """
    libraries = missing_libraries(DEBIAN_PACKAGES, loads) if sys.platform == "linux" else []
    packages = debian_packages(libraries, can_make_environments=has_venv())
    if not packages:
        return
    if shutil.which("apt-get") is None:
        raise SetUpError(
            "The system lacks what Glabella needs. Install what provides the following with your "
            f"package manager, then start again: {', '.join([*libraries, 'python3-venv'])}."
        )
    if os.geteuid() != 0:
        raise SetUpError(
            "The system lacks what Glabella needs. Ask for it with this command, then start "
            f"again:\n\n  {command_to_type(packages)}\n"
        )
    install(packages)


def loads(library: str) -> bool:
    """Tell whether the system has a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_venv() -> bool:
    """Tell whether this Python can make environments; Debian packs that apart."""
    return importlib.util.find_spec("ensurepip") is not None


def missing_libraries(names: Iterable[str], loads: Callable[[str], bool]) -> list[str]:
    """Return the libraries that do not load."""
    return [name for name in names if not loads(name)]


def debian_packages(libraries: Sequence[str], *, can_make_environments: bool) -> list[str]:
    """Return Debian's names for what is missing."""
    venv = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    packages = [DEBIAN_PACKAGES[library] for library in libraries]
    return list(dict.fromkeys(packages if can_make_environments else [venv, *packages]))


def command_to_type(packages: Sequence[str]) -> str:
    """Return the one command that another user can run."""
    names = " ".join(packages)
    return f"sudo apt-get update && sudo apt-get install --yes --no-install-recommends {names}"


def install(packages: Sequence[str]) -> None:
    """Install Debian packages; we are root."""
    advice = (
        "The system's packages could not be installed; what apt-get said is above. See that the "
        "network is there and no other installation is running, then start again."
    )
    step("Asking Debian for its packages", ["apt-get", "update"], advice)
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    step(f"Installing {' '.join(packages)}", command, advice)
