/** A QR code as a picture made of elements: no image file, no markup. */
import encodeQR from 'qr';

const SVG = 'http://www.w3.org/2000/svg';

/** The code of a text, black on white in every colour scheme, so that cameras read it. */
export function qrPicture(text: string, name: string): SVGSVGElement {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
  const size = rows.length;
  const squares = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  const svg = make('svg', { viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': name, 'shape-rendering': 'crispEdges' });
  svg.append(make('rect', { width: `${size}`, height: `${size}`, fill: '#fff' }), make('path', { d: squares.join(''), fill: '#000' }));
  return svg;
}

function make<Tag extends 'svg' | 'rect' | 'path'>(tag: Tag, attributes: { readonly [name: string]: string }): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
