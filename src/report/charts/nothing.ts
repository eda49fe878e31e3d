/** Knows the picture of a chart without data: it says in words that there is nothing to draw. */

import type { TopLevelSpec } from 'vega-lite';
import { headingOf } from './heading.ts';
import { COLORS, PLOT_WIDTH } from './theme.ts';

export function nothingToDraw(title: string): TopLevelSpec {
  return {
    title: headingOf({ title, subtitle: [] }),
    width: PLOT_WIDTH,
    height: 70,
    data: { values: [{}] },
    mark: { type: 'text', text: 'There is nothing to draw.', color: COLORS.muted, fontSize: 13 },
  };
}
