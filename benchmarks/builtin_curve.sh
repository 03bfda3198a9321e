#!/usr/bin/env bash
# The learning curve of the built-in corpus, and what more tasks add: the figures of docs/builtin-corpus.md.
# One farm train a point and seed, one line a run in a CSV file; lines that are there already are not measured again.
#   benchmarks/builtin_curve.sh [OUT.csv]     OUT.csv: builtin-curve.csv in the current folder by default
#   SEEDS="1 2"                               fewer seeds than the five
#   ENGINE=DL4J                               another engine
#   POINTS="1,500,1,100 ..."                  other points than all: tasks,tokens,alpha,epochs
set -eu

here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
out=${1:-builtin-curve.csv}
header=tasks,tokens,alpha,epochs,seed,steps,f1_test,f1_dev

# T = 1 along n; then T = 4 at n = 2,000, beside T = 1 with as many steps.
points="1,500,1,100 1,1000,1,100 1,2000,1,100 1,5000,1,100 1,10000,1,100 1,20000,1,100
4,2000,0.99,100 4,2000,0.2,100 1,2000,1,400"

[ -s "$out" ] || echo "$header" >"$out"

field() {
  sed -n "s/.*\"$1\" *: *\([0-9.eE+-]*\).*/\1/p" <<<"$2" | head -n 1
}

for seed in ${SEEDS:-1 2 3 4 5}; do
  for point in ${POINTS:-$points}; do
    grep -q "^$point,$seed," "$out" && continue
    IFS=, read -r tasks tokens alpha epochs <<<"$point"
    json=$("$here/farm" train --corpus builtin --vectors builtin --tasks "$tasks" --tokens "$tokens" --alpha "$alpha" \
      --epochs "$epochs" --hidden 100 --shared-layers 2 --strategy ALTERNATING --readout LAST --seed "$seed" \
      --engine "${ENGINE:-FUSED}" --json)
    echo "$point,$seed,$(field steps "$json"),$(field f1Test "$json"),$(field f1Dev "$json")" >>"$out"
  done
done

# Mean and sample standard deviation over the seeds.
awk -F, '
  NR > 1 { key = $1 "," $2 "," $3 "," $4; if (!(key in n)) order[++keys] = key
           n[key]++; sum[key] += $7; squares[key] += $7 * $7; steps[key] = $6 }
  END { print "tasks,tokens,alpha,epochs,steps,runs,f1_mean,f1_sd"
        for (k = 1; k <= keys; k++) {
          key = order[k]; mean = sum[key] / n[key]; variance = squares[key] - n[key] * mean * mean
          sd = n[key] > 1 && variance > 0 ? sqrt(variance / (n[key] - 1)) : 0
          printf "%s,%d,%d,%.4f,%.4f\n", key, steps[key], n[key], mean, sd } }' "$out"
