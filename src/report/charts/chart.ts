/** What a chart is: a finding, the same in words, and a picture of it. */

import { type RenderedImage, renderAsync } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { FONT_FAMILY, FONT_FILES } from './fonts.ts';
import { pngOf } from './png.ts';
import { THEME } from './theme.ts';

/** Where in the page a chart stands: beside what it is about. */
export type ChartSlot = 'cost' | 'why' | 'deployments' | 'doubts' | 'since' | 'hours';

/** Every chart there is, and its place. */
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

/** What is to be drawn; everything that can be tested of a chart without looking at it. */
export interface ChartPlan {
  readonly slot: ChartSlot;
  /** Content id in the mail: `tornado@rentcheck`. */
  readonly id: string;
  /** Name of the file, below `charts/`: `tornado.png`. */
  readonly filename: string;
  /** The finding, as a sentence without a full stop. */
  readonly title: string;
  /** The title and the numbers in words, for who sees no picture. */
  readonly alt: string;
  /** Absent where there is nothing to draw: then the words stand in the picture's place. */
  readonly spec?: TopLevelSpec;
}

export interface Chart extends Omit<ChartPlan, 'spec'> {
  readonly png: Uint8Array;
}

/** How a chart is called in the page, in the mail and on disk. */
export function namesOf(name: ChartName): Pick<ChartPlan, 'slot' | 'id' | 'filename'> {
  return { slot: SLOTS[name], id: `${name}@rentcheck`, filename: `${name}.png` };
}

/**
 * A picture of each plan that has something to draw, in the order of the plans; the same plans
 * give the same bytes. While one is laid out, those before it are painted and
 * packed in other threads.
 */
export async function drawCharts(plans: readonly ChartPlan[]): Promise<Chart[]> {
  let before: Promise<unknown> = Promise.resolve();
  const charts = plans.flatMap(({ spec, ...words }) => {
    if (spec === undefined) return [];
    const svg = before.then(() => svgOf(spec));
    before = svg;
    return [svg.then(async (drawn) => ({ ...words, png: await pngOf(await painted(drawn)) }))];
  });
  return await Promise.all(charts);
}

/** A picture as text, at its plain size. */
export async function svgOf(spec: TopLevelSpec): Promise<string> {
  const { spec: full } = compile({ ...spec, config: THEME });
  const view = new vega.View(vega.parse(full), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/** Pixels of the picture for each pixel of the plan. */
const SCALE = 2;

async function painted(svg: string): Promise<RenderedImage> {
  return await renderAsync(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    background: '#ffffff',
    font: { loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: FONT_FAMILY },
  });
}
