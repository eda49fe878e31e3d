/** Reads a chart's specification: its data, its texts, and their positions. */

import { fontTextWidth } from '../../src/report/charts/fonts.ts';
import type { ChartPlan } from '../../src/report/charts/chart.ts';

interface Layer {
  readonly data?: { readonly values: readonly ChartRow[] };
  readonly mark: Readonly<Record<string, unknown>>;
}

export type ChartRow = Readonly<Record<string, unknown>>;

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly title: { readonly text: readonly string[]; readonly subtitle: readonly string[] };
  readonly layer: readonly Layer[];
}

/** The input of vega-lite. `undefined` for a plan without a picture. */
export function drawnSpec({ spec }: ChartPlan): Drawn | undefined {
  return spec as unknown as Drawn | undefined;
}

/** The rows of all layers. */
export function readChartRows(plan: ChartPlan): ChartRow[] {
  return (drawnSpec(plan)?.layer ?? []).flatMap(({ data }) => data?.values ?? []);
}

/** Texts and the space they take, in pixels from the top left corner of the plot. */
export interface PlacedText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** The labels with positions in pixels. */
export function readChartTexts(plan: ChartPlan): PlacedText[] {
  return (
    (drawnSpec(plan)?.layer ?? [])
      // A label with a halo is drawn twice, the halo first.
      .filter(({ mark }) => mark['type'] === 'text' && mark['stroke'] === undefined)
      .flatMap(({ data }) =>
        (data?.values ?? []).flatMap((row) => {
          const { text, x, y, size, weight, align } = row;
          if (typeof text !== 'string' || text === '') return [];
          const width = fontTextWidth({ fontSize: Number(size), fontWeight: Number(weight) }, text);
          const left = Number(x) - width * (SHIFT[String(align)] ?? 0);
          return [{ text, left, right: left + width, y: Number(y) }];
        }),
      )
  );
}

const SHIFT: Readonly<Record<string, number>> = { left: 0, center: 0.5, right: 1 };

/** Every number and text anywhere in a specification. */
export function readLeaves(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  return Object.values(value).flatMap(readLeaves);
}
