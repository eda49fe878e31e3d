/** Knows what a chart is: a finding, what it says in words, and a picture of it. */

import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { FONT_FAMILY, FONT_FILES } from './fonts.ts';
import { THEME } from './theme.ts';

/** What a chart is about, and its place in the page. */
export type ChartSlot = 'weekly-price' | 'load-duration';

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
  readonly spec: TopLevelSpec;
}

/** How a chart is called in the page, in the mail and on disk. */
export function namesOf(slot: ChartSlot): Pick<ChartPlan, 'slot' | 'id' | 'filename'> {
  return { slot, id: `${slot}@rentcheck`, filename: `${slot}.png` };
}

export interface Chart extends Omit<ChartPlan, 'spec'> {
  readonly png: Uint8Array;
}

/** Pixels of the picture for each pixel of the plan. */
const SCALE = 2;

/** One picture a plan, in the order of the plans; the same plans give the same bytes. */
export async function drawCharts(plans: readonly ChartPlan[]): Promise<Chart[]> {
  return await Promise.all(plans.map(drawChart));
}

async function drawChart({ spec, ...words }: ChartPlan): Promise<Chart> {
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
