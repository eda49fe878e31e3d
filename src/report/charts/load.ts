/**
 * Knows the chart of load: for the dearest deployments, how much of the paid capacity each hour
 * used.
 */

import { exact } from '../../domain/exact.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';
import { counted, percent, tokenCount, wholeNumber } from '../format.ts';
import { shownName } from '../label.ts';
import { type ChartPlan, namesOf } from './chart.ts';
import { type Curve, type Curves, curvesOf, shareUnderHalf } from './curves.ts';
import { fitted, writable } from './fonts.ts';
import { type Heading, headingOf } from './heading.ts';
import { COLORS, PANEL_TITLE, PLOT_WIDTH } from './theme.ts';

const NAMES = namesOf('load-duration');

/** So many small panels still say one thing. */
const MOST_PANELS = 4;

export function loadPlan(detail: AuditDetail): ChartPlan {
  const told = curvesOf(detail, MOST_PANELS);
  if (told.curves.length === 0) {
    const title = 'No hour can be set against capacity: usage or capacity is unknown';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(told.curves);
  const subtitle = subtitleOf(told);
  const alt = `${title}. ${subtitle.join(' ')} ${told.curves.map(inWords).join(' ')}`;
  return { ...NAMES, title, alt, spec: specOf(told.curves, { title, subtitle }) };
}

function titleOf(curves: readonly Curve[]): string {
  const { under, hours } = shareUnderHalf(curves);
  const isMostly = under * 2 >= hours;
  const many = isMostly ? under : hours - under;
  const share = percent(exact(BigInt(many), BigInt(hours)));
  const often = many === hours ? 'every hour' : `${share} of hours`;
  return `${isMostly ? 'Less than' : 'At least'} half of full capacity was used in ${often}`;
}

function subtitleOf({ curves, left, withoutCurve, unknownHours }: Curves): string[] {
  const notes = [
    left === 0 ? '' : `The ${curves.length} dearest of ${curves.length + left} deployments.`,
    withoutCurve === 0
      ? ''
      : `${counted(withoutCurve, 'deployment')} without known load or capacity left out.`,
    unknownHours === 0 ? '' : `${counted(unknownHours, 'hour')} without usage data left out.`,
  ].filter((note) => note !== '');
  const first =
    'Tokens of each hour as a share of what all machines together can serve, busiest first.';
  return [first, ...notes];
}

function inWords({ deployment, shares, capacityTokensPerHour }: Curve): string {
  const at = (index: number) => shareText(shares[index] ?? 0);
  const empty = shares.filter((share) => share === 0).length;
  return [
    `${shownName(deployment)}: full at ${capacityText(capacityTokensPerHour)} tokens an hour;`,
    `busiest hour ${at(0)}, middle hour ${at(Math.floor(shares.length / 2))},`,
    `no tokens in ${wholeNumber(empty)} of ${counted(shares.length, 'hour')}.`,
  ].join(' ');
}

function shareText(share: number): string {
  return percent(exact(BigInt(Math.round(share * 1e6)), 1_000_000n));
}

function capacityText(tokensPerHour: number): string {
  return tokenCount(tokensPerHour);
}

function specOf(curves: readonly Curve[], heading: Heading): NonNullable<ChartPlan['spec']> {
  return {
    title: headingOf(heading),
    concat: curves.map((curve, index) => panelOf(curve, { index, of: curves.length })),
    columns: 2,
    spacing: 28,
  } as unknown as NonNullable<ChartPlan['spec']>;
}

/**
 * One deployment against its own capacity; axis titles stand at the left and at the bottom only.
 */
function panelOf(curve: Curve, place: { index: number; of: number }): object {
  const isAlone = place.of === 1;
  const width = isAlone ? PLOT_WIDTH : HALF_WIDTH;
  const isLowest = place.index + 2 >= place.of;
  const x = { ...HOURS, axis: { ...HOURS.axis, title: isLowest ? 'Hours, busiest first' : null } };
  const y = {
    ...SHARE,
    axis: { ...SHARE.axis, title: place.index % 2 === 0 ? 'Used' : null },
  };
  return {
    title: panelTitle(curve, width),
    data: { values: pointsOf(curve.shares) },
    width,
    height: isAlone ? 200 : 105,
    layer: [paidLayer(x), usedLayer(x, y), CAPACITY_LAYER],
  };
}

/** More points than a panel has pixels would only cost time. */
const MOST_POINTS = 600;

function pointsOf(shares: readonly number[]): object[] {
  const stride = Math.max(1, Math.ceil(shares.length / MOST_POINTS));
  const points = shares.map((share, hour) => ({ hour, share }));
  const end = { hour: shares.length, share: shares.at(-1) ?? 0 };
  return [...points.filter(({ hour }) => hour % stride === 0), end];
}

const HALF_WIDTH = PLOT_WIDTH / 2 - 12;

function panelTitle({ deployment, capacityTokensPerHour }: Curve, width: number): object {
  const { fontSize, fontWeight } = PANEL_TITLE;
  return {
    text: fitted(writable(shownName(deployment)), width, PANEL_TITLE),
    subtitle: `full at ${capacityText(capacityTokensPerHour)} tokens an hour`,
    subtitleFontSize: fontSize - 0.5,
    subtitlePadding: 2,
    fontSize,
    fontWeight,
    anchor: 'start',
    frame: 'group',
    offset: 8,
  };
}

const HOURS = {
  field: 'hour',
  type: 'quantitative',
  axis: { format: ',d', tickCount: 4 },
  scale: { nice: false, domainMin: 0 },
};

const SHARE = {
  field: 'share',
  type: 'quantitative',
  axis: { format: '.0%', values: [0, 0.5, 1] },
  scale: { nice: false, domainMin: 0 },
};

/** What was paid for: the gray behind the blue is rent that bought nothing. */
function paidLayer(x: object): object {
  return {
    mark: { type: 'area', color: COLORS.paid },
    encoding: { x, y: { datum: 1, type: 'quantitative' } },
  };
}

function usedLayer(x: object, y: object): object {
  return {
    mark: { type: 'area', color: COLORS.used, interpolate: 'step-after' },
    encoding: { x, y },
  };
}

const CAPACITY_LAYER = {
  mark: { type: 'rule', color: COLORS.ink, strokeDash: [5, 4], strokeWidth: 1.5 },
  encoding: { y: { datum: 1 } },
};
