#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs what is missing, builds twice, runs every test, and ends with the line `N passed, N failed, N skipped`.
# Units and the window run under AddressSanitizer and UndefinedBehaviorSanitizer; what trains for long, the command line and
# whoever drives the whole window run optimised. Each build has only what its tests need, and the optimised one the benchmarks.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

have_packages_to_test

# Whole lines for whoever reads a report, but nothing for a debugger; compiled quickly, since a test is run once.
configure sanitized -Dwerror=true -Db_pch=true -Dbuildtype=debug -Doptimization=0 -Dc_args=-g1 -Db_sanitize=address,undefined
# As run.sh builds it; the engine asks for more by itself.
configure optimised -Dwerror=true -Db_pch=true -Dbuildtype=plain -Doptimization=2 -Ddebug=false

use_home "$build_root/test-home"
rm -rf "$build_root/test-tmp"
mkdir -p "$build_root/test-tmp"
export HOME=$build_root/test-home TMPDIR=$build_root/test-tmp

logs=("$build_root/sanitized/meson-logs/testlog.json" "$build_root/optimised/meson-logs/testlog.json")
rm -f "${logs[@]}"
status=0

# run_suites BUILD OPTION...
# Builds what those tests need, and runs them: one more at a time than there are processors, since windows mostly wait.
run_suites ()
{
    local build=$1
    shift
    say "Building and testing: $build"
    meson compile -C "$build_root/$build" anamnesis-gmo anamnesis-settings || status=$?
    meson test -C "$build_root/$build" --print-errorlogs --num-processes $(($(nproc) + 1)) "$@" || status=$?
}

# Sanitizers and a machine with other work make everything slower: a limit of time is there for what hangs.
run_suites sanitized --timeout-multiplier 20 --no-suite slow --no-suite cli --no-suite optimised --no-suite house
meson compile -C "$build_root/optimised" benches || status=$?
run_suites optimised --timeout-multiplier 10 --suite slow --suite cli --suite optimised --suite house

python3 "$source_root/build-aux/count-tests.py" "${logs[@]}" || status=$?
exit "$status"
