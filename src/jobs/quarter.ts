/** Runs a quarter: pulls, audit, report, delivery. A source that fails does not stop it. */

import { reportJob } from './report.ts';
import { auditJob } from './audit.ts';
import { z } from 'zod';
import { reportDueMs, toDueRule, findLateDueMs } from '../calendar/reportDue.ts';
import { Failure } from '../domain/failure.ts';
import { instantText } from '../domain/period.ts';
import { parseQuarter, quarterPeriod, quarterText } from '../calendar/quarter.ts';
import type { Audit } from '../verdict/audit.ts';
import { findComparedSides } from '../verdict/comparedSides.ts';
import {
  type Job,
  type JobContext,
  type JobFigures,
  type JobResult,
  runForOutput,
  runTask,
  type Task,
  type TaskOutcome,
} from './job.ts';
import { toSchedule } from '../calendar/schedule.ts';
import { noFactsText } from './editions.ts';
import { isReported } from './reportStatus.ts';
import { quarterSchema } from './payloadFields.ts';
import { type PlannedPull, quarterPulls } from '../calendar/backlog.ts';

const payload = z.strictObject({
  /** `2026-Q3`, or `last`. */
  quarter: quarterSchema,
  /** True to send the report, false to only make it. */
  deliver: z.boolean(),
  /** True for scheduled runs: does nothing if the quarter was reported before. */
  once: z.boolean().optional(),
});

export interface QuarterResult {
  readonly quarter: string;
  /** The edition that was made, or found from an earlier run. */
  readonly edition?: string;
  readonly figures: JobFigures;
}

/** `quarter {quarter, deliver, once?}`: a repeat finds its audit, edition and deliveries. */
export const quarterJob: Job<z.output<typeof payload>, QuarterResult> = {
  name: 'quarter',
  payload,
  async run(context, { quarter: requested, deliver, once = false }) {
    const { clock, config, ledger } = context;
    const quarter = parseQuarter(requested, clock.nowMs(), config.fiscal.startMonth);
    const name = quarterText(quarter);
    requireFinished(name, quarterPeriod(quarter, config.fiscal.startMonth).endMs, clock.nowMs());
    if (once && (await isReported(context, name))) {
      const result = { quarter: name, figures: { known: true } };
      return { kind: 'done', result, shortfalls: [] };
    }
    const answer = await runSteps(context, { quarter: name, deliver, once });
    // After a manual run that sends nothing, the schedule still has to deliver. Without an edition,
    // it still has to do everything, once there are facts.
    const isMade = answer.kind === 'done' && answer.result.edition !== undefined;
    if (isMade && (deliver || !toSchedule(context).deliver)) {
      const dueAtMs = reportDueMs(quarter, toDueRule(config));
      await ledger.work.markDone({ line: 'quarter', subject: name, dueAtMs }, clock.nowMs());
    }
    return answer;
  },
  figures: ({ quarter, figures }) => ({ ...figures, quarter }),
};

function requireFinished(name: string, endMs: number, nowMs: number): void {
  if (endMs <= nowMs) return;
  throw new Failure('usage', `${name} has not ended yet`, {
    expected: 'a quarter that has ended, e.g. "last"',
    hint: `audit the part so far: rentcheck audit ${name}`,
  });
}

interface QuarterRun {
  readonly quarter: string;
  readonly deliver: boolean;
  readonly once: boolean;
}

async function runSteps(
  context: JobContext,
  request: QuarterRun,
): Promise<JobResult<QuarterResult>> {
  const { engine } = context;
  const { quarter } = request;
  const frozenEarlier = await frozenBefore(context, request, 'audit');
  if (frozenEarlier !== undefined)
    return deliverEdition(context, request, foundEdition(frozenEarlier));
  const pulls = await engine.runAll('pulls', await planQuarterPulls(context, quarter));
  const audit = await runForOutput(engine, 'audit', { job: auditJob, payload: { quarter } });
  if (audit.kind === 'failed')
    return { kind: 'never', reason: `The audit failed: ${audit.reason}` };
  const { runId } = audit.output;
  if (await isEmpty(context, runId)) {
    const shortfalls = [
      ...pulls.flatMap(shortfallsOf),
      `${noFactsText(quarter)}. No edition was made.`,
    ];
    return finished(quarter, { shortfalls, figures: audit.figures });
  }
  const frozenMeanwhile = await frozenBefore(context, request, 'report');
  if (frozenMeanwhile !== undefined) {
    return deliverEdition(context, request, foundEdition(frozenMeanwhile));
  }
  const reportPayload = toReportPayload(context, request, runId);
  const report = await runForOutput(engine, 'report', { job: reportJob, payload: reportPayload });
  if (report.kind === 'failed')
    return { kind: 'never', reason: `The report failed: ${report.reason}` };
  return deliverEdition(context, request, {
    edition: report.output.edition,
    shortfalls: [...pulls.flatMap(shortfallsOf), ...audit.shortfalls, ...report.shortfalls],
    figures: { ...audit.figures, ...report.figures },
  });
}

