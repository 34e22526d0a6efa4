#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what is missing, builds, and starts the workbench with simulated intensive-care stays open.
# Without a display: runs the demonstration and says where its pictures are.
#
#   build-aux/run.sh            the workbench, or the demonstration
#   build-aux/run.sh FILE...    the workbench with these files

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# A variable alone may be left over from a session that is gone: look for the socket of a local display.
have_display ()
{
    if [ -n "${WAYLAND_DISPLAY:-}" ] && [ -S "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/$WAYLAND_DISPLAY" -o -S "$WAYLAND_DISPLAY" ]; then
        return 0
    fi
    case ${DISPLAY:-} in
        "") return 1 ;;
        :*) local number=${DISPLAY#:}
            [ -S "/tmp/.X11-unix/X${number%%.*}" ] || grep -qs "@/tmp/.X11-unix/X${number%%.*}\$" /proc/net/unix ;;
        *) return 0 ;;
    esac
}

have_packages_to_run

# Neither symbols nor the tests: what a person waits for is the window.
configure run -Dbuildtype=plain -Doptimization=2 -Ddebug=false
targets=(anamnesis-cli anamnesis-gmo)
if have_display; then targets=(anamnesis anamnesis-gmo anamnesis-settings); fi
[ -x "$build_root/run/app/cli/anamnesis-cli" ] || [ -x "$build_root/run/app/gui/anamnesis" ] || say "Building. The first time takes a little."
meson compile -C "$build_root/run" "${targets[@]}" >"$build_root/run/compile.log" 2>&1 \
    || { cat "$build_root/run/compile.log" >&2; fail "Could not build."; }

use_home "$build_root/home"
export ANAMNESIS_LOCALE_DIR=$build_root/run/po GSETTINGS_SCHEMA_DIR=$build_root/run/resources

if have_display; then
    if [ $# -eq 0 ]; then set -- sample:icu; fi
    exec "$build_root/run/app/gui/anamnesis" "$@"
fi
say "No display, so this is the demonstration without one."
"$build_root/run/app/cli/anamnesis-cli" demo --output "$build_root/demo" \
    || fail "The demonstration failed."
say "Its pictures are in $build_root/demo"
