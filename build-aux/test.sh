#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what is missing, builds twice, runs every test, and ends with the line `N passed, N failed, N skipped`.
# Units and the window run under AddressSanitizer and UndefinedBehaviorSanitizer; what trains for long runs optimised.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

have_packages_to_test

configure sanitized -Dwerror=true -Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined
# As run.sh builds it; the engine asks for more by itself.
configure optimised -Dwerror=true -Dbuildtype=plain -Doptimization=2 -Ddebug=false
for build in sanitized optimised; do
    say "Building: $build"
    meson compile -C "$build_root/$build"
done

use_home "$build_root/test-home"
rm -rf "$build_root/test-tmp"
mkdir -p "$build_root/test-tmp"
export HOME=$build_root/test-home TMPDIR=$build_root/test-tmp

logs=("$build_root/sanitized/meson-logs/testlog.json" "$build_root/optimised/meson-logs/testlog.json")
rm -f "${logs[@]}"
status=0
# The sanitizers make everything two to five times slower.
meson test -C "$build_root/sanitized" --no-rebuild --print-errorlogs --timeout-multiplier 5 --no-suite slow --no-suite cli --no-suite optimised || status=$?
meson test -C "$build_root/optimised" --no-rebuild --print-errorlogs --timeout-multiplier 2 --suite slow --suite cli --suite optimised || status=$?

python3 "$source_root/build-aux/count-tests.py" "${logs[@]}" || status=$?
exit "$status"
