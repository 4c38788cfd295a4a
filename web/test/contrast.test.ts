// Contrast of every pair of colours that carries text or meaning, from the palette's own source; WCAG 2.2, 1.4.3 and 1.4.11.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const read = (name: string): string => readFileSync(join(process.env['VECHE_ROOT'] ?? '..', 'web/src/style', name), 'utf8');

/** The variables that a mixin sets to a colour. */
function colours(source: string, mixin: string): Map<string, string> {
  const body = new RegExp(`@mixin ${mixin}\\s*\\{([^}]*)\\}`).exec(source)?.[1];
  assert.ok(body, `there is no mixin ${mixin}`);
  return new Map([...body.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, colour]) => [String(name), String(colour)]));
}

/** Relative luminance, as WCAG defines it. */
function luminance(colour: string): number {
  const part = (at: number): number => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const TEXT = 4.5;
const SHAPE = 3;
const ground = 'pico-background-color';
const card = 'pico-card-background-color';

/** What stands on what, and how much it needs. */
const PAIRS: [string, string, number][] = [
  ...[ground, card, 'pico-code-background-color', 'warn-ground', 'good-ground', 'bad-ground', 'note-ground', 'pico-form-element-selected-background-color'].map((under): [string, string, number] => ['pico-color', under, TEXT]),
  ...[ground, card].flatMap((under): [string, string, number][] => [['pico-muted-color', under, TEXT], ['pico-primary', under, TEXT], ['pico-primary-hover', under, TEXT], ['bad', under, TEXT], ['good', under, TEXT]]),
  ['pico-primary', 'note-ground', TEXT],
  ['pico-muted-color', 'note-ground', TEXT],
  ['pico-form-element-color', 'pico-form-element-background-color', TEXT],
  ['pico-primary-inverse', 'pico-primary-background', TEXT],
  ['pico-primary-inverse', 'pico-primary-hover-background', TEXT],
  ['pico-form-element-border-color', 'pico-form-element-background-color', SHAPE],
  ['pico-form-element-border-color', ground, SHAPE],
  ['pico-primary-background', ground, SHAPE],
  ...['focus', 'warn', 'good', 'bad'].flatMap((edge): [string, string, number][] => [[edge, ground, SHAPE], [edge, card, SHAPE]]),
  ['warn', 'warn-ground', SHAPE],
  ['good', 'good-ground', SHAPE],
  ['bad', 'bad-ground', SHAPE],
  ['focus', 'note-ground', SHAPE],
];

for (const scheme of ['light', 'dark']) {
  test(`contrast of the ${scheme} scheme`, () => {
    const palette = colours(read('_palette.scss'), scheme);
    for (const [over, under, needed] of PAIRS) {
      const [one, other] = [palette.get(over), palette.get(under)];
      assert.ok(one && other, `${over} or ${under} is not in the palette`);
      const found = contrast(one, other);
      if (process.env['CONTRAST'] !== undefined) console.log(`${scheme}\t${over} on ${under}\t${one} on ${other}\t${found.toFixed(1)}`);
      assert.ok(found >= needed, `${over} ${one} on ${under} ${other}: ${found.toFixed(2)}, not ${needed}`);
    }
  });
}

test('contrast of what the display panel offers', () => {
  const pairs = [...read('_display.scss').matchAll(/@include two\((#[0-9a-f]{6}), (#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)];
  assert.equal(pairs.length, 3);
  for (const [, under, ink, accent] of pairs) {
    for (const over of [ink, accent]) assert.ok(contrast(String(under), String(over)) >= 7, `${over} on ${under}`);
  }
});

test('known contrasts', () => {
  assert.equal(contrast('#000000', '#ffffff').toFixed(2), '21.00');
  // The least grey that passes on white, and the one that does not.
  assert.ok(contrast('#767676', '#ffffff') >= TEXT && contrast('#777777', '#ffffff') < TEXT);
});
