#!/usr/bin/env bash
# Runs what pack.sh packed: the contract suites on the device, the timings beside PyTorch's, and the program. Needs a Python with
# PyTorch and nothing else. Prints one short table; details go to the folder results.
#
#   run.sh [cuda|cpu] [full|small]      (default: cuda full)
#
# PYTHON: the interpreter (default python3). MLNET_SEQUENCE_LIBTORCH: a libtorch other than that PyTorch's own.
set -uo pipefail
cd "$(dirname "$0")"
device=${1:-cuda} size=${2:-full} python=${PYTHON:-python3} suites=${SUITES_SECONDS:-240}
mkdir -p results
found=$("$python" -c 'import torch; print(torch.__version__)') || { echo "No PyTorch in $python: set PYTHON."; exit 2; }
if [ -z "${MLNET_SEQUENCE_LIBTORCH:-}" ]; then
  export MLNET_SEQUENCE_LIBTORCH=$("$python" -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))')
  tested=no
  while read -r version; do
    case $found in "$version" | "$version".*) tested=yes ;; esac
  done < libtorch-versions
  [ "$tested" = yes ] || echo "This PyTorch is $found; tried were $(paste -sd ' ' libtorch-versions). Another one may not load: then install one of these, or name a libtorch in MLNET_SEQUENCE_LIBTORCH."
fi
export DOTNET_EnableDiagnostics=0 MLNET_SEQUENCE_TEST_DEVICE=$device
echo "libtorch: $MLNET_SEQUENCE_LIBTORCH"

# libtorch's warnings, "[W0131 12:00:00.123456789 RNN.cpp:1] Warning: …", each once and then how often it came again.
once() {
  awk '/^\[W/ { key = $0; sub(/^\[W[^ ]* [^ ]* /, "", key); if (seen[key]++) next } { print; fflush() }
       END { for (key in seen) if (seen[key] > 1) printf "(came %d times) %s\n", seen[key], key }'
}

timeout 120 program/MLNet.Sequence.Bench device-steps "$device" workloads.json "$size" 2>&1 > results/ours.jsonl | once > results/ours.log \
  || { echo "Our timings did not run:"; grep -m1 Exception results/ours.log || tail -5 results/ours.log; }
grep -v '^{' results/ours.jsonl

# Left out: finite differences, which check formulas in tens of thousands of tiny passes; completeness, which reads the sources; and
# ONNX Runtime, which runs on the CPU.
filter='(ClassName~Tests.Architectures|ClassName~Tests.Layers|ClassName~LinearRecurrence|ClassName~NetworkGolden|ClassName~DropoutMasks|ClassName~TorchParameters|ClassName~LongSequence|ClassName~StepTable)&FullyQualifiedName!~finite_differences&ClassName!~Completeness&FullyQualifiedName!~ONNX'
start=$SECONDS
timeout "$suites" program/MLNet.Sequence.Tests --filter "$filter" --no-progress --no-ansi --results-directory results 2>&1 | once > results/suites.log
status=${PIPESTATUS[0]}
total=$(grep -E '^ *(total|failed|succeeded): ' results/suites.log | tr -s ' \n' ' ')
case $status in
  0) echo "contract suites on $device: passed;$total$((SECONDS - start)) s" ;;
  124) echo "contract suites on $device: not done in $suites s (SUITES_SECONDS)" ;;
  *) echo "contract suites on $device: FAILED;$total$((SECONDS - start)) s; see results/suites.log"; grep -E '^ *failed ' results/suites.log | head -20 ;;
esac

timeout 120 "$python" reference.py "$device" "$size" results/ours.jsonl 2> results/reference.log | tee results/table.txt
timings=${PIPESTATUS[0]}
[ "$timings" -le 1 ] || tail -5 results/reference.log

# The program, from a CSV file to its report, on the device; then a training with dropout.
gpu=$([ "$device" = cuda ] && echo "--gpu 0")
command=0
for run in "compare" "compare-dropout --architectures lstm --set lstm.layers=2,lstm.dropout=0.2"; do
  name=${run%% *}
  start=$SECONDS
  # shellcheck disable=SC2086
  if timeout 240 program/MLNet.Sequence.Samples compare --quick $gpu ${run#"$name"} --out "results/$name" --json "results/$name.json" 2>&1 | once > "results/$name.log"; then
    echo "$name $gpu: done in $((SECONDS - start)) s; results/$name/report.html"
  else
    echo "$name $gpu: FAILED; see results/$name.log"; tail -3 "results/$name.log"; command=1
  fi
done
echo "$SECONDS s in all"
[ "$status" = 0 ] && [ "$timings" = 0 ] && [ "$command" = 0 ]
