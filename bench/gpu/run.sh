#!/usr/bin/env bash
# Runs what pack.sh packed: the contract suites on the device, then the timings beside PyTorch's. Needs a Python with PyTorch
# and nothing else. Prints one short table; details go to the folder results.
#
#   run.sh [cuda|cpu] [full|small]      (default: cuda full)
#
# PYTHON: the interpreter (default python3). MLNET_SEQUENCE_LIBTORCH: a libtorch other than that PyTorch's own.
set -uo pipefail
cd "$(dirname "$0")"
device=${1:-cuda} size=${2:-full} python=${PYTHON:-python3} suites=${SUITES_SECONDS:-240}
mkdir -p results
needed=$(cat libtorch-version)
found=$("$python" -c 'import torch; print(torch.__version__)') || { echo "No PyTorch in $python: set PYTHON."; exit 2; }
if [ -z "${MLNET_SEQUENCE_LIBTORCH:-}" ]; then
  export MLNET_SEQUENCE_LIBTORCH=$("$python" -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))')
  case $found in
    "$needed" | "$needed"+*) ;;
    *) echo "This PyTorch is $found; the program was built for libtorch $needed. Another one may not load: then install torch==$needed, or name a libtorch $needed in MLNET_SEQUENCE_LIBTORCH." ;;
  esac
fi
export DOTNET_EnableDiagnostics=0 MLNET_SEQUENCE_TEST_DEVICE=$device
echo "libtorch: $MLNET_SEQUENCE_LIBTORCH"

timeout 120 program/MLNet.Sequence.Bench device-steps "$device" workloads.json "$size" > results/ours.jsonl 2> results/ours.log \
  || { echo "Our timings did not run:"; grep -m1 Exception results/ours.log || tail -5 results/ours.log; }
grep -v '^{' results/ours.jsonl

# Left out: finite differences, which check formulas in tens of thousands of tiny passes; completeness, which reads the sources; and
# ONNX Runtime, which runs on the CPU.
filter='(ClassName~Tests.Architectures|ClassName~Tests.Layers|ClassName~LinearRecurrence|ClassName~NetworkGolden)&FullyQualifiedName!~finite_differences&ClassName!~Completeness&FullyQualifiedName!~ONNX'
start=$SECONDS
timeout "$suites" program/MLNet.Sequence.Tests --filter "$filter" --no-progress --no-ansi --results-directory results > results/suites.log 2>&1
status=$?
total=$(grep -E '^ *(total|failed|succeeded): ' results/suites.log | tr -s ' \n' ' ')
case $status in
  0) echo "contract suites on $device: passed;$total$((SECONDS - start)) s" ;;
  124) echo "contract suites on $device: not done in $suites s (SUITES_SECONDS)" ;;
  *) echo "contract suites on $device: FAILED;$total$((SECONDS - start)) s; see results/suites.log"; grep -E '^ *failed ' results/suites.log | head -20 ;;
esac

timeout 120 "$python" reference.py "$device" "$size" results/ours.jsonl 2> results/reference.log | tee results/table.txt
timings=${PIPESTATUS[0]}
[ "$timings" -le 1 ] || tail -5 results/reference.log
echo "$SECONDS s in all"
[ "$status" = 0 ] && [ "$timings" = 0 ]
