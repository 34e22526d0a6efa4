#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Long memory: a marker of +1 or -1 at the first step, then DELAY steps of noise. 2000 sequences to train on, 1000 to test on,
# 32 units, batches of 32, Adam at 0.001, clipped at norm 1, up to 25 epochs; accuracy of the last weights on the test part.
#
#   delayed-marker.sh [anamnesis-cli [DELAY]]
#
# Exits 1 unless the simple recurrent network ends at 0.60 or less on five of five seeds and the LSTM with
# forget_bias=3 at 0.95 or more on four of five.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
cli=$(readlink -f "${1:-$here/../../_build/app/cli/anamnesis-cli}")
delay=${2:-100}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$cli" import "sample:delayed-marker?delay=$delay&patients=3000" --study "$work/m.anamnesis" >/dev/null
run=0
for network in "simple_rnn(32) > dense(1)" "lstm(32, forget_bias=3) > dense(1)"; do
  for seed in 1 2 3 4 5; do
    run=$((run + 1))
    "$cli" train --study "$work/m.anamnesis" --network "$network" --split 0.666667,0,0.333333 --optimizer adam \
      --learning-rate 0.001 --batch-size 32 --clip-norm 1 --epochs 25 --seed "$seed" --json >"$work/train.json"
    "$cli" evaluate --study "$work/m.anamnesis" --run "$run" --epoch last --metrics accuracy --json >"$work/evaluate-$run.json"
    python3 - "$network" "$seed" "$work/evaluate-$run.json" <<'PY'
import json, sys
told = json.load(open(sys.argv[3]))
score = told["scores"]["accuracy"]
print(f"{sys.argv[1]}, seed {sys.argv[2]}: accuracy {score['value']:.3f} ({score['low']:.3f} to {score['high']:.3f}), "
      f"n {told['n']}, epoch {told['epoch']}", flush=True)
PY
  done
done

python3 - "$work" <<'PY'
import json, sys
accuracy = [json.load(open(f"{sys.argv[1]}/evaluate-{run}.json"))["scores"]["accuracy"]["value"] for run in range(1, 11)]
forgot, kept = sum(a <= 0.60 for a in accuracy[:5]), sum(a >= 0.95 for a in accuracy[5:])
print(f"simple_rnn at 0.60 or less: {forgot} of 5; lstm(forget_bias=3) at 0.95 or more: {kept} of 5")
sys.exit(0 if forgot == 5 and kept >= 4 else 1)
PY
