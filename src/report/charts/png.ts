/** How pixels become a PNG (ISO/IEC 15948), packed in another thread. */

import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  readonly pixels: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Eight bits a channel, red, green, blue and opacity, no interlacing. */
const FULL = [8, 6, 0, 0, 0];

/** Eight bits a pixel, each the number of a color in the palette. */
const INDEXED = [8, 3, 0, 0, 0];

const MOST_COLORS = 256;

/** Charts are flat: more effort makes them a quarter smaller and takes three times as long. */
const LEVEL = 3;

const packed = promisify<Uint8Array, { level: number }, Buffer>(deflate);

/**
 * The rasterizer has a packer of its own, which holds up this thread for most of the time that a
 * picture takes, and makes it larger. A chart has fewer than 256 colors: numbered, they take half
 * of the bytes.
 */
export async function pngOf({ width, height, pixels }: Pixels): Promise<Uint8Array> {
  const numbered = numberedColors(pixels);
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set(numbered === undefined ? FULL : INDEXED, 8);
  const rows = numbered === undefined ? rowsOf(pixels, width * 4) : rowsOf(numbered.at, width);
  const body = await packed(rows, { level: LEVEL });
  const palette = numbered === undefined ? [] : [chunk('PLTE', numbered.palette)];
  const ends = [chunk('IDAT', body), chunk('IEND', new Uint8Array())];
  return new Uint8Array(Buffer.concat([SIGNATURE, chunk('IHDR', header), ...palette, ...ends]));
}

interface Numbered {
  /** Red, green and blue of each color. */
  readonly palette: Uint8Array;
  /** The color of each pixel. */
  readonly at: Uint8Array;
}

/** Nothing where a pixel lets something through, or where there are too many colors. */
function numberedColors(pixels: Uint8Array): Numbered | undefined {
  const numbers = new Map<number, number>();
  const colors: number[] = [];
  const at = new Uint8Array(pixels.length / 4);
  for (let pixel = 0, from = 0; pixel < at.length; pixel += 1, from += 4) {
    const red = pixels[from] ?? 0;
    const green = pixels[from + 1] ?? 0;
    const blue = pixels[from + 2] ?? 0;
    if (pixels[from + 3] !== 255) return undefined;
    const color = red * 65_536 + green * 256 + blue;
    let number = numbers.get(color);
    if (number === undefined) {
      if (numbers.size === MOST_COLORS) return undefined;
      number = numbers.size;
      numbers.set(color, number);
      colors.push(red, green, blue);
    }
    at[pixel] = number;
  }
  return { palette: Uint8Array.from(colors), at };
}

/** Each row begins with the number of its filter: 0 is none. */
function rowsOf(pixels: Uint8Array, stride: number): Uint8Array {
  const rows = new Uint8Array(pixels.length + pixels.length / stride);
  for (let from = 0, to = 0; from < pixels.length; from += stride, to += stride + 1) {
    rows.set(pixels.subarray(from, from + stride), to + 1);
  }
  return rows;
}

/** Length of the data, name, data, and a checksum of name and data. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}
