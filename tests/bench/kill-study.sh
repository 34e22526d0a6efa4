#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Kills anamnesis-cli 200 times (or as often as the second argument says) in the middle of training and holds each study
# against one that was never interrupted: kill-study.sh PATH/TO/anamnesis-cli [KILLS]
set -eu
KILLS=${2:-200} exec nice python3 "$(dirname "$0")/../cli/killed.py" "$1"
