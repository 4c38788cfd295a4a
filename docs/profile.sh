#!/usr/bin/env bash
# Where the time of a ballot goes: records the server with perf while ballots are cast, draws the flame graph and prints the table of
# docs/performance.md. Needs perf (Debian: linux-perf) and inferno (cargo install inferno).
#   docs/profile.sh [--database URL --owner URL]   on SQLite, or on this PostgreSQL; VECHE_BIN names a program that is built already
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ -n "${VECHE_BIN:-}" ] || cargo build --release --quiet
"${VECHE_BIN:-target/release/veche}" --json bench round --ballots "${BALLOTS:-100000}" --profile "$folder/perf.data" "$@" >"$folder/figures.json"
perf script --no-inline -i "$folder/perf.data" 2>/dev/null | inferno-collapse-perf 2>/dev/null >"$folder/stacks"
python3 docs/profile.py "$folder/figures.json" "$folder/stacks"
inferno-flamegraph --title "a server that takes ballots" --width 1200 --minwidth 0.4 <"$folder/stacks" >docs/casting-flame.svg
