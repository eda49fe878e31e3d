/**
 * A stage for the steps of a quarter: a real ledger, sources in name only, and parts that record
 * their calls.
 */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { JobContext, JobResult } from '../../src/jobs/job.ts';
import { quarterJob } from '../../src/jobs/quarter.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import type { RunnableJob } from '../../src/schedule/inline.ts';
import { loadConfigText } from '../config/configFile.ts';

export type PartDouble = (
  payload: Readonly<Record<string, unknown>>,
) => JobResult | Promise<JobResult>;
export type StageContext = Omit<JobContext, 'engine'>;

export interface QuarterStage {
  readonly context: StageContext;
  /** The real `quarter`, with test doubles for its parts. */
  readonly jobs: readonly RunnableJob<StageContext>[];
  /** Each part that ran, in order: its name, and its source. */
  readonly ran: string[];
  readonly payloads: Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

const CONFIG = `
report: { from: a@example.com, to: [b@example.com], timeZone: Europe/Paris }
smtp: { url: "smtp://127.0.0.1" }
`;

/** The default answer of each part. */
const PLAYS: Readonly<Record<string, PartDouble>> = {
  pull: () => ({ kind: 'done', result: { added: 3 }, shortfalls: [] }),
  audit: () => ({ kind: 'done', result: { runId: 'run-1', verdict: 'keep' }, shortfalls: [] }),
  report: () => ({ kind: 'done', result: { edition: '2026-Q3.1' }, shortfalls: [] }),
  deliver: () => ({ kind: 'done', result: { sent: 2 }, shortfalls: [] }),
};

/** The parts whose output the quarter reads. */
const OUTPUTS = ['audit', 'report'];

export async function quarterStage(
  now: string,
  plays: Readonly<Record<string, PartDouble>> = {},
  folder = mkdtempSync(join(tmpdir(), 'rentcheck-')),
): Promise<QuarterStage> {
  const clock = settableClock(Date.parse(now));
  const config = await loadConfigText(CONFIG);
  const ledger = await openLedger(join(folder, 'stage.db'), { clock });
  const sources = new Map([
    ['pods', { id: 'pods', provides: ['charges', 'inventory'] }],
    ['prom', { id: 'prom', provides: ['usage'] }],
  ]);
  const ran: string[] = [];
  const payloads: Readonly<Record<string, unknown>>[] = [];
  const part = (name: string): RunnableJob<StageContext> => ({
    name,
    payload: z.record(z.string(), z.unknown()),
    async run(context, payload) {
      const given = payload as Readonly<Record<string, unknown>>;
      ran.push(name === 'pull' ? `pull ${String(given['source'])}` : name);
      payloads.push(given);
      context.progress(`${name} at work`);
      const play = plays[name] ?? PLAYS[name];
      return play === undefined ? { kind: 'never', reason: 'nobody plays it' } : play(given);
    },
    figures: (result) => result as Record<string, string>,
    ...(OUTPUTS.includes(name) ? { output: { from: (result: unknown) => result } } : {}),
  });
  const context = { config, ledger, sources, clock, progress: () => undefined };
  return {
    // Members that `quarter` does not use are missing.
    context: context as unknown as StageContext,
    jobs: [quarterJob, ...Object.keys(PLAYS).map(part)],
    ran,
    payloads,
    close: () => ledger.close(),
  };
}
