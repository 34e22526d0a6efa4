#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Trains GRU(64) on the PhysioNet/CinC Challenge 2012's set A with five seeds and scores each run's best weights on
# set B as new patients: default split and recipe. Exits 1 if the median AUROC is below 0.857.
#
#   challenge-2012.sh [anamnesis-cli [FOLDER [SOURCE]]]
#
# FOLDER holds set-a.tar.gz and set-b.tar.gz with their outcomes; SOURCE replaces set B.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
cli=$(readlink -f "${1:-$here/../../_build/app/cli/anamnesis-cli}")
data=${2:-$here/../../../shared/datasets/physionet2012}
new=${3:-$data/set-b.tar.gz}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cli" import "$data/set-a.tar.gz" --study "$work/a.anamnesis" >/dev/null 2>&1
for seed in 1 2 3 4 5; do
  "$cli" train --study "$work/a.anamnesis" --network "gru(64) > dense(1)" --epochs 20 --patience 5 --seed "$seed" \
    --json >"$work/train-$seed.json"
  "$cli" evaluate --study "$work/a.anamnesis" --run "$seed" "$new" --metrics auroc,average_precision \
    --json >"$work/evaluate-$seed.json"
  python3 - "$seed" "$work/train-$seed.json" "$work/evaluate-$seed.json" <<'PY'
import json, sys
train, evaluate = (json.load(open(path)) for path in sys.argv[2:])
auroc, precision = (evaluate["scores"][name] for name in ("auroc", "average_precision"))
print(f"seed {sys.argv[1]}: AUROC {auroc['value']:.4f} ({auroc['low']:.4f} to {auroc['high']:.4f}), "
      f"average precision {precision['value']:.4f} ({precision['low']:.4f} to {precision['high']:.4f}), "
      f"n {evaluate['n']}, best epoch {train['best_epoch']} of {train['epochs_done']}, {train['seconds']:.0f} s")
PY
done

python3 - "$work" <<'PY'
import json, statistics, sys
scores = [json.load(open(f"{sys.argv[1]}/evaluate-{seed}.json"))["scores"]["auroc"]["value"] for seed in range(1, 6)]
median = statistics.median(scores)
print(f"median AUROC of 5 seeds {median:.4f}; wanted 0.857 or more")
sys.exit(0 if median >= 0.857 else 1)
PY
