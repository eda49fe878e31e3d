/** Reads figures from a stored audit. What an older version did not write is unknown. */

import { type Exact, exact, parseExact } from '../../domain/exact.ts';
import { type Period, parseInstant } from '../../domain/period.ts';
import { CHOICES, type Choice } from '../../economics/offer.ts';
import type { Audit } from '../audit.ts';
import type { AuditDeployment, AuditOption } from '../auditDeployment.ts';

/** A printed figure. `undefined` if it is null or absent. */
export function parseFigure(text: string | null | undefined): Exact | undefined {
  return text === null || text === undefined ? undefined : parseExact(text);
}

export function parseWindow({ window }: Audit): Period | undefined {
  const [startMs, endMs] = [parseInstant(window.start), parseInstant(window.end)];
  return startMs === undefined || endMs === undefined ? undefined : { startMs, endMs };
}

/** The option that a verdict advises. `undefined` if it advises no change. */
export function storedAdvice({ verdict }: AuditDeployment): Choice | undefined {
  return CHOICES.find((choice) => choice !== 'keep' && choice === verdict);
}

export function findStoredOption(
  { options }: AuditDeployment,
  choice: Choice,
): AuditOption | undefined {
  return options.find(({ option }) => option === choice);
}

const NS_IN_HOUR = 3_600_000_000_000n;

export function paidHours(paidNs: bigint): Exact {
  return exact(paidNs, NS_IN_HOUR);
}
