/** Knows how a quarter walks through: pulls, audit, report, delivery; no failed source stops it. */

import { z } from 'zod';
import { reportDueMs } from '../domain/due.ts';
import { Failure } from '../domain/failure.ts';
import { parseQuarter, quarterPeriod, quarterText } from '../domain/period.ts';
import type { JobContext } from './context.ts';
import { dueRuleOf } from './due.ts';
import { type Figures, one, type Outcome } from './engine.ts';
import type { Answer, Job } from './job.ts';
import { quarterPulls } from './quarterPulls.ts';

const payload = z.strictObject({
  /** `2026-Q3`, or `last`. */
  quarter: z.string().min(1),
  /** Whether the report goes out, or is only made. */
  deliver: z.boolean(),
  /** True for the timetable: nothing is done where the quarter was reported before. */
  once: z.boolean().optional(),
});

export interface QuarterResult {
  readonly quarter: string;
  readonly figures: Figures;
}

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
    if (walked.kind === 'done') {
      const dueAtMs = reportDueMs(quarter, dueRuleOf(config));
      await ledger.markDone({ line: 'quarter', subject: name, dueAtMs }, clock.nowMs());
    }
    return walked;
  },
  figures: ({ quarter, figures }) => ({ ...figures, quarter }),
};

function requireFinished(name: string, endMs: number, nowMs: number): void {
  if (endMs <= nowMs) return;
  throw new Failure('usage', `${name} is not over yet`, {
    expected: 'a quarter that has ended, e.g. "last"',
    hint: `audit what there is of it: rentcheck audit ${name}`,
  });
}

async function isReported({ ledger }: JobContext, name: string): Promise<boolean> {
  const done = await ledger.workDone();
  return done.some(({ line, subject }) => line === 'quarter' && subject === name);
}

interface Walk {
  readonly quarter: string;
  readonly deliver: boolean;
  readonly once: boolean;
}

async function walk(context: JobContext, wish: Walk): Promise<Answer<QuarterResult>> {
  const { engine } = context;
  const { quarter, deliver } = wish;
  const pulls = await engine.all('pulls', await quarterPulls(context, quarter));
  const audit = await one(engine, 'audit', { name: 'audit', payload: { quarter } });
  if (audit.kind === 'failed') return { kind: 'never', reason: `no audit: ${audit.reason}` };
  const report = await one(engine, 'report', reportTask(audit));
  if (report.kind === 'failed') return { kind: 'never', reason: `no report: ${report.reason}` };
  const made = {
    shortfalls: [...pulls.flatMap(shortfallsOf), ...audit.shortfalls, ...report.shortfalls],
    figures: { ...audit.figures, ...report.figures },
  };
  const { edition } = made.figures;
  if (!deliver || typeof edition !== 'string') return finished(quarter, made);
  const sent = await one(engine, 'deliver', { name: 'deliver', payload: { edition } });
  if (sent.kind === 'failed') return { kind: 'never', reason: `not delivered: ${sent.reason}` };
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

function reportTask(audit: Outcome & Done) {
  return { name: 'report', payload: { runId: audit.figures['runId'] } };
}

type Done = { readonly kind: 'done' };
