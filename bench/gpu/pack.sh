#!/usr/bin/env bash
# Packs all that a machine with a GPU and a Python PyTorch needs, but no .NET and no network, to run the contract suites on the
# device, the timings beside PyTorch, and the program itself: mlnet-sequence-gpu.tar.xz, under 60 MB. From the last commit.
#
#   bench/gpu/pack.sh [FILE]
set -euo pipefail
repository=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
file=$(realpath -m "${1:-mlnet-sequence-gpu.tar.xz}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A clone, so that the working tree's own build is left as it is.
git clone -q "$repository" "$work/source"
out=$work/mlnet-sequence-gpu
for project in src/Samples bench/MLNet.Sequence.Bench test/MLNet.Sequence.Tests; do
  dotnet publish "$work/source/$project" -c Release -r linux-x64 --self-contained -p:TorchBackend=none -p:TestRunner=own \
    -p:DebugType=none -p:CopyOutputSymbolsToPublishDirectory=false -o "$out/program" -v q
done
# Debuggers' parts, symbols and ONNX Runtime are of no use there.
(cd "$out/program" && rm -f ./*.dbg ./*.pdb libmscordaccore.so libmscordbi.so createdump libonnxruntime* onnxruntime*.dll)
cp "$work"/source/bench/gpu/{run.sh,reference.py,workloads.json,README.md} "$out"
# The versions that were tried, one a line.
sed -n 's/.*TestedVersions.*\[\(.*\)\].*/\1/p' "$work/source/src/MLNet.Sequence/Torch/Loading/NativeNames.cs" | tr -d ' "' | tr , '\n' > "$out/libtorch-versions"
tar -C "$work" -c mlnet-sequence-gpu | xz -T0 -9 > "$file"
size=$(stat -c %s "$file")
echo "$file: $((size / 1000000)) MB (limit: 60)"
[ "$size" -lt 60000000 ]
