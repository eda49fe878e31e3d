/** Makes an audit from the facts and stores it, once for the same inputs. */

import { z } from 'zod';
import { clockGap } from '../domain/ledgerFaults.ts';
import { clockGapSentence } from '../report/copy/ledgerFindings.ts';
import type { Audit } from '../verdict/audit.ts';
import { billSources } from './completeness.ts';
import { storeConfigRates } from './configRates.ts';
import type { JobWithOutput } from './job.ts';
import { toAuditedPeriod } from '../calendar/quarter.ts';
import { instantSchema, quarterSchema } from './payloadFields.ts';

const payload = z.strictObject({
  quarter: quarterSchema.optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  asOf: instantSchema.optional(),
});

/** What later steps need: the stored audit. */
const output = z.object({ runId: z.string() });

type AuditOutput = z.output<typeof output>;

export interface AuditResult {
  readonly audit: Audit;
  /** `rentcheck/audit/1` as it is stored, byte for byte. */
  readonly auditJson: string;
  /** False if the same inputs were audited before. */
  readonly isNew: boolean;
}

/**
 * `audit {quarter, asOf?}`: the run ID is a digest of the inputs, so a repeat finds the stored
 * audit.
 */
export const auditJob: JobWithOutput<z.output<typeof payload>, AuditResult, AuditOutput> = {
  name: 'audit',
  payload,
  async run(context, { asOf, ...choice }) {
    const nowMs = context.clock.nowMs();
    const audited = toAuditedPeriod(choice, nowMs, context.config.fiscal.startMonth);
    const gap = clockGap(await context.ledger.facts.lastRecordedMs(), nowMs);
    if (asOf === undefined) await context.ledger.facts.closeInterruptedImports();
    if (asOf === undefined) await storeConfigRates(context);
    // A pull may run meanwhile: what it records from here on has a later time.
    const nowKnownMs = await context.ledger.facts.asOfNow(nowMs);
    const asOfMs = asOf ?? nowKnownMs;
    const request = { audited, asOfMs, sources: billSources(context) };
    const made = await context.audits.make(request, (line) => context.progress(line));
    const record = { ...made, computedAtMs: context.clock.nowMs() };
    const isNew = await context.ledger.audits.save(record);
    const stored = isNew ? record : await context.ledger.audits.load({ runId: record.runId });
    const { auditJson } = stored ?? record;
    const audit = JSON.parse(auditJson) as Audit;
    const oddClock = gap === undefined ? [] : [clockGapSentence(gap)];
    return {
      kind: 'done',
      result: { audit, auditJson, isNew },
      shortfalls: [...shortfalls(audit), ...oddClock],
    };
  },
  figures: ({ audit: { runId, quarter, stack, totals }, isNew }) => ({
    runId,
    quarter,
    isNew,
    verdict: stack.verdict,
    savingUsd: stack.savingUsd.base,
    spendUsd: totals.spendUsd,
  }),
  output: { from: ({ audit: { runId } }) => ({ runId }), schema: output },
};

function shortfalls({ stack }: Audit): string[] {
  if (stack.verdict !== 'not enough evidence') return [];
  const [first, ...more] = stack.missing;
  const others = more.length === 0 ? '' : ` (${more.length} more are listed under what is missing)`;
  return [`Not enough evidence for a verdict: ${first ?? 'see its reasons'}${others}`];
}
