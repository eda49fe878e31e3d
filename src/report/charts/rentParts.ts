/** What the rent of paid hours went to, by deployment: full, under-filled, idle, unknown. */

import { decimal, divide, type Exact, isZero, subtract, sum, ZERO } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import type { AuditDeployment } from '../../verdict/auditDeployment.ts';
import { shownName } from '../label.ts';
import { dearestFirst, known } from '../words/reading.ts';

export const PARTS = ['full', 'underfilled', 'idle', 'unknown'] as const;

export type Part = (typeof PARTS)[number];

/** Dollars by part; they sum to the rent. */
export type RentParts = Readonly<Record<Part, Exact>>;

export interface PaidHours {
  readonly name: string;
  readonly rent: Exact;
  /** Of replicas. */
  readonly hours: Exact;
  readonly parts: RentParts;
}

/** So many rows can be read; the rest is one row. */
const MOST_ROWS = 9;

/** The dearest deployments, one by one, and the rest of many as one. */
export interface AllPaidHours {
  readonly rows: readonly PaidHours[];
  readonly rest?: PaidHours;
}

/**
 * The dearest first. Worked number: $6.00 of rent at a utilization of
 * 0.361111 and a busy fraction of 0.541667 are $2.166667 full, $1.083333 under-filled and $2.75
 * idle. What no usage tells is unknown, and no other part.
 */
export function paidHoursOf(audit: Audit): AllPaidHours {
  const rows = dearestFirst(audit)
    .map(rowOf)
    .filter(({ rent }) => rent.num > 0n);
  if (rows.length <= MOST_ROWS + 1) return { rows };
  const rest = rows.slice(MOST_ROWS);
  return { rows: rows.slice(0, MOST_ROWS), rest: together(`${rest.length} others`, rest) };
}

function rowOf(deployment: AuditDeployment): PaidHours {
  const rent = decimal(deployment.spendUsd);
  const full = known(deployment.fullCapacityUsd) ?? ZERO;
  const underfilled = known(deployment.underfilledUsd) ?? ZERO;
  const idle = known(deployment.idleUsd) ?? ZERO;
  return {
    name: shownName(deployment.id),
    rent,
    hours: decimal(deployment.paidReplicaHours),
    parts: { full, underfilled, idle, unknown: subtract(rent, sum([full, underfilled, idle])) },
  };
}

function together(name: string, rows: readonly PaidHours[]): PaidHours {
  const of = (part: Part) => sum(rows.map(({ parts }) => parts[part]));
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

/** 0 to 1. */
export function shareOf({ parts, rent }: PaidHours, part: Part): Exact {
  return isZero(rent) ? ZERO : divide(parts[part], rent);
}
