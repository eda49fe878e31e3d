/** Plans the paid-hours chart: what each deployment's GPU spend paid for. */

import { type Exact, isZero, sum } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, percent, plainNumber } from '../format.ts';
import { utilization } from '../words/figures.ts';
import { computeGpuSpendUse } from '../words/reading.ts';
import { type ChartPlan, chartNames } from './chart.ts';
import { paidHoursSpec } from './paidHoursSpec.ts';
import {
  GPU_SPEND_PARTS,
  type PaidHours,
  type GpuSpendPart,
  splitPaidHours,
  partShare,
} from './rentParts.ts';
import type { Reader } from '../locale.ts';

const NAMES = chartNames('paid-hours');

export function planPaidHoursChart(audit: Audit, reader: Reader): ChartPlan {
  const { rows, rest } = splitPaidHours(audit);
  const all = rest === undefined ? rows : [...rows, rest];
  const title = titleOf(audit, all, reader);
  if (title === undefined) {
    const nothing = 'Paid hours cannot be shown, because no usage is known for them';
    return { ...NAMES, title: nothing, alt: `${nothing}.` };
  }
  const subtitle = ['GPU spend by use of the paid hours, the most expensive deployment first.'];
  const lines = all.map((each) => inWords(each, reader)).join(' ');
  const alt = `${title}. ${subtitle.join(' ')} ${lines}`;
  const foot =
    rest === undefined
      ? []
      : [`${rest.name}: ${dollars(rest.rent, reader)}, ${partsText(rest, reader)}.`];
  return { ...NAMES, title, alt, spec: paidHoursSpec({ rows, foot }, { title, subtitle }, reader) };
}

/** Uses the figures of the page's utilization, so both agree. */
function titleOf(
  { deployments }: Audit,
  rows: readonly PaidHours[],
  reader: Reader,
): string | undefined {
  const use = computeGpuSpendUse(deployments);
  if (use === undefined) return withoutCapacity(sum(rows.map(({ parts }) => parts.idle)), reader);
  const full =
    `${percent(utilization(deployments, use), reader)} ` +
    `of the GPU spend paid for tokens served`;
  const { underfilled, idle } = use;
  if (underfilled === undefined || idle === undefined) {
    return `${full}, and how much of the rest was idle is unknown`;
  }
  return (
    `${full}, ${dollars(underfilled, reader)} for ` +
    `under-filled and ${dollars(idle, reader)} for idle GPUs`
  );
}

function withoutCapacity(idle: Exact, reader: Reader): string | undefined {
  if (isZero(idle)) return undefined;
  const paid = `${dollars(idle, reader)} of GPU spend paid for idle hours`;
  return `${paid}, and the use of the other hours is unknown`;
}

const DID: Readonly<Record<GpuSpendPart, string>> = {
  full: 'full',
  underfilled: 'under-filled',
  idle: 'idle',
  unknown: 'unknown',
};

/** `chat-70b: $6.00 for 2,208 hours, 36% full, 18% under-filled, 46% idle.` */
function inWords(row: PaidHours, reader: Reader): string {
  const hours = `${plainNumber(row.hours, reader)} hours`;
  return `${row.name}: ${dollars(row.rent, reader)} for ${hours}, ${partsText(row, reader)}.`;
}

function partsText(row: PaidHours, reader: Reader): string {
  const parts = GPU_SPEND_PARTS.filter((part) => !isZero(row.parts[part])).map(
    (part) => `${percent(partShare(row, part), reader)} ${DID[part]}`,
  );
  return parts.join(', ');
}
