/** Corrects a quarter that was reported, if its facts changed enough to matter. */

import { reportJob } from './report.ts';
import { auditJob } from './audit.ts';
import { z } from 'zod';
import { Failure } from '../domain/failure.ts';
import { parseQuarter, quarterText } from '../calendar/quarter.ts';
import type { Audit } from '../verdict/audit.ts';
import { hasLostSide } from '../verdict/comparedSides.ts';
import {
  type Job,
  type JobContext,
  type JobFigures,
  type JobResult,
  runForOutput,
  runTask,
} from './job.ts';
import { findCorrectedEditions, findMaterialMoves, hasMaterialChange } from './editionNews.ts';
import { isReported } from './reportStatus.ts';
import { toSchedule } from '../calendar/schedule.ts';
import { quarterSchema } from './payloadFields.ts';
import { decimal, toDecimal } from '../domain/exact.ts';
import type { MaterialChange } from '../verdict/materialChanges.ts';

const payload = z.strictObject({ quarter: quarterSchema });

export interface CorrectResult {
  readonly quarter: string;
  /** What changed, or why nothing was done. */
  readonly why: string;
  readonly figures: JobFigures;
}

/**
 * `correct {quarter}`: audits a reported quarter again. If the changes matter, it freezes the next
 * edition, and delivers it with `report.corrections: auto`. Earlier editions never change.
 */
export const correctJob: Job<z.output<typeof payload>, CorrectResult> = {
  name: 'correct',
  payload,
  async run(context, { quarter: requested }) {
    const { clock, config } = context;
    const parsed = parseQuarter(requested, clock.nowMs(), config.fiscal.startMonth);
    const quarter = quarterText(parsed);
    const [reported] = await context.ledger.deliveries.editions({ quarter });
    if (reported === undefined || !(await isReported(context, quarter))) {
      return noCorrection(quarter, 'The quarter has not been reported yet');
    }
    const task = { job: auditJob, payload: { quarter } };
    const audit = await runForOutput(context.engine, 'audit', task);
    if (audit.kind === 'failed')
      return { kind: 'never', reason: `The audit failed: ${audit.reason}` };
    return correct(context, { quarter, runId: audit.output.runId });
  },
  figures: ({ quarter, why, figures }) => ({ ...figures, quarter, why }),
};

function noCorrection(quarter: string, why: string): JobResult<CorrectResult> {
  return { kind: 'done', result: { quarter, why, figures: {} }, shortfalls: [] };
}

interface QuarterAudit {
  readonly quarter: string;
  readonly runId: string;
}

async function correct(
  context: JobContext,
  quarterAudit: QuarterAudit,
): Promise<JobResult<CorrectResult>> {
  const { ledger, engine, config } = context;
  const { quarter, runId } = quarterAudit;
  const editions = await ledger.deliveries.editions({ quarter });
  const known = editions.find((edition) => edition.runId === runId);
  if (known !== undefined && !(await engine.hasStarted('report'))) return unsent(context, known);
  // The job may start again after the report was made, so the new edition itself is excluded.
  const earlier = editions.filter((edition) => edition.runId !== runId);
  const after = await auditOf(context, runId);
  const { [0]: base } = earlier;
  const before = base === undefined ? undefined : await auditOf(context, base.runId);
  if (before !== undefined && hasLostSide(before, after)) return withoutSide(quarter);
  const corrected = await findCorrectedEditions(ledger, earlier, after);
  const moves = findMaterialMoves(after, corrected, config.policy.minSavingUsd);
  if (moves.length === 0) return noCorrection(quarter, 'The changes are too small to report');
  const task = { job: reportJob, payload: { runId, freeze: true } };
  const report = await runForOutput(engine, 'report', task);
  if (report.kind === 'failed')
    return { kind: 'never', reason: `The report failed: ${report.reason}` };
  const made = {
    quarter,
    edition: report.output.edition,
    why: moves.map(renderMove).join('; '),
    figures: report.figures,
  };
  return deliverCorrection(context, made, report.shortfalls);
}

/** An audit that lost all bills or all usage corrects nothing; the earlier edition stays valid. */
function withoutSide(quarter: string): JobResult<CorrectResult> {
  const why = 'the newest audit lacks the bills or the usage of every deployment';
  const shortfall = `${quarter} was not corrected: ${why}. Pull or import them.`;
  return { kind: 'done', result: { quarter, why, figures: {} }, shortfalls: [shortfall] };
}

/** Handles an edition that was frozen but not sent, after a crash or with `corrections: ask`. */
async function unsent(
  context: JobContext,
  { id, quarter }: { readonly id: string; readonly quarter: string },
): Promise<JobResult<CorrectResult>> {
  const planned = await context.ledger.deliveries.list({ edition: id });
  if (planned.length > 0) return noCorrection(quarter, 'Nothing changed');
  const { letters } = await context.ledger.deliveries.editionContent(id);
  if (!letters.some(hasMaterialChange))
    return noCorrection(quarter, 'The edition has no news for any recipient');
  const made = {
    quarter,
    edition: id,
    why: 'The edition was made earlier and not sent',
    figures: { edition: id },
  };
  return deliverCorrection(context, made, []);
}

async function deliverCorrection(
  context: JobContext,
  { edition, ...made }: CorrectResult & { readonly edition: string },
  shortfalls: readonly string[],
): Promise<JobResult<CorrectResult>> {
  const { corrections, deliver } = toSchedule(context);
  if (!deliver) return { kind: 'done', result: made, shortfalls };
  if (corrections !== 'auto') {
    const ask = `${edition} is ready. To send it: rentcheck send ${made.quarter} (${made.why})`;
    return { kind: 'done', result: made, shortfalls: [...shortfalls, ask] };
  }
  const sent = await runTask(context.engine, 'deliver', { name: 'deliver', payload: { edition } });
  if (sent.kind === 'failed')
    return { kind: 'never', reason: `The delivery failed: ${sent.reason}` };
  const result = { ...made, figures: { ...made.figures, ...sent.figures } };
  return { kind: 'done', result, shortfalls: [...shortfalls, ...sent.shortfalls] };
}

/**
 * Loads an audit.
 * @throws {Failure} `no-data` if the run does not exist.
 */
async function auditOf({ ledger }: JobContext, runId: string): Promise<Audit> {
  const record = await ledger.audits.load({ runId });
  if (record === undefined) throw new Failure('no-data', `No stored audit has the run ID ${runId}`);
  return JSON.parse(record.auditJson) as Audit;
}

/** `whole stack: verdict from "keep" to "delete"`, `chat: spend from $10,000.00 to $14,000.00`. */
export function renderMove({ what, deployment, was, is }: MaterialChange): string {
  if (what === 'decision') {
    const [old, now] = [was, is].map((verdict) => verdict ?? 'not audited');
    return `${deployment ?? 'whole stack'}: verdict from "${old}" to "${now}"`;
  }
  const whose = deployment === undefined ? '' : `${deployment}: `;
  const unit = what === 'price' ? ' per Mtok' : '';
  return `${whose}${what} from ${amountText(was, unit)} to ${amountText(is, unit)}`;
}

function amountText(text: string | null, unit: string): string {
  if (text === null) return 'unknown';
  return `$${toDecimal(decimal(text), unit === '' ? 2 : 4)}${unit}`;
}
