#!/usr/bin/env bash
# Brings PublicAPI.Unshipped.txt of both packages up to date with the code. Look at the difference before you commit it.
set -euo pipefail
cd "$(dirname "$0")/.."
dotnet restore
for project in src/MLNet.Sequence.Runtime src/MLNet.Sequence; do
  # Written anew, so that what is gone from the code is gone from the file.
  printf '#nullable enable\n' > "$project/PublicAPI.Unshipped.txt"
  dotnet format analyzers "$project" --diagnostics RS0016 --no-restore
done
git --no-pager diff --stat -- '*PublicAPI.Unshipped.txt'
