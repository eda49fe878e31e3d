/** Types of a chart, and its rendering to PNG: a finding, a text alternative and a picture. */

import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import { type RenderedImage, renderAsync } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { FONT_FAMILY, FONT_FILES } from '../typeface.ts';
import { THEME } from './theme.ts';

/** Place of a chart on the page, beside its subject. */
export type ChartSlot = 'cost' | 'why' | 'deployments' | 'doubts' | 'since' | 'hours';

/** All charts, with their places. */
const SLOTS = {
  'total-cost': 'cost',
  'weekly-price': 'why',
  'paid-hours': 'deployments',
  'load-duration': 'deployments',
  options: 'deployments',
  tornado: 'doubts',
  quarters: 'since',
  'week-hours': 'hours',
} as const satisfies Readonly<Record<string, ChartSlot>>;

type ChartName = keyof typeof SLOTS;

/** Plan of a chart: everything that can be tested without a picture. */
export interface ChartPlan {
  readonly slot: ChartSlot;
  /** Content id in the email: `tornado@rentcheck`. */
  readonly id: string;
  /** File name in `charts/`: `tornado.png`. */
  readonly filename: string;
  /** The finding as a sentence without a period. */
  readonly title: string;
  /** Text alternative: the title and the numbers as text. */
  readonly alt: string;
  /** Absent if there is nothing to draw. The text alternative then replaces the picture. */
  readonly spec?: TopLevelSpec;
}

export interface Chart extends Omit<ChartPlan, 'spec'> {
  readonly png: Uint8Array;
}

/** Names of a chart on the page, in the email and on disk. */
export function chartNames(name: ChartName): Pick<ChartPlan, 'slot' | 'id' | 'filename'> {
  return { slot: SLOTS[name], id: `${name}@rentcheck`, filename: `${name}.png` };
}

/**
 * Draws every plan that has a spec, in order. The same plans give the same bytes. While one chart
 * is laid out, earlier ones are painted and packed in other threads.
 */
export async function drawCharts(plans: readonly ChartPlan[]): Promise<Chart[]> {
  let before: Promise<unknown> = Promise.resolve();
  const charts = plans.flatMap(({ spec, ...plan }) => {
    if (spec === undefined) return [];
    const svg = before.then(() => renderSvg(spec));
    before = svg;
    return [svg.then(async (drawn) => ({ ...plan, png: await encodePng(await painted(drawn)) }))];
  });
  return await Promise.all(charts);
}

/** Renders a spec to SVG at scale 1. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const { spec: full } = compile({ ...spec, config: THEME });
  const view = new vega.View(vega.parse(full), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** Pixels of the PNG per pixel of the spec. */
const SCALE = 2;

async function painted(svg: string): Promise<RenderedImage> {
  return await renderAsync(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    background: '#ffffff',
    font: { loadSystemFonts: false, fontFiles: [...FONT_FILES], defaultFontFamily: FONT_FAMILY },
  });
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA of each pixel, row by row. */
  readonly pixels: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** IHDR fields: 8 bits per channel, RGBA, no interlacing. */
const FULL = [8, 6, 0, 0, 0];

/** IHDR fields: 8 bits per pixel, indexed color. */
const INDEXED = [8, 3, 0, 0, 0];

const MOST_COLORS = 256;

/** Compression level. Higher levels make charts 25% smaller and take three times as long. */
const LEVEL = 3;

const packed = promisify<Uint8Array, { level: number }, Buffer>(deflate);

/**
 * Encodes a PNG. The rasterizer's own encoder blocks the thread for most of a chart's time and
 * gives larger files. Charts usually have at most 256 colors, and indexed they take half of the
 * bytes.
 */
export async function encodePng({ width, height, pixels }: Pixels): Promise<Uint8Array> {
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
  /** RGB of each color. */
  readonly palette: Uint8Array;
  /** Palette index of each pixel. */
  readonly at: Uint8Array;
}

/** Indexes the colors. `undefined` with a transparent pixel or too many colors. */
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

/** Prefixes each row with its filter type: 0 for no filter. */
function rowsOf(pixels: Uint8Array, stride: number): Uint8Array {
  const rows = new Uint8Array(pixels.length + pixels.length / stride);
  for (let from = 0, to = 0; from < pixels.length; from += stride, to += stride + 1) {
    rows.set(pixels.subarray(from, from + stride), to + 1);
  }
  return rows;
}

/** A PNG chunk: data length, name, data, and a checksum of name and data. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}
