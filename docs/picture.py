#!/usr/bin/env python3
"""Draws what a command prints as an SVG: `veche demo --to-end | docs/picture.py > docs/demo.svg`."""
import html
import sys

WIDTH, LINE, LEFT = 960, 19, 16
lines = [line.rstrip("\n") for line in sys.stdin]
height = LINE * (len(lines) + 2)
print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img" aria-label="Output of veche demo">')
print(f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#14181d"/>')
print('<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13" xml:space="preserve">')
for number, line in enumerate(lines):
    colour = "#7bd88f" if line.startswith(("ok ", "VERIFIED")) else "#f5d76e" if "  yes  " in line else "#d7dde4"
    print(f'<text x="{LEFT}" y="{LINE * (number + 2) - 4}" fill="{colour}">{html.escape(line)}</text>')
print("</g>\n</svg>")
