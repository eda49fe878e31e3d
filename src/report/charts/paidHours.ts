/** Knows the chart of paid hours: what the rent of each deployment's hours went to. */

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
    const reason = 'no rent is known to have been paid for hours of known use';
    const nothing = `What the paid hours went to cannot be shown: ${reason}`;
    return { ...NAMES, title: nothing, alt: `${nothing}.` };
  }
  const subtitle = ['Rent by what the paid hours did, the dearest deployment first.'];
  const alt = `${title}. ${subtitle.join(' ')} ${all.map(inWords).join(' ')}`;
  const foot =
    rest === undefined ? [] : [`${rest.name}: ${dollars(rest.rent)}, ${partsText(rest)}.`];
  return { ...NAMES, title, alt, spec: paidHoursSpec({ rows, foot }, { title, subtitle }) };
}

/** The figures of the page's own utilization, so that both say the same. */
function titleOf({ deployments }: Audit, rows: readonly PaidHours[]): string | undefined {
  const use = useOfRent(deployments);
  if (use === undefined) return withoutCapacity(sum(rows.map(({ parts }) => parts.idle)));
  const full = `${percent(utilization(deployments, use))} of the rent paid for full machines`;
  const { underfilled, idle } = use;
  if (underfilled === undefined || idle === undefined) {
    return `${full}; how much of the rest was idle is unknown`;
  }
  return `${full}, ${dollars(underfilled)} for under-filled and ${dollars(idle)} for idle ones`;
}

function withoutCapacity(idle: Exact): string | undefined {
  if (isZero(idle)) return undefined;
  return `${dollars(idle)} of rent paid for idle hours; how full the others were is unknown`;
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