/** True for an audit with neither bills nor usage: it makes no report, and corrects none. */
async function isEmpty({ ledger }: JobContext, runId: string): Promise<boolean> {
  const record = await ledger.audits.load({ runId });
  return (
    record !== undefined && findComparedSides(JSON.parse(record.auditJson) as Audit) === 'none'
  );
}

async function deliverEdition(
  { engine }: JobContext,
  { quarter, deliver }: QuarterRun,
  made: MadeEdition,
): Promise<JobResult<QuarterResult>> {
  if (!deliver) return finished(quarter, made);
  const payload = { edition: made.edition };
  const sent = await runTask(engine, 'deliver', { name: 'deliver', payload });
  if (sent.kind === 'failed')
    return { kind: 'never', reason: `The delivery failed: ${sent.reason}` };
  return finished(quarter, {
    ...made,
    shortfalls: [...made.shortfalls, ...sent.shortfalls],
    figures: { ...made.figures, ...sent.figures },
  });
}

interface Made {
  readonly edition?: string;
  readonly shortfalls: readonly string[];
  readonly figures: JobFigures;
}

type MadeEdition = Made & { readonly edition: string };

function foundEdition(edition: string): MadeEdition {
  return { edition, shortfalls: [], figures: { edition } };
}

function finished(quarter: string, { shortfalls, ...made }: Made): JobResult<QuarterResult> {
  return { kind: 'done', result: { quarter, ...made }, shortfalls };
}

/** A source that could not be pulled is named as missing; the report is still made. */
function shortfallsOf(outcome: TaskOutcome): readonly string[] {
  return outcome.kind === 'done' ? outcome.shortfalls : [`${outcome.task.key}: ${outcome.reason}`];
}

/** The payload that freezes the report as an edition; a late one states its due time. */
function toReportPayload({ clock, config }: JobContext, request: QuarterRun, runId: string) {
  const { quarter, once } = request;
  const startMonth = config.fiscal.startMonth;
  const parsed = parseQuarter(quarter, clock.nowMs(), startMonth);
  const dueMs = findLateDueMs(parsed, toDueRule(config), clock.nowMs());
  const late = dueMs === undefined ? {} : { due: instantText(dueMs) };
  // Another run of the same quarter may be at this very step.
  const just = once ? { once } : {};
  return { runId, freeze: true, ...just, ...late };
}

/**
 * Returns the edition that an earlier run froze before this run came to the step. A lost queue or a
 * failed delivery lies in between. That edition is sent: a newer audit would correct a report that
 * no one has read.
 */
async function frozenBefore(
  { engine, ledger }: JobContext,
  { quarter, once }: QuarterRun,
  step: string,
): Promise<string | undefined> {
  if (!once || (await engine.hasStarted(step))) return undefined;
  const [newest] = await ledger.deliveries.editions({ quarter });
  return newest?.id;
}

export async function planQuarterPulls(context: JobContext, quarter: string): Promise<Task[]> {
  const { clock, config, ledger } = context;
  const startMonth = config.fiscal.startMonth;
  const window = quarterPeriod(parseQuarter(quarter, clock.nowMs(), startMonth), startMonth);
  const { sources } = toSchedule(context);
  return quarterPulls(window, sources, await ledger.work.pulledWindows()).map(pullTask);
}

function pullTask({ source, facts, window }: PlannedPull): Task {
  const from = instantText(window.startMs);
  const to = instantText(window.endMs);
  // Gaps are filled from their start: a key with the end of the gap stays the same meanwhile.
  return {
    key: `${source}/${facts.join('+')}/${to}`,
    name: 'pull',
    payload: { source, from, to, facts },
  };
}
