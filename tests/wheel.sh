#!/usr/bin/env bash
# Build the wheel, install it in a clean environment, and use it from another folder.
# Usage: tests/wheel.sh BUILDER [PYTHON] (an interpreter with `build` installed; the one that uses the wheel, else the same)
set -euo pipefail
builder=$(realpath -s "$1")
python=${2:-$builder}
project=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$builder" -m build --wheel --outdir "$work/dist" "$project" > "$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
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
"$work/venv/bin/peerassay" bench -d iclr2022-scores --out decisions
"$work/venv/bin/peerassay" compare decisions
test -s decisions/report.html
"$work/venv/bin/peerassay" bench -d sample --split all --out run
test -s run/report.html
test -s run/metrics.json
"$work/venv/bin/peerassay" score run/reviews.jsonl --reviewed-by learned:iclr2022 --out scores
test -s scores/report.html
"$work/venv/bin/peerassay" leaderboard check
"$work/venv/bin/peerassay" leaderboard build --out site
test -s site/generators.html

# A submission goes into a clone or a folder that is named, never into the installed package.
installed=$("$work/venv/bin/python" -c "import peerassay.leaderboards.places as p; print(p.installed_results())")
before=$(find "$installed" -type f | sort | xargs sha256sum)
if "$work/venv/bin/peerassay" leaderboard add run --replace 2> refused.txt; then
  echo "leaderboard add wrote outside of a checkout without being told where"
  exit 1
fi
grep --quiet -- "--results DIR" refused.txt
mkdir -p clone/leaderboards/results
git init --quiet clone
cp "$project/pyproject.toml" clone/
(cd clone && "$work/venv/bin/peerassay" leaderboard add ../run --floors)
test -s clone/leaderboards/results/datasets/sample-all.json
test "$before" = "$(find "$installed" -type f | sort | xargs sha256sum)"
echo "wheel on $("$python" -V): installs, benches and scores, and builds the bundled boards from another folder"
