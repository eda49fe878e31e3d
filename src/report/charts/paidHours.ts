/** The chart of paid hours: what the GPU spend of each deployment paid for. */

import { type Exact, isZero, sum } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, percent, plainNumber } from '../format.ts';
import { utilization } from '../words/figures.ts';
import { useOfRent } from '../words/reading.ts';
import { type ChartPlan, namesOf } from './chart.ts';
import { paidHoursSpec } from './paidHoursSpec.ts';
import { PARTS, type PaidHours, type Part, paidHoursOf, shareOf } from './rentParts.ts';

const NAMES = namesOf('paid-hours');

export function paidHoursPlan(audit: Audit): ChartPlan {
  const { rows, rest } = paidHoursOf(audit);
  const all = rest === undefined ? rows : [...rows, rest];
  const title = titleOf(audit, all);
  if (title === undefined) {
    const nothing = 'Paid hours cannot be shown, because no usage is known for them';
    return { ...NAMES, title: nothing, alt: `${nothing}.` };
  }
  const subtitle = ['GPU spend by use of the paid hours, the most expensive deployment first.'];
  const alt = `${title}. ${subtitle.join(' ')} ${all.map(inWords).join(' ')}`;
  const foot =
    rest === undefined ? [] : [`${rest.name}: ${dollars(rest.rent)}, ${partsText(rest)}.`];
  return { ...NAMES, title, alt, spec: paidHoursSpec({ rows, foot }, { title, subtitle }) };
}

/** The figures of the page's own utilization, so that both say the same. */
function titleOf({ deployments }: Audit, rows: readonly PaidHours[]): string | undefined {
  const use = useOfRent(deployments);
  if (use === undefined) return withoutCapacity(sum(rows.map(({ parts }) => parts.idle)));
  const full = `${percent(utilization(deployments, use))} of the GPU spend paid for tokens served`;
  const { underfilled, idle } = use;
  if (underfilled === undefined || idle === undefined) {
    return `${full}, and how much of the rest was idle is unknown`;
  }
  return `${full}, ${dollars(underfilled)} for under-filled and ${dollars(idle)} for idle GPUs`;
}

function withoutCapacity(idle: Exact): string | undefined {
  if (isZero(idle)) return undefined;
  const paid = `${dollars(idle)} of GPU spend paid for idle hours`;
  return `${paid}, and the use of the other hours is unknown`;
}

const DID: Readonly<Record<Part, string>> = {
  full: 'full',
  underfilled: 'under-filled',
  idle: 'idle',
  unknown: 'unknown',
};

/** `chat-70b: $6.00 for 2,208 hours, 36% full, 18% under-filled, 46% idle.` */
function inWords(row: PaidHours): string {
  const hours = `${plainNumber(row.hours)} hours`;
  return `${row.name}: ${dollars(row.rent)} for ${hours}, ${partsText(row)}.`;
}

function partsText(row: PaidHours): string {
  const parts = PARTS.filter((part) => !isZero(row.parts[part])).map(
    (part) => `${percent(shareOf(row, part))} ${DID[part]}`,
  );
  return parts.join(', ');
}
