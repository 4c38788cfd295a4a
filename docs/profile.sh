#!/usr/bin/env bash
# Where the time of a ballot goes: records the server with perf while ballots are cast, and writes the flame graph and the table of
# docs/performance.md. Needs perf (Debian: linux-perf) and inferno (cargo install inferno).
#   docs/profile.sh [SQLite's default, or: --database URL --owner URL]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
RUSTFLAGS="-C force-frame-pointers=yes" cargo build --release --quiet --target-dir target/profiled
target/profiled/release/veche --json bench round --ballots "${BALLOTS:-100000}" --profile "$folder/perf.data" "$@" >"$folder/figures.json"
perf script -i "$folder/perf.data" 2>/dev/null | inferno-collapse-perf 2>/dev/null >"$folder/stacks"
python3 docs/profile.py "$folder/figures.json" "$folder/stacks"
inferno-flamegraph --title "a server that takes ballots" --width 1200 --minwidth 0.4 <"$folder/stacks" >docs/casting-flame.svg
