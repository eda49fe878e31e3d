/** Types of a chart, and its rendering to PNG: a finding, a text alternative and a picture. */

import { type RenderedImage, renderAsync } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { FONT_FAMILY, FONT_FILES } from '../typeface.ts';
import { encodePng } from './png.ts';
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
  const charts = plans.flatMap(({ spec, ...words }) => {
    if (spec === undefined) return [];
    const svg = before.then(() => renderSvg(spec));
    before = svg;
    return [svg.then(async (drawn) => ({ ...words, png: await encodePng(await painted(drawn)) }))];
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
