#!/bin/sh
# Draws every SVG of this folder as a WebP beside it, with Debian's chromium and cwebp (package webp).
cd "$(dirname "$0")" && for svg in *.svg; do chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=960,640 --screenshot=/tmp/drawing.png "file://$PWD/$svg" && cwebp -quiet -q 85 -m 6 /tmp/drawing.png -o "${svg%.svg}.webp"; done
