#!/usr/bin/env bash
# Build the wheel, install it in a clean environment, and use it from another folder.
# Usage: tests/wheel.sh PYTHON (an interpreter with `build` installed)
set -euo pipefail
python=$(realpath -s "$1")
project=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m build --wheel --outdir "$work/dist" "$project" > "$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$work"/dist/*.whl
mkdir "$work/elsewhere"
cd "$work/elsewhere"
if "$python" -m zipfile --list "$work"/dist/*.whl | grep --ignore-case loopback; then
  echo "the wheel holds the loopback server, which is for development"
  exit 1
fi
export PEERASSAY_CACHE=$work/cache PEERASSAY_DATA=$work/data
"$work/venv/bin/peerassay" --help
"$work/venv/bin/peerassay" bench -d sample --split all --out run
test -s run/report.html
test -s run/metrics.json
"$work/venv/bin/peerassay" score run/reviews.jsonl --reviewed-by learned:iclr2022 --out scores
test -s scores/report.html
"$work/venv/bin/peerassay" leaderboard check
"$work/venv/bin/peerassay" leaderboard build --out site
test -s site/generators.html
echo "wheel: installs, benches and scores, and builds the bundled boards from another folder"
