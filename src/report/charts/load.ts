/**
 * Plans the load chart: for the most expensive deployments, each hour's use of the paid capacity,
 * and what would overflow.
 */

import { ONE } from '../../domain/exact.ts';
import type { Audit, AuditDetail } from '../../verdict/audit.ts';
import { counted, percent, percentOf, tokenCount, wholeNumber } from '../format.ts';
import { shownName } from '../displayText.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import { type LoadCurve, type LoadCurves, computeLoadCurves } from './loadCurves.ts';
import { loadSpec } from './loadSpec.ts';
import type { Reader } from '../locale.ts';

const NAMES = chartNames('load-duration');

/** Maximum number of panels. */
export const MOST_PANELS = 4;

export function planLoadChart(audit: Audit, detail: AuditDetail, reader: Reader): ChartPlan {
  const loadCurves = computeLoadCurves({ audit, detail }, MOST_PANELS);
  if (loadCurves.curves.length === 0) {
    const title = 'No hour can be compared with capacity, because usage or capacity is unknown';
    return { ...NAMES, title, alt: `${title}.` };
  }
  const title = titleOf(loadCurves.curves, reader);
  const subtitle = subtitleOf(loadCurves, reader);
  const alt =
    `${title}. ${subtitle.join(' ')} ` +
    loadCurves.curves.map((each) => inWords(each, reader)).join(' ');
  const panels = loadCurves.curves.map((curve) => ({ curve, words: panelWords(curve, reader) }));
  return { ...NAMES, title, alt, spec: loadSpec(panels, { title, subtitle }, reader) };
}

/** Weighted by dollars, like utilization. Deployments without a measured capacity are left out. */
function titleOf(curves: readonly LoadCurve[], reader: Reader): string {
  const used = curves.flatMap(({ use }) => (use === undefined ? [] : [use]));
  if (used.length === 0) return 'Tokens served in each hour, busiest hour first';
  const paid = used.reduce((all, { usd }) => all + usd, 0);
  const half = used.reduce((all, { atLeastHalfUsd }) => all + atLeastHalfUsd, 0);
  const isMostly = half * 2 <= paid;
  const share = percentOf((isMostly ? paid - half : half) / paid, reader);
  const hours = isMostly
    ? 'that used less than half of full capacity'
    : 'that used at least half of full capacity';
  return `Hours ${hours} took ${share} of the GPU spend`;
}

/** Note on deployments without a measured capacity. */
function unmeasuredText(curves: readonly LoadCurve[], reader: Reader): string {
  const unmeasured = curves.filter(({ isMeasured }) => !isMeasured).length;
  if (unmeasured === 0) return '';
  if (unmeasured === curves.length)
    return `No capacity is measured. ${percent(ONE, reader)} is the highest load seen.`;
  const have = `${counted(unmeasured, 'deployment', reader)} ${unmeasured === 1 ? 'has' : 'have'}`;
  return `${have} no measured capacity. There, ${percent(ONE, reader)} is the highest load seen.`;
}

function subtitleOf(
  { curves, left, withoutCurve, unknownHours }: LoadCurves,
  reader: Reader,
): string[] {
  const notes = [
    unmeasuredText(curves, reader),
    left === 0 ? '' : `The ${curves.length} most expensive of ${curves.length + left} deployments.`,
    withoutCurve === 0
      ? ''
      : `Left out: ${counted(withoutCurve, 'deployment', reader)} without known load or capacity.`,
    unknownHours === 0
      ? ''
      : `Left out: ${counted(unknownHours, 'hour', reader)} without usage data.`,
  ].filter((note) => note !== '');
  const first = curves.some(({ isMeasured }) => isMeasured)
    ? 'Tokens of each hour compared with the paid capacity, busiest hour first.'
    : 'Tokens of each hour, busiest hour first.';
  return [first, ...notes];
}

/** `full at 346M tokens an hour`, and what the plan keeps. */
function panelWords(
  { capacityTokensPerHour, isMeasured, kept }: LoadCurve,
  reader: Reader,
): string[] {
  const most = isMeasured ? 'full at' : 'highest load seen:';
  const full = `${most} ${tokenCount(capacityTokensPerHour, reader)} tokens an hour`;
  if (kept === undefined) return [full];
  const { replicas, of, overflowHours } = kept;
  const machines =
    replicas > of ? `${replicas} replicas (paid for: ${of})` : `${replicas} of ${of} replicas`;
  return [full, `plan keeps ${machines}: ${counted(overflowHours, 'hour', reader)} overflow`];
}

function inWords(curve: LoadCurve, reader: Reader): string {
  const { deployment, shares } = curve;
  const at = (index: number) => percentOf(shares[index] ?? 0, reader);
  const empty = shares.filter((share) => share === 0).length;
  return [
    `${shownName(deployment)}: ${panelWords(curve, reader).join(', ')},`,
    `busiest hour ${at(0)}, median hour ${at(Math.floor(shares.length / 2))},`,
    `no tokens in ${wholeNumber(empty, reader)} of ${counted(shares.length, 'hour', reader)}.`,
  ].join(' ');
}
