/** Freezes a report as the next edition of its quarter, unless it is an edition already. */

import type { Edition } from '../domain/edition.ts';
import { Failure } from '../domain/failure.ts';
import { instantText } from '../domain/period.ts';
import type { AuditRecord } from '../ledger/ledger.ts';
import type { Audit } from '../verdict/audit.ts';
import { sidesOf } from '../verdict/auditSides.ts';
import type { JobContext } from './context.ts';
import { correctedBy } from './corrected.ts';
import { type EditionWords, renderAudit } from './rendering.ts';

/** How often another edition may come between before we give up for now. */
const TRIES = 5;

export interface FreezeWish extends Pick<EditionWords, 'late'> {
  /** Any edition of the quarter will do: only where there is none is one made. */
  readonly once?: boolean;
}

/**
 * One audit, one edition: the same run again answers the one there is, and a new one corrects the
 * edition before it.
 * @throws {Failure} `usage` for an audit of less than a whole quarter.
 */
export async function freezeAudit(
  context: JobContext,
  record: AuditRecord,
  { once = false, ...late }: FreezeWish = {},
): Promise<Edition> {
  const quarter = requireWhole(record);
  const { runId } = record;
  const { ledger, clock } = context;
  const choice = once ? { quarter } : { quarter, runId };
  const [frozen] = await ledger.editions(choice);
  if (frozen !== undefined) return frozen;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const words = await nextEdition(context, quarter, record);
    const report = await renderAudit(context, record, { ...words, ...late });
    const wish = { ...report, quarter, runId, number: words.edition };
    const outcome = await ledger.freezeEdition(wish, clock.nowMs());
    if (outcome !== undefined) return outcome.edition;
  }
  throw new Failure(
    'ledger-locked',
    `Cannot freeze an edition of ${quarter}: other editions were frozen at the same time`,
  );
}

/** What the next edition says of itself: its number, and what it corrects. */
export async function nextEdition(
  { ledger }: Pick<JobContext, 'ledger'>,
  quarter: string,
  { auditJson }: Pick<AuditRecord, 'auditJson'>,
): Promise<EditionWords & { readonly edition: number }> {
  const earlier = await ledger.editions({ quarter });
  const edition = (earlier[0]?.number ?? 0) + 1;
  return { edition, ...(await correctedBy(ledger, earlier, JSON.parse(auditJson) as Audit)) };
}

/**
 * The quarter that a record audits whole, and of which it has something to say.
 * @throws {Failure} `usage` for anything less than a quarter, `no-data` for an empty one.
 */
export function requireWhole(record: AuditRecord): string {
  if (record.quarter === undefined || record.partial) throw notWhole(record);
  requireFacts(record);
  return record.quarter;
}

/** @throws {Failure} `no-data` for an audit that knows neither a bill nor usage. */
export function requireFacts({ auditJson, quarter, window }: AuditRecord): void {
  if (sidesOf(JSON.parse(auditJson) as Audit) !== 'none') return;
  const name = quarter ?? `${instantText(window.startMs)} to ${instantText(window.endMs)}`;
  throw new Failure('no-data', emptyText(name), { hint: EMPTY_HINT });
}

export function emptyText(name: string): string {
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
