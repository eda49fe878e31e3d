/** Knows what a chart is: a finding, what it says in words, and a picture of it. */

import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { FONT_FAMILY, FONT_FILES } from './fonts.ts';
import { THEME } from './theme.ts';

/** Where in the page a chart stands: beside what it is about. */
export type ChartSlot = 'why' | 'deployments' | 'doubts' | 'since';

/** Every chart there is, and its place. */
const SLOTS = {
  'weekly-price': 'why',
  'paid-hours': 'why',
  'load-duration': 'deployments',
  options: 'deployments',
  tornado: 'doubts',
  quarters: 'since',
} as const satisfies Readonly<Record<string, ChartSlot>>;

type ChartName = keyof typeof SLOTS;

/** What is to be drawn; everything that can be tested of a chart without looking at it. */
export interface ChartPlan {
  readonly slot: ChartSlot;
  /** Content id in the mail. */
  readonly id: string;
  /** Name of the file, below `charts/`. */
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

/** Pixels of the picture for each pixel of the plan. */
const SCALE = 2;

/** One picture a plan, in the order of the plans; the same plans give the same bytes. */
export async function drawCharts(plans: readonly ChartPlan[]): Promise<Chart[]> {
  return await Promise.all(
    plans.flatMap(({ spec, ...words }) => (spec === undefined ? [] : [drawChart(spec, words)])),
  );
}

async function drawChart(spec: TopLevelSpec, words: Omit<ChartPlan, 'spec'>): Promise<Chart> {
  const { spec: full } = compile({ ...spec, config: THEME });
  const view = new vega.View(vega.parse(full), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    background: '#ffffff',
    font: { loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: FONT_FAMILY },
  });
  return { ...words, png: picture.render().asPng() };
}
