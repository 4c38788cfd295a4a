#!/usr/bin/env bash
# Builds veche-audit twice, in two folders, without shared libraries, and says whether the two are the same bytes.
# Usage: docs/build-auditor.sh [TARGET], by default the machine's own with glibc; with x86_64-unknown-linux-musl installed, that is better.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${1:-$(rustc -vV | sed -n 's/^host: //p')}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

build() {
  local copy="$work/$1"
  mkdir -p "$copy"
  git archive HEAD | tar -x -C "$copy"
  # Paths of this machine must not get into the program, nor the order in which parts were made.
  local map="--remap-path-prefix=$copy=/veche --remap-path-prefix=$cargo_home=/cargo"
  (cd "$copy" && env -u CARGO_TARGET_DIR CARGO_INCREMENTAL=0 SOURCE_DATE_EPOCH=0 \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_STRIP=symbols CARGO_PROFILE_RELEASE_DEBUG=false \
    CFLAGS="-ffile-prefix-map=$copy=/veche -ffile-prefix-map=$cargo_home=/cargo" \
    RUSTFLAGS="-C target-feature=+crt-static $map" \
    cargo build --release --locked -p audit --bin veche-audit --target "$target")
  cp "$copy/target/$target/release/veche-audit" "$work/veche-audit-$1"
}

build one
build two
sha256sum "$work"/veche-audit-*
wc -c "$work/veche-audit-one"
cmp "$work/veche-audit-one" "$work/veche-audit-two"
mkdir -p target
cp "$work/veche-audit-one" target/veche-audit
echo "the same bytes twice: target/veche-audit"
