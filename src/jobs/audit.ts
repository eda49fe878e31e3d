/**
 * Knows how an audit is made: facts gathered, weighed, decided and stored; the same inputs once.
 */

import { z } from 'zod';
import type { StackEconomics } from '../economics/result.ts';
import { weighStack } from '../economics/stack.ts';
import type { AuditRecord, Trouble } from '../ledger/ledger.ts';
import type { Audit } from '../verdict/audit.ts';
import { decide } from '../verdict/decide.ts';
import { type AuditIdentity, auditDocument } from '../verdict/document.ts';
import { auditRows } from '../verdict/rows.ts';
import type { JobContext } from './context.ts';
import { type Gathered, gather } from './gather.ts';
import type { Job } from './job.ts';
import { type AuditedPeriod, auditedPeriod, instantSchema } from './window.ts';

const payload = z.strictObject({
  quarter: z.string().optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  asOf: instantSchema.optional(),
});

export interface AuditResult {
  readonly audit: Audit;
  /** `rentcheck/audit/1` as it is stored, byte for byte. */
  readonly auditJson: string;
  /** False where the same inputs had been audited before. */
  readonly isNew: boolean;
}

const RUN_ID_LENGTH = 16;

/**
 * `audit {quarter, asOf?}`: the run id follows from the inputs, so a repeat finds its own audit.
 */
export const auditJob: Job<z.output<typeof payload>, AuditResult> = {
  name: 'audit',
  payload,
  async run(context, { asOf, ...wish }) {
    const nowMs = context.clock.nowMs();
    const audited = auditedPeriod(wish, nowMs, context.config.fiscal.startMonth);
    const asOfMs = asOf ?? nowMs;
    context.progress('gathering what is known');
    const gathered = await gather({ ...context, audited, asOfMs });
    const record = await weigh(context, { gathered, audited, asOfMs });
    const isNew = await context.ledger.saveAudit(record);
    const stored = isNew ? record : await context.ledger.loadAudit({ runId: record.runId });
    const { auditJson } = stored ?? record;
    const audit = JSON.parse(auditJson) as Audit;
    return { kind: 'done', result: { audit, auditJson, isNew }, shortfalls: shortfalls(audit) };
  },
};

interface Weighing {
  readonly gathered: Gathered;
  readonly audited: AuditedPeriod;
  readonly asOfMs: number;
}

async function weigh(
  context: JobContext,
  { gathered, audited, asOfMs }: Weighing,
): Promise<AuditRecord> {
  const { config, ledger, codeVersion } = context;
  const { window, quarter, partial } = audited;
  const totals = await ledger.statedTotals(window, asOfMs);
  const troubles = await ledger.troubles(window, asOfMs);
  const inputsDigest = context.digest({ ...gathered, policy: config.policy, totals, troubles });
  const identity: AuditIdentity = {
    quarter: quarter ?? null,
    partial,
    asOfMs,
    runId: context
      .digest({ inputsDigest, quarter, window, partial, codeVersion })
      .slice(0, RUN_ID_LENGTH),
    inputsDigest,
    codeVersion,
  };
  context.progress('weighing the options');
  const notes = [...gathered.notes, ...troubles.map(troubleNote)];
  const economics = withNotes(weighStack(gathered.input), notes);
  const verdict = decide(economics, config.policy, totals);
  const { warnings } = gathered;
  const { audit, detail } = auditDocument({ economics, verdict, identity, warnings });
  return {
    runId: identity.runId,
    inputsDigest,
    codeVersion,
    asOfMs,
    partial,
    ...(quarter === undefined ? {} : { quarter }),
    window,
    computedAtMs: context.clock.nowMs(),
    auditJson: JSON.stringify(audit, null, 2),
    detailJson: JSON.stringify(detail),
    ...auditRows(economics, verdict),
  };
}

/** What could not be read is said beside the reasons: it may be what a figure lacks. */
function withNotes(economics: StackEconomics, notes: readonly string[]): StackEconomics {
  return { ...economics, warnings: [...economics.warnings, ...notes] };
}

function troubleNote({ sourceId, kind, what, count, example }: Trouble): string {
  const counted = `${count} ${COUNTED[what]}${count === 1 ? '' : 's'}`;
  return `${sourceId}: ${counted} of ${kind}; the first: ${example}`;
}

const COUNTED: Readonly<Record<Trouble['what'], string>> = {
  rejects: 'rejected row',
  failed: 'failed request',
  unfinished: 'unfinished import',
};

function shortfalls({ stack }: Audit): string[] {
  if (stack.verdict !== 'not enough evidence') return [];
  const [first, ...more] = stack.missing;
  const others = more.length === 0 ? '' : ` (and ${more.length} more, under what is missing)`;
  return [`there is not enough evidence for a verdict: ${first ?? 'see its reasons'}${others}`];
}
