/** Knows what a chart is: a finding, what it says in words, and a picture of it. */

import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { FONT_FAMILY, FONT_FILES } from './fonts.ts';
import { THEME } from './theme.ts';

/** What is to be drawn; everything that can be tested of a chart without looking at it. */
export interface ChartPlan {
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

export interface Chart extends Omit<ChartPlan, 'spec'> {
  readonly png: Uint8Array;
}

/** Pixels of the picture for each pixel of the plan. */
const SCALE = 2;

/** Draws a plan; the same plan gives the same bytes. */
export async function drawChart({ spec, ...words }: ChartPlan): Promise<Chart> {
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
