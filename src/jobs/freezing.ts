/** Freezes a report as the next edition of its quarter, unless it is an edition already. */

import type { Edition } from '../domain/edition.ts';
import { Failure } from '../domain/failure.ts';
import { instantText } from '../domain/period.ts';
import type { AuditRecord } from '../ledger/ledger.ts';
import type { Audit } from '../verdict/audit.ts';
import { findComparedSides } from '../verdict/auditSides.ts';
import type { JobContext } from './context.ts';
import { findCorrectedEditions } from './corrected.ts';
import { type EditionTerms, renderAudit } from './rendering.ts';

/** Attempts before giving up while other editions are frozen at the same time. */
const MAX_ATTEMPTS = 5;

export interface FreezeOptions extends Pick<EditionTerms, 'late'> {
  /** True to use any edition of the quarter, and to freeze one only if there is none. */
  readonly once?: boolean;
}

/**
 * Each audit has one edition. The same run returns the existing one; a new run corrects the edition
 * before it.
 * @throws {Failure} `usage` for an audit of less than a whole quarter.
 */
export async function freezeAudit(
  context: JobContext,
  record: AuditRecord,
  { once = false, ...late }: FreezeOptions = {},
): Promise<Edition> {
  const quarter = requireWholeQuarter(record);
  const { runId } = record;
  const { ledger, clock } = context;
  const choice = once ? { quarter } : { quarter, runId };
  const [frozen] = await ledger.editions(choice);
  if (frozen !== undefined) return frozen;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const terms = await nextEdition(context, quarter, record);
    const report = await renderAudit(context, record, { ...terms, ...late });
    const request = { ...report, quarter, runId, number: terms.edition };
    const outcome = await ledger.freezeEdition(request, clock.nowMs());
    if (outcome !== undefined) return outcome.edition;
  }
  throw new Failure(
    'ledger-locked',
    `Cannot freeze an edition of ${quarter}: other editions were frozen at the same time`,
  );
}

/** Returns the number of the next edition and the editions that it corrects. */
export async function nextEdition(
  { ledger }: Pick<JobContext, 'ledger'>,
  quarter: string,
  { auditJson }: Pick<AuditRecord, 'auditJson'>,
): Promise<EditionTerms & { readonly edition: number }> {
  const earlier = await ledger.editions({ quarter });
  const edition = (earlier[0]?.number ?? 0) + 1;
  return {
    edition,
    ...(await findCorrectedEditions(ledger, earlier, JSON.parse(auditJson) as Audit)),
  };
}

/**
 * Returns the quarter of an audit that covers it completely and has facts.
 * @throws {Failure} `usage` for a shorter period, `no-data` without facts.
 */
export function requireWholeQuarter(record: AuditRecord): string {
  if (record.quarter === undefined || record.partial) throw notWhole(record);
  requireFacts(record);
  return record.quarter;
}

/** @throws {Failure} `no-data` for an audit with neither bills nor usage. */
export function requireFacts({ auditJson, quarter, window }: AuditRecord): void {
  if (findComparedSides(JSON.parse(auditJson) as Audit) !== 'none') return;
  const name = quarter ?? `${instantText(window.startMs)} to ${instantText(window.endMs)}`;
  throw new Failure('no-data', noFactsText(name), { hint: EMPTY_HINT });
}

export function noFactsText(name: string): string {
  return `The audit of ${name} contains no bills and no usage, so there is nothing to report`;
}

const EMPTY_HINT = 'pull or import the bills and the usage of that period, then audit it again';

function notWhole({ quarter, runId, partial }: AuditRecord): Failure {
  const what = quarter === undefined ? 'a custom period' : `part of ${quarter}`;
  return new Failure('usage', `Cannot send run ${runId}: it audits only ${what}`, {
    expected: 'an audit of a whole quarter that has ended',
    hint:
      partial && quarter !== undefined
        ? `after the end of the quarter, run: rentcheck audit ${quarter}`
        : 'name a quarter, e.g. rentcheck send 2026-Q3',
  });
}
