/** Packed pixels are a valid PNG, decoded by a third-party reader. */

import { Resvg } from '@resvg/resvg-js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Pixels, encodePng } from '../../../src/report/charts/chart.ts';

/** The pixels from the rasterizer's own decoder, at a scale of one. */
async function readBack({ width, height, pixels }: Pixels): Promise<Uint8Array> {
  const png = Buffer.from(await encodePng({ width, height, pixels })).toString('base64');
  const size = `width="${width}" height="${height}"`;
  const source = `data:image/png;base64,${png}`;
  const image = `<image ${size} image-rendering="optimizeSpeed" href="${source}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${image}</svg>`;
  return new Uint8Array(new Resvg(svg, { font: { loadSystemFonts: false } }).render().pixels);
}

const anyPicture = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
      .map((bytes) => ({
        width,
        height,
        pixels: bytes.map((byte, at) => (at % 4 === 3 ? 255 : byte)),
      })),
  );

describe('a PNG', () => {
  it('has every pixel that was packed', async () => {
    await fc.assert(
      fc.asyncProperty(anyPicture, async (picture) => {
        expect(await readBack(picture)).toEqual(picture.pixels);
      }),
      { numRuns: 50 },
    );
  });

  it('is the same to the byte when packed again', async () => {
    const picture = { width: 2, height: 1, pixels: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255) };
    expect(await encodePng(picture)).toEqual(await encodePng(picture));
    expect(Buffer.from(await encodePng(picture)).toString('hex')).toMatch(
      /^89504e470d0a1a0a0000000d4948445200000002000000010803000000/,
    );
  });

  it('uses a palette of at most 256 colors, without transparency', async () => {
    const format = async (colors: number, opacity = 255) => {
      const pixels = Uint8Array.from({ length: 300 * 4 }, (_, at) => {
        const color = Math.min(Math.floor(at / 4), colors - 1);
        return [color % 256, Math.floor(color / 256), 7, opacity][at % 4] ?? 0;
      });
      return (await encodePng({ width: 300, height: 1, pixels }))[25];
    };
    expect(await Promise.all([format(256), format(257), format(2, 254)])).toEqual([3, 6, 6]);
  });
});
