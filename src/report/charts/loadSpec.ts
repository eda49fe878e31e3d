/** Builds the spec of the load chart: one panel per deployment, with each hour against capacity. */

import { exact } from '../../domain/exact.ts';
import { percent, wholeNumber } from '../format.ts';
import { shownName } from '../label.ts';
import type { ChartPlan } from './chart.ts';
import type { LoadCurve } from './curves.ts';
import { fitChartText, fitChartName, fontTextWidth, replaceMissingGlyphs } from './fonts.ts';
import type { ChartHeading } from './heading.ts';
import { linesLayer, paidRect, usedLayer } from './loadAreas.ts';
import { BELOW, heightAt, LINE, type Panel, type PlacedPanel, placedPanels } from './loadPanels.ts';
import { legendAt, type LegendItem, type Label, withStyle } from './marks.ts';
import { niceScale } from './scale.ts';
import { buildSheet } from './sheet.ts';
import { COLORS, SMALL, STRONG } from './theme.ts';
import type { Reader } from '../locale.ts';

export function loadSpec(
  panels: readonly Panel[],
  heading: ChartHeading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const placed = placedPanels(panels);
  const bottoms = placed.map(({ y, height }) => y + height + BELOW);
  const key = legendAt({ x: 0, y: 8 }, keyOf(panels));
  return buildSheet(
    { heading, left: 0, right: 0, height: Math.max(...bottoms) },
    {
      rects: [...key.rects, ...placed.map((each) => paidRect(each, reader))],
      layers: [usedLayer(placed), linesLayer(placed)],
      labels: [
        ...key.labels,
        ...withStyle(placed.map(nameOf), { lettering: STRONG }),
        ...withStyle(placed.flatMap(wordsOf), { lettering: SMALL }),
        ...withStyle(
          placed.flatMap((each) => sharesOf(each, reader)),
          { lettering: SMALL, align: 'right' },
        ),
        ...withStyle(
          placed.flatMap((each) => hoursOf(each, reader)),
          { lettering: SMALL, align: 'center' },
        ),
      ],
    },
  );
}

function keyOf(panels: readonly Panel[]): LegendItem[] {
  const overflows = panels.some(({ curve }) => overflowHoursOf(curve) > 0);
  const isMeasured = panels.some(({ curve }) => curve.isMeasured);
  return [
    { words: 'Used', fill: COLORS.good },
    ...(overflows ? [{ words: 'Overflow', fill: COLORS.waste }] : []),
    { words: isMeasured ? 'Paid for, not used' : 'Up to the highest load', fill: COLORS.paid },
  ];
}

/** Overflow hours. Shares above an observed capacity are only rounding. */
function overflowHoursOf({ kept, shares, isMeasured }: LoadCurve): number {
  const above = isMeasured ? shares.filter((share) => share > 1).length : 0;
  return kept?.overflowHours ?? above;
}

function nameOf(panel: PlacedPanel): Label {
  const words = fitChartName(
    replaceMissingGlyphs(shownName(panel.curve.deployment)),
    panel.width,
    STRONG,
  );
  return { x: panel.x, y: panel.top, words };
}

function wordsOf(panel: PlacedPanel): Label[] {
  return panel.words.map((words, line) => ({
    x: panel.x,
    y: panel.top + (line + 1) * LINE,
    words: fitChartText(words, panel.width, SMALL),
    fill: COLORS.muted,
  }));
}

function sharesOf(panel: PlacedPanel, reader: Reader): Label[] {
  return [0, 50, 100].map((share) => ({
    x: panel.x - 8,
    y: heightAt(panel, share / 100),
    words: percent(exact(BigInt(share), 100n), reader),
    fill: COLORS.muted,
  }));
}

/** Axis labels in round hours, as many as fit. The last one stays within the panel. */
function hoursOf({ curve, x, y, width, height }: PlacedPanel, reader: Reader): Label[] {
  const hours = curve.shares.length;
  const { ticks } = niceScale([hours], width > 300 ? 6 : 3);
  const shown = ticks.filter((tick) => tick <= hours && Number.isInteger(tick));
  return shown.map((tick) => {
    const words = tick === 0 ? '0' : `${wholeNumber(tick, reader)} h`;
    const right = x + width - fontTextWidth(SMALL, words) / 2;
    const at = Math.min(right, x + (tick / hours) * width);
    return { x: at, y: y + height + 14, words, fill: COLORS.muted };
  });
}
