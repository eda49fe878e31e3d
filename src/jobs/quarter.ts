/** Runs a quarter: pulls, audit, report, delivery. A source that fails does not stop it. */

import { z } from 'zod';
import { reportDueMs } from '../domain/due.ts';
import { Failure } from '../domain/failure.ts';
import {
  HOUR_MS,
  instantText,
  parseQuarter,
  quarterPeriod,
  quarterText,
} from '../domain/period.ts';
import type { Audit } from '../verdict/audit.ts';
import { sidesOf } from '../verdict/auditSides.ts';
import type { JobContext } from './context.ts';
import { dueRuleOf } from './due.ts';
import { type Figures, one, type Outcome } from './engine.ts';
import { emptyText } from './freezing.ts';
import type { Answer, Job } from './job.ts';
import { quarterPulls } from './quarterPulls.ts';
import { isReported } from './reported.ts';
import { rhythmOf } from './rhythm.ts';
import { quarterSchema } from './window.ts';

const payload = z.strictObject({
  /** `2026-Q3`, or `last`. */
  quarter: quarterSchema,
  /** Whether the report goes out, or is only made. */
  deliver: z.boolean(),
  /** True for the timetable: nothing is done where the quarter was reported before. */
  once: z.boolean().optional(),
});

export interface QuarterResult {
  readonly quarter: string;
  readonly figures: Figures;
}

/** A report made so long after its hour is late, and says so. */
const LATE_AFTER_MS = 2 * HOUR_MS;

/** `quarter {quarter, deliver, once?}`: repeated, it finds its audit, edition and deliveries. */
export const quarterJob: Job<z.output<typeof payload>, QuarterResult> = {
  name: 'quarter',
  payload,
  async run(context, { quarter: asked, deliver, once = false }) {
    const { clock, config, ledger } = context;
    const quarter = parseQuarter(asked, clock.nowMs(), config.fiscal.startMonth);
    const name = quarterText(quarter);
    requireFinished(name, quarterPeriod(quarter, config.fiscal.startMonth).endMs, clock.nowMs());
    if (once && (await isReported(context, name))) {
      const result = { quarter: name, figures: { known: true } };
      return { kind: 'done', result, shortfalls: [] };
    }
    const walked = await walk(context, { quarter: name, deliver, once });
    // Made by hand and not sent: the timetable still owes its delivery. Without an edition it owes
    // all of it, once there are facts.
    const isMade = walked.kind === 'done' && walked.result.figures['edition'] !== undefined;
    if (isMade && (deliver || !rhythmOf(context).deliver)) {
      const dueAtMs = reportDueMs(quarter, dueRuleOf(config));
      await ledger.markDone({ line: 'quarter', subject: name, dueAtMs }, clock.nowMs());
    }
    return walked;
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

interface Walk {
  readonly quarter: string;
  readonly deliver: boolean;
  readonly once: boolean;
}

async function walk(context: JobContext, wish: Walk): Promise<Answer<QuarterResult>> {
  const { engine } = context;
  const { quarter } = wish;
  const known = await frozenBefore(context, wish, 'audit');
  if (known !== undefined) return handOut(context, wish, { shortfalls: [], figures: known });
  const pulls = await engine.all('pulls', await quarterPulls(context, quarter));
  const audit = await one(engine, 'audit', { name: 'audit', payload: { quarter } });
  if (audit.kind === 'failed')
    return { kind: 'never', reason: `The audit failed: ${audit.reason}` };
  if (await isEmpty(context, audit)) {
    const shortfalls = [
      ...pulls.flatMap(shortfallsOf),
      `${emptyText(quarter)}. No edition was made.`,
    ];
    return finished(quarter, { shortfalls, figures: audit.figures });
  }
  const meanwhile = await frozenBefore(context, wish, 'report');
  if (meanwhile !== undefined) {
    return handOut(context, wish, { shortfalls: [], figures: meanwhile });
  }
  const report = await one(engine, 'report', reportTask(context, wish, audit));
  if (report.kind === 'failed')
    return { kind: 'never', reason: `The report failed: ${report.reason}` };
  return handOut(context, wish, {
    shortfalls: [...pulls.flatMap(shortfallsOf), ...audit.shortfalls, ...report.shortfalls],
    figures: { ...audit.figures, ...report.figures },
  });
}

/** True for an audit of neither a bill nor usage: it is no report, and corrects none. */
async function isEmpty({ ledger }: JobContext, audit: Outcome & Done): Promise<boolean> {
  const record = await ledger.loadAudit({ runId: String(audit.figures['runId']) });
  return record !== undefined && sidesOf(JSON.parse(record.auditJson) as Audit) === 'none';
}

async function handOut(
  { engine }: JobContext,
  { quarter, deliver }: Walk,
  made: Made,
): Promise<Answer<QuarterResult>> {
  if (!deliver) return finished(quarter, made);
  const payload = { edition: made.figures['edition'] };
  const sent = await one(engine, 'deliver', { name: 'deliver', payload });
  if (sent.kind === 'failed')
    return { kind: 'never', reason: `The delivery failed: ${sent.reason}` };
  return finished(quarter, {
    shortfalls: [...made.shortfalls, ...sent.shortfalls],
    figures: { ...made.figures, ...sent.figures },
  });
}

interface Made {
  readonly shortfalls: readonly string[];
  readonly figures: Figures;
}

function finished(quarter: string, { shortfalls, figures }: Made): Answer<QuarterResult> {
  return { kind: 'done', result: { quarter, figures }, shortfalls };
}

/** A source that could not be asked is missing from the report, and no reason not to make it. */
function shortfallsOf(outcome: Outcome): readonly string[] {
  return outcome.kind === 'done' ? outcome.shortfalls : [`${outcome.task.key}: ${outcome.reason}`];
}

/** Frozen as an edition; one that is late says when it was due. */
function reportTask({ clock, config }: JobContext, wish: Walk, audit: Outcome & Done) {
  const { quarter, once } = wish;
  const startMonth = config.fiscal.startMonth;
  const dueMs = reportDueMs(parseQuarter(quarter, clock.nowMs(), startMonth), dueRuleOf(config));
  const late = clock.nowMs() - dueMs > LATE_AFTER_MS ? { due: instantText(dueMs) } : {};
  // Another try of the same quarter may be at this very step.
  const just = once ? { once } : {};
  const payload = { runId: audit.figures['runId'], freeze: true, ...just, ...late };
  return { name: 'report', payload };
}

/**
 * The edition that another try has frozen before this one came to the step: a queue that was lost,
 * or a delivery that failed, lies in between. It is what goes out; a newer audit would correct what
 * nobody has read.
 */
async function frozenBefore(
  { engine, ledger }: JobContext,
  { quarter, once }: Walk,
  step: string,
): Promise<Figures | undefined> {
  if (!once || (await engine.begun(step))) return undefined;
  const [newest] = await ledger.editions({ quarter });
  return newest === undefined ? undefined : { edition: newest.id };
}

type Done = { readonly kind: 'done' };
