# SPDX-License-Identifier: GPL-3.0-or-later
# What run.sh and test.sh share: packages, build directories, and a home inside the checkout. Sourced by bash.

set -euo pipefail

source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build_root=$source_root/_build

# Names as in Debian 12. Without recommends, so what the window needs beyond its libraries is named too:
# librsvg2-common draws the icons, fonts-cantarell is the interface's font.
packages_to_run=(
    gcc libc6-dev meson ninja-build pkgconf gettext
    libgtk-4-dev libadwaita-1-dev libopenblas-dev libcsv-dev libarchive-dev libjson-glib-dev libsqlite3-dev
    librsvg2-common fonts-cantarell
)
packages_to_test=(
    "${packages_to_run[@]}"
    xvfb dbus-daemon at-spi2-core python3-gi gir1.2-atspi-2.0
    desktop-file-utils appstream
)

# The same needs as commands and pkg-config modules, for systems without apt.
commands_to_run=(cc meson ninja pkg-config msgfmt)
modules_to_run=(gtk4 libadwaita-1 openblas libarchive json-glib-1.0 sqlite3)
commands_to_test=("${commands_to_run[@]}" Xvfb dbus-daemon desktop-file-validate appstreamcli)

say ()
{
    printf '%s\n' "$*"
}

fail ()
{
    printf '%s\n' "$*" >&2
    exit 1
}

as_root ()
{
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

missing_packages ()
{
    comm -13 \
        <(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort -u) \
        <(printf '%s\n' "$@" | sort -u)
}

install_packages ()
{
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0

    say "About to install, with what they depend on: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        fail "That needs root or sudo. As root: apt-get install --no-install-recommends ${missing[*]}"
    fi
    # A list of packages that is absent or out of date is fetched anew.
    apt-get install --simulate --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || as_root apt-get update
    as_root apt-get install --yes --no-install-recommends "${missing[@]}" \
        || { as_root apt-get update && as_root apt-get install --yes --no-install-recommends "${missing[@]}"; } \
        || fail "Could not install: ${missing[*]}"
}

# name_what_is_missing PACKAGE... -- COMMAND...
name_what_is_missing ()
{
    local packages=() missing=()
    while [ "$1" != -- ]; do packages+=("$1"); shift; done
    shift
    for command in "$@"; do
        command -v "$command" >/dev/null || missing+=("$command")
    done
    for module in "${modules_to_run[@]}"; do
        pkg-config --exists "$module" 2>/dev/null || missing+=("$module")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "There is no apt here to install packages with, and these are missing: ${missing[*]}"
    fail "Install what your system calls these packages of Debian, then run this again: ${packages[*]}"
}

have_packages_to_run ()
{
    if command -v apt-get >/dev/null; then
        install_packages "${packages_to_run[@]}"
    else
        name_what_is_missing "${packages_to_run[@]}" -- "${commands_to_run[@]}"
    fi
}

have_packages_to_test ()
{
    if command -v apt-get >/dev/null; then
        install_packages "${packages_to_test[@]}"
    else
        name_what_is_missing "${packages_to_test[@]}" -- "${commands_to_test[@]}"
    fi
}

# configure NAME OPTION...
# Lays out the build directory of that name, and anew where another version of meson left one it can't read.
configure ()
{
    local directory=$build_root/$1
    shift
    mkdir -p "$directory"
    if [ -f "$directory/build.ninja" ] && meson configure "$directory" "$@" >"$directory/configure.log" 2>&1; then
        return 0
    fi
    rm -rf "$directory"
    mkdir -p "$directory"
    meson setup "$directory" "$source_root" "$@" >"$directory/configure.log" 2>&1 \
        || { cat "$directory/configure.log" >&2; fail "Could not configure $directory."; }
}

# What programs write about the user goes into this directory of the checkout.
use_home ()
{
    mkdir -p "$1"
    export XDG_CONFIG_HOME=$1/config XDG_DATA_HOME=$1/data XDG_CACHE_HOME=$1/cache XDG_STATE_HOME=$1/state
    mkdir -p "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_CACHE_HOME" "$XDG_STATE_HOME"
    export GSETTINGS_BACKEND=keyfile
    export PYTHONDONTWRITEBYTECODE=1
}
