/** The text of a QR code in a photograph. */
import { decodeQR } from 'qr/decode.js';

/** Longest sides, in pixels, at which a picture is tried: large photographs are often read better when they are smaller. */
const SIZES = [1600, 800, 400];

/** The text; undefined when no code is found in the picture, or when it is none. */
export async function readQr(picture: Blob): Promise<string | undefined> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    return undefined;
  }
  try {
    for (const size of SIZES) {
      const text = tryAt(bitmap, size);
      if (text !== undefined) return text;
    }
    return undefined;
  } finally {
    bitmap.close();
  }
}

function tryAt(bitmap: ImageBitmap, longest: number): string | undefined {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale))];
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const drawing = canvas.getContext('2d', { willReadFrequently: true });
  if (drawing === null) return undefined;
  drawing.drawImage(bitmap, 0, 0, width, height);
  try {
    return decodeQR({ width, height, data: drawing.getImageData(0, 0, width, height).data });
  } catch {
    return undefined;
  }
}
