/** Splits the GPU spend of paid hours by deployment: full, under-filled, idle, unknown. */

import { decimal, divide, type Exact, isZero, subtract, sum, ZERO } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { shownName } from '../displayText.ts';
import { mostExpensiveFirst, knownAmount } from '../sections/auditReading.ts';

export const GPU_SPEND_PARTS = ['full', 'underfilled', 'idle', 'unknown'] as const;

export type GpuSpendPart = (typeof GPU_SPEND_PARTS)[number];

/** Dollars by part. They sum to the GPU spend. */
export type GpuSpendParts = Readonly<Record<GpuSpendPart, Exact>>;

export interface PaidHours {
  readonly name: string;
  readonly rent: Exact;
  /** Paid replica-hours. */
  readonly hours: Exact;
  readonly parts: GpuSpendParts;
}

/** Maximum number of rows. The rest is one row. */
const MOST_ROWS = 9;

/** The most expensive deployments one by one, and the sum of the rest. */
export interface AllPaidHours {
  readonly rows: readonly PaidHours[];
  readonly rest?: PaidHours;
}

/**
 * Most expensive first. Worked number: $6.00 of GPU spend at a utilization of 0.361111 and a busy
 * fraction of 0.541667 are $2.166667 full, $1.083333 under-filled and $2.75 idle. Spend without
 * known usage is `unknown`.
 */
export function splitPaidHours(audit: Audit): AllPaidHours {
  const rows = mostExpensiveFirst(audit)
    .map(rowOf)
    .filter(({ rent }) => rent.num > 0n);
  if (rows.length <= MOST_ROWS + 1) return { rows };
  const rest = rows.slice(MOST_ROWS);
  return { rows: rows.slice(0, MOST_ROWS), rest: sumRows(`${rest.length} others`, rest) };
}

function rowOf(deployment: AuditDeployment): PaidHours {
  const rent = decimal(deployment.spendUsd);
  const full = knownAmount(deployment.fullCapacityUsd) ?? ZERO;
  const underfilled = knownAmount(deployment.underfilledUsd) ?? ZERO;
  const idle = knownAmount(deployment.idleUsd) ?? ZERO;
  return {
    name: shownName(deployment.id),
    rent,
    hours: decimal(deployment.paidReplicaHours),
    parts: { full, underfilled, idle, unknown: subtract(rent, sum([full, underfilled, idle])) },
  };
}

function sumRows(name: string, rows: readonly PaidHours[]): PaidHours {
  const of = (part: GpuSpendPart) => sum(rows.map(({ parts }) => parts[part]));
  return {
    name,
    rent: sum(rows.map(({ rent }) => rent)),
    hours: sum(rows.map(({ hours }) => hours)),
    parts: {
      full: of('full'),
      underfilled: of('underfilled'),
      idle: of('idle'),
      unknown: of('unknown'),
    },
  };
}

/** Share of a part, from 0 to 1. */
export function partShare({ parts, rent }: PaidHours, part: GpuSpendPart): Exact {
  return isZero(rent) ? ZERO : divide(parts[part], rent);
}
