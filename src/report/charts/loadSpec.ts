/** Builds the spec of the load chart: one panel per deployment, with each hour against capacity. */

import { exact } from '../../domain/exact.ts';
import { percent, wholeNumber } from '../format.ts';
import { shownName } from '../label.ts';
import type { ChartPlan } from './chart.ts';
import type { Curve } from './curves.ts';
import { fitted, fittedName, textWidth, writable } from './fonts.ts';
import type { Heading } from './heading.ts';
import { linesLayer, paidRect, usedLayer } from './loadAreas.ts';
import { BELOW, heightAt, LINE, type Panel, type Placed, placedPanels } from './loadPanels.ts';
import { keyAt, type KeyItem, type Label, styled } from './marks.ts';
import { scaleOf } from './scale.ts';
import { sheetOf } from './sheet.ts';
import { COLORS, SMALL, STRONG } from './theme.ts';
import type { Reader } from '../locale.ts';

export function loadSpec(
  panels: readonly Panel[],
  heading: Heading,
  reader: Reader,
): NonNullable<ChartPlan['spec']> {
  const placed = placedPanels(panels);
  const bottoms = placed.map(({ y, height }) => y + height + BELOW);
  const key = keyAt({ x: 0, y: 8 }, keyOf(panels));
  return sheetOf(
    { heading, left: 0, right: 0, height: Math.max(...bottoms) },
    {
      rects: [...key.rects, ...placed.map((each) => paidRect(each, reader))],
      layers: [usedLayer(placed), linesLayer(placed)],
      labels: [
        ...key.labels,
        ...styled(placed.map(nameOf), { lettering: STRONG }),
        ...styled(placed.flatMap(wordsOf), { lettering: SMALL }),
        ...styled(
          placed.flatMap((each) => sharesOf(each, reader)),
          { lettering: SMALL, align: 'right' },
        ),
        ...styled(
          placed.flatMap((each) => hoursOf(each, reader)),
          { lettering: SMALL, align: 'center' },
        ),
      ],
    },
  );
}

function keyOf(panels: readonly Panel[]): KeyItem[] {
  const overflows = panels.some(({ curve }) => overflowHoursOf(curve) > 0);
  const isMeasured = panels.some(({ curve }) => curve.isMeasured);
  return [
    { words: 'Used', fill: COLORS.good },
    ...(overflows ? [{ words: 'Overflow', fill: COLORS.waste }] : []),
    { words: isMeasured ? 'Paid for, not used' : 'Up to the highest load', fill: COLORS.paid },
  ];
}

/** Overflow hours. Shares above an observed capacity are only rounding. */
function overflowHoursOf({ kept, shares, isMeasured }: Curve): number {
  const above = isMeasured ? shares.filter((share) => share > 1).length : 0;
  return kept?.overflowHours ?? above;
}

function nameOf(panel: Placed): Label {
  const words = fittedName(writable(shownName(panel.curve.deployment)), panel.width, STRONG);
  return { x: panel.x, y: panel.top, words };
}

function wordsOf(panel: Placed): Label[] {
  return panel.words.map((words, line) => ({
    x: panel.x,
    y: panel.top + (line + 1) * LINE,
    words: fitted(words, panel.width, SMALL),
    fill: COLORS.muted,
  }));
}

function sharesOf(panel: Placed, reader: Reader): Label[] {
  return [0, 50, 100].map((share) => ({
    x: panel.x - 8,
    y: heightAt(panel, share / 100),
    words: percent(exact(BigInt(share), 100n), reader),
    fill: COLORS.muted,
  }));
}

/** Axis labels in round hours, as many as fit. The last one stays within the panel. */
function hoursOf({ curve, x, y, width, height }: Placed, reader: Reader): Label[] {
  const hours = curve.shares.length;
  const { ticks } = scaleOf([hours], width > 300 ? 6 : 3);
  const shown = ticks.filter((tick) => tick <= hours && Number.isInteger(tick));
  return shown.map((tick) => {
    const words = tick === 0 ? '0' : `${wholeNumber(tick, reader)} h`;
    const right = x + width - textWidth(SMALL, words) / 2;
    const at = Math.min(right, x + (tick / hours) * width);
    return { x: at, y: y + height + 14, words, fill: COLORS.muted };
  });
}
