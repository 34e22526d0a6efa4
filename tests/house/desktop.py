#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a desktop reads of the project: entry, store page, settings, icons, and where an installation puts them.

    desktop.py BUILD_DIRECTORY
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

APPLICATION = "io.github.anamnesis.Anamnesis"
BUILD = sys.argv[1] if len(sys.argv) > 1 else ""


def run(*command, **options):
    if shutil.which(command[0]) is None:
        raise tap.Skip(f"{command[0]} is not installed")
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)


def built(ending):
    return os.path.join(BUILD, "resources", APPLICATION + ending)


def test_the_desktop_entry_is_valid():
    result = run("desktop-file-validate", built(".desktop"))
    assert result.returncode == 0 and not result.stdout, result.stdout


def test_the_store_page_is_valid():
    result = run("appstreamcli", "validate", "--no-net", "--no-color", built(".metainfo.xml"))
    assert result.returncode == 0, result.stdout


def test_entry_and_page_are_in_Chinese_too():
    for ending in (".desktop", ".metainfo.xml"):
        with open(built(ending), encoding="utf-8") as file:
            assert re.search(r"zh[_-]CN", file.read()), f"no Chinese in {built(ending)}"


def test_the_page_says_what_it_is_not():
    with open(built(".metainfo.xml"), encoding="utf-8") as file:
        text = " ".join(file.read().split())
    assert "research and teaching" in text and "not a medical device" in text


def test_the_settings_are_valid():
    with tempfile.TemporaryDirectory() as folder:
        result = run("glib-compile-schemas", "--strict", "--targetdir", folder, os.path.join(tap.SOURCE_ROOT, "resources"))
    assert result.returncode == 0 and not result.stdout, result.stdout


def test_every_icon_is_in_the_bundle():
    bundle = tap.read("resources/anamnesis.gresource.xml")
    missing = [path for path in tap.source_files(".svg") if path.startswith("resources/icons/")
               and ">" + path[len("resources/"):] + "<" not in bundle]
    assert not missing, "not in the bundle: " + ", ".join(missing)


def test_every_ui_file_is_in_a_bundle():
    bundles = [(os.path.dirname(path), tap.read(path)) for path in tap.source_files(".gresource.xml")]
    missing = [path for path in tap.source_files(".ui")
               if not any(">" + os.path.relpath(path, folder) + "<" in bundle for folder, bundle in bundles)]
    assert not missing, "not in a bundle: " + ", ".join(missing)


def test_icons_are_drawings_of_the_right_size():
    for path in tap.source_files(".svg"):
        if path.startswith("resources/icons/"):
            icon = xml.etree.ElementTree.parse(os.path.join(tap.SOURCE_ROOT, path)).getroot()
            side = "16" if path.endswith("-symbolic.svg") else "128"
            assert (icon.get("width"), icon.get("height")) == (side, side), f"{path} is not {side} x {side}"


def test_an_installation_has_everything_in_its_place():
    # The build directory of this run may not be written to while its other tests run: install what is there.
    with tempfile.TemporaryDirectory() as folder:
        result = run("meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", env={**os.environ, "DESTDIR": folder})
        assert result.returncode == 0, result.stdout
        there = {os.path.relpath(path, folder) for path in glob.glob(folder + "/**/*", recursive=True) if os.path.isfile(path)}
        for ending in (f"share/applications/{APPLICATION}.desktop",
                       f"share/metainfo/{APPLICATION}.metainfo.xml",
                       f"share/glib-2.0/schemas/{APPLICATION}.gschema.xml",
                       f"share/icons/hicolor/scalable/apps/{APPLICATION}.svg",
                       "share/icons/hicolor/scalable/mimetypes/application-x-anamnesis.svg",
                       f"share/icons/hicolor/symbolic/apps/{APPLICATION}-symbolic.svg",
                       f"share/mime/packages/{APPLICATION}.xml",
                       "share/locale/zh_CN/LC_MESSAGES/anamnesis.mo"):
            assert any(path.endswith(ending) for path in there), f"not installed: {ending}\n" + "\n".join(sorted(there))


if __name__ == "__main__":
    sys.argv = sys.argv[:2]
    tap.run()
