#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a program under a virtual screen, a session bus and a home of its own, and end with its status.

    screen.py [--size 1600x1000] [--keep-home DIR] PROGRAM [ARGUMENT...]

In meson:  test('name', screen, args: [program, '--tap'], protocol: 'tap', env: test_environment)

Nothing of the user's is read or written, so tests can't disturb each other or a person's desktop. Each call has
its own screen number, so many may run at once. Without Xvfb or dbus-daemon the test is skipped (status 77).
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile

SKIP = 77


def start_screen(size):
    """Start Xvfb on a free number; its process and the number."""
    read_end, write_end = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size + "x24", "-nolisten", "tcp", "-noreset", "-dpi", "96"],
        pass_fds=[write_end], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as number:
        display = number.readline().strip()
    if not display:
        sys.exit("Xvfb did not start")
    return screen, ":" + display


def start_bus(environment):
    """Start a session bus; its process and address. What it and the services it starts say is of no interest."""
    read_end, write_end = os.pipe()
    bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--print-address={write_end}"], pass_fds=[write_end],
                           env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as address:
        return bus, address.readline().strip()


def private_environment(display, home, runtime):
    """The caller's environment, with everything that leads to the person's desktop replaced."""
    environment = dict(os.environ)
    for name in ("WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS",
                 "DESKTOP_STARTUP_ID", "XDG_ACTIVATION_TOKEN", "GTK_THEME", "GTK_MODULES"):
        environment.pop(name, None)
    environment.update({
        "DISPLAY": display,
        "GDK_BACKEND": "x11",
        "GSK_RENDERER": "cairo",
        "GDK_DEBUG": "gl-disable",
        "GTK_USE_PORTAL": "0",
        "GIO_USE_VFS": "local",
        "HOME": home,
        "XDG_CONFIG_HOME": os.path.join(home, "config"),
        "XDG_DATA_HOME": os.path.join(home, "data"),
        "XDG_CACHE_HOME": os.path.join(home, "cache"),
        "XDG_STATE_HOME": os.path.join(home, "state"),
        "XDG_RUNTIME_DIR": runtime,
        "XDG_CURRENT_DESKTOP": "",
    })
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        os.makedirs(environment[name], exist_ok=True)
    return environment


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="1600x1000", help="width and height of the screen in pixels")
    parser.add_argument("--keep-home", metavar="DIR", help="use this home and leave it there")
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.program:
        parser.error("which program?")

    for needed in ("Xvfb", "dbus-daemon"):
        if shutil.which(needed) is None:
            print(f"1..0 # SKIP {needed} is not installed")
            return SKIP

    # Sockets have short names only, so the runtime directory can't lie deep inside a build directory.
    runtime = tempfile.mkdtemp(prefix="anamnesis-", dir="/tmp")
    home = options.keep_home or os.path.join(runtime, "home")
    os.makedirs(home, exist_ok=True)
    screen, display = start_screen(options.size)
    environment = private_environment(display, home, runtime)
    bus, environment["DBUS_SESSION_BUS_ADDRESS"] = start_bus(environment)
    try:
        program = subprocess.Popen(options.program, env=environment, start_new_session=True)
        # meson ends a test that takes too long with a signal: hand it on, so that nothing stays behind.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda received, frame: os.killpg(program.pid, received))
        status = program.wait()
        try:
            os.killpg(program.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    finally:
        for process in (bus, screen):
            process.terminate()
            process.wait()
        shutil.rmtree(runtime, ignore_errors=True)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
