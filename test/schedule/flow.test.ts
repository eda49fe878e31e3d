/**
 * A quarter on a real queue: each part runs once, and a failed source stops none, whatever is
 * repeated or killed.
 */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type JobEngine, type JobResult, UNREADABLE_RESULT } from '../../src/jobs/job.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog, type Log } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { createInlineEngine, runJobInline, type RunnableJob } from '../../src/schedule/inline.ts';
import { openQueue } from '../../src/schedule/queue.ts';
import { startWorker } from '../../src/schedule/worker.ts';
import { LIMIT_MS } from '../support/timeouts.ts';
import {
  type PartDouble,
  type QuarterStage,
  quarterStage,
  type StageContext,
} from '../support/quarterStage.ts';
import { queueStage } from '../support/queueStage.ts';

const on = queueStage();
const { open } = on;
const log: Log = createLog({
  level: 'silent',
  clock: systemClock,
  redactor: createRedactor([]),
});

const ON_TIME = '2026-10-07T05:00:00Z';
const PAYLOAD = { quarter: '2026-Q3', deliver: true };

async function stageOf(now: string, plays: Readonly<Record<string, PartDouble>> = {}) {
  const stage = await quarterStage(now, plays);
  open.push(stage);
  return stage;
}

async function workOn({ context, jobs }: QuarterStage) {
  const { place } = on;
  const worker = await startWorker({
    place,
    jobs,
    context,
    clock: systemClock,
    log,
    timetable: [],
  });
  open.push(worker);
  return worker;
}

/** Adds the quarter under an id and waits for its end. */
async function walked(id = 'q', payload: object = PAYLOAD) {
  const job = await on.bullQueue.add('quarter', payload, { jobId: id });
  await job.waitUntilFinished(on.events, LIMIT_MS).catch(() => undefined);
  const ended = await on.bullQueue.getJob(id);
  if (ended === undefined) throw new Error('the job is gone');
  return ended;
}

const done = (result: unknown): JobResult => ({ kind: 'done', result, shortfalls: [] });

type Part = RunnableJob<StageContext>;

/** Versions before outputs stored only figures. */
function withoutOutput(part: Part): Part {
  const members = Object.entries(part).filter(([member]) => member !== 'output');
  return Object.fromEntries(members) as unknown as Part;
}

function withAuditOutput(output: NonNullable<Part['output']>) {
  return (part: Part): Part => (part.name === 'audit' ? { ...part, output } : part);
}

describe('a quarter on the queue', () => {
  it('is pulled, audited, reported and delivered, in this order, each once', async () => {
    const stage = await stageOf(ON_TIME);
    await workOn(stage);
    const job = await walked();
    expect(await job.getState()).toBe('completed');
    expect(stage.ran.slice(0, 2).sort()).toEqual(['pull pods', 'pull prom']);
    expect(stage.ran.slice(2)).toEqual(['audit', 'report', 'deliver']);
    expect(job.returnvalue).toEqual({
      shortfalls: [],
      figures: {
        quarter: '2026-Q3',
        runId: 'run-1',
        verdict: 'keep',
        edition: '2026-Q3.1',
        sent: 2,
      },
    });
    const known = await stage.context.ledger.work.done();
    expect(known).toMatchObject([
      { line: 'quarter', subject: '2026-Q3', dueAtMs: Date.parse(ON_TIME) },
    ]);
  });

  it('passes the run of the audit to the report, and the edition to the delivery', async () => {
    const stage = await stageOf(ON_TIME);
    await workOn(stage);
    await walked();
    expect(stage.payloads.slice(2)).toEqual([
      { quarter: '2026-Q3' },
      { runId: 'run-1', freeze: true },
      { edition: '2026-Q3.1' },
    ]);
  });

  it('continues without a source that failed, and names it', async () => {
    const stage = await stageOf(ON_TIME, {
      pull: ({ source }) =>
        source === 'pods' ? { kind: 'never', reason: 'the key has expired [auth]' } : done({}),
    });
    await workOn(stage);
    const job = await walked();
    expect(stage.ran.slice(2)).toEqual(['audit', 'report', 'deliver']);
    expect(job.returnvalue.shortfalls).toEqual([
      'pods/charges/2026-10-01T00:00:00Z: the key has expired [auth]',
    ]);
  });

  it('waits for a source that is retried, before the audit', async () => {
    let tries = 0;
    const stage = await stageOf(ON_TIME, {
      pull({ source }) {
        if (source === 'prom' && ++tries < 3) {
          return { kind: 'retry', reason: 'busy', afterMs: 20 };
        }
        return done({});
      },
    });
    await workOn(stage);
    await walked();
    expect(tries).toBe(3);
    expect(stage.ran.indexOf('audit')).toBe(stage.ran.lastIndexOf('pull prom') + 1);
  });

  it('awaits a deferred part without occupying a worker', async () => {
    const atMs = systemClock.nowMs() + 3_600_000;
    const stage = await stageOf(ON_TIME, {
      pull: () => ({ kind: 'later', reason: 'not settled yet', atMs }),
    });
    await workOn(stage);
    const queue = openQueue({ place: on.place, jobs: stage.jobs, log });
    open.push(queue);
    await on.bullQueue.add('quarter', PAYLOAD, { jobId: 'q' });
    const counts = { waiting: 0, awaiting: 1, running: 0, delayed: 2, failed: 0, done: 0 };
    await expect.poll(() => queue.counts()).toEqual(counts);
    expect(await queue.state('q')).toMatchObject({ state: 'awaiting' });
    expect(await queue.list(['awaiting'], 9)).toMatchObject([{ id: 'q', state: 'awaiting' }]);
  });

  it('does not confuse a step with a source of the same name', async () => {
    const begun: unknown[] = [];
    const stage = await stageOf(ON_TIME);
    const step: RunnableJob<StageContext & { engine: JobEngine }> = {
      name: 'step',
      payload: z.strictObject({}),
      async run({ engine }) {
        const task = { key: 'audit/charges', name: 'pull', payload: { source: 'audit' } };
        await engine.runAll('pulls', [task]);
        begun.push(await engine.hasStarted('pulls'), await engine.hasStarted('audit'));
        return done({});
      },
    };
    const jobs = [...stage.jobs, step as RunnableJob<StageContext>];
    await workOn({ ...stage, jobs });
    const job = await on.bullQueue.add('step', {}, { jobId: 's' });
    await job.waitUntilFinished(on.events, LIMIT_MS);
    expect(begun).toEqual([true, false]);
  });

  it('ends with the reason if there can be no audit, and does not count as done', async () => {
    const stage = await stageOf(ON_TIME, {
      audit: () => ({ kind: 'never', reason: 'nothing was pulled [no-data]' }),
    });
    await workOn(stage);
    const job = await walked();
    expect(await job.getState()).toBe('failed');
    expect(job.failedReason).toBe('The audit failed: nothing was pulled [no-data]');
    expect(stage.ran).not.toContain('report');
    expect(await stage.context.ledger.work.done()).toEqual([]);
  });

  it('continues after an upgrade, with what an older version stored of its steps', async () => {
    let isUpgraded = false;
    const busy = (): JobResult => ({ kind: 'later', reason: 'busy', atMs: Date.now() + 1_000 });
    const stage = await stageOf(ON_TIME, {
      report: () => (isUpgraded ? done({ edition: '2026-Q3.1' }) : busy()),
    });
    const older = await workOn({ ...stage, jobs: stage.jobs.map(withoutOutput) });
    await on.bullQueue.add('quarter', PAYLOAD, { jobId: 'q' });
    const state = (id: string) => on.bullQueue.getJobState(id);
    await expect.poll(() => state('q/report/report'), { timeout: LIMIT_MS }).toBe('delayed');
    const audit = await on.bullQueue.getJob('q/audit/audit');
    expect(audit?.returnvalue).toEqual({
      shortfalls: [],
      figures: { runId: 'run-1', verdict: 'keep' },
    });
    await older.close();
    isUpgraded = true;
    await workOn(stage);
    await expect.poll(() => state('q'), { timeout: LIMIT_MS }).toBe('completed');
    expect(stage.ran.filter((part) => part === 'audit')).toEqual(['audit']);
    expect(stage.payloads.slice(-2)).toEqual([
      { runId: 'run-1', freeze: true },
      { edition: '2026-Q3.1' },
    ]);
  });

  it('reads the run from the output, not from the figures for people', async () => {
    const stage = await stageOf(ON_TIME);
    const output = { from: () => ({ runId: 'run-2' }) };
    await workOn({ ...stage, jobs: stage.jobs.map(withAuditOutput(output)) });
    const job = await walked();
    expect(stage.payloads[3]).toEqual({ runId: 'run-2', freeze: true });
    expect(job.returnvalue.figures).toMatchObject({ runId: 'run-1' });
  });

  it('fails if another version stored a result that it cannot read', async () => {
    const stage = await stageOf(ON_TIME);
    const output = { from: () => ({ run: 1 }) };
    await workOn({ ...stage, jobs: stage.jobs.map(withAuditOutput(output)) });
    const job = await walked();
    expect(await job.getState()).toBe('failed');
    expect(job.failedReason).toBe(`The audit failed: ${UNREADABLE_RESULT}`);
    expect(stage.ran).not.toContain('report');
  });

  it('is made and not sent if requested so, and stays due', async () => {
    const stage = await stageOf(ON_TIME);
    await workOn(stage);
    await walked('q', { ...PAYLOAD, deliver: false });
    expect(stage.ran.slice(2)).toEqual(['audit', 'report']);
    expect(await stage.context.ledger.work.done()).toEqual([]);
  });

  it('passes the due time to the report, only if it is late', async () => {
    const stage = await stageOf('2026-11-26T09:00:00Z');
    await workOn(stage);
    await walked();
    expect(stage.payloads[3]).toEqual({ runId: 'run-1', freeze: true, due: ON_TIME });
  });

  it('is refused before it is over', async () => {
    const stage = await stageOf(ON_TIME);
    await workOn(stage);
    const job = await walked('q', { quarter: '2026-Q4', deliver: true });
    expect(job.failedReason).toMatch(/2026-Q4 has not ended yet.*\[usage\]/);
    expect(stage.ran).toEqual([]);
  });

  it('has one id through the whole run', async () => {
    const stage = await stageOf(ON_TIME);
    await workOn(stage);
    await walked();
    const parts = (await on.bullQueue.getJobs(['completed'])).filter(({ id }) => id !== 'q');
    expect(parts).toHaveLength(5);
    for (const part of parts) {
      expect(part.id?.startsWith('q/')).toBe(true);
      expect(part.opts.telemetry?.metadata).toBe('q');
    }
  });
});

describe('a quarter that is repeated', () => {
  it('sends what another attempt froze meanwhile, and freezes nothing', async () => {
    const stage = await stageOf(ON_TIME);
    const frozen = { id: '2026-Q3.1', quarter: '2026-Q3', runId: 'run-0' };
    Object.assign(stage.context.ledger.deliveries, { editions: async () => [frozen] });
    await workOn(stage);
    await walked('q', { ...PAYLOAD, once: true });
    expect(stage.ran).toEqual(['deliver']);
    expect(stage.payloads).toEqual([{ edition: '2026-Q3.1' }]);
  });

  it('is one job for one id, and no job if it was reported before', async () => {
    const stage = await stageOf(ON_TIME);
    await workOn(stage);
    const once = { ...PAYLOAD, once: true };
    await walked('q', once);
    await walked('q', once);
    const late = await walked('owed/q', once);
    expect(stage.ran).toHaveLength(5);
    expect(late.returnvalue).toEqual({
      shortfalls: [],
      figures: { quarter: '2026-Q3', known: true },
    });
  });

  it('runs every part once though two workers share the queue', async () => {
    const stage = await stageOf(ON_TIME);
    await Promise.all([workOn(stage), workOn(stage)]);
    await Promise.all([walked('one'), walked('two')]);
    expect(stage.ran.filter((name) => name === 'deliver')).toHaveLength(2);
    expect(stage.ran).toHaveLength(10);
  });

  it('on request is made again: its parts find what they made before', async () => {
    const stage = await stageOf(ON_TIME);
    await workOn(stage);
    await walked('first');
    await walked('second');
    expect(stage.ran.filter((name) => name === 'audit')).toHaveLength(2);
  });
});

describe('without a queue', () => {
  it('the same steps run in this process, with the same figures', async () => {
    const stage = await stageOf(ON_TIME, {
      pull: ({ source }) => (source === 'pods' ? { kind: 'never', reason: 'no key' } : done({})),
    });
    const { jobs, context, ran } = stage;
    const clock = context.clock;
    const engine = createInlineEngine(async () => ({ jobs, context, clock }));
    const shop = { jobs, context: { ...context, engine }, clock };
    const answer = await runJobInline(shop, 'quarter', PAYLOAD);
    expect(ran).toEqual(['pull pods', 'pull prom', 'audit', 'report', 'deliver']);
    expect(answer).toMatchObject({
      kind: 'done',
      shortfalls: ['pods/charges/2026-10-01T00:00:00Z: no key'],
      result: { quarter: '2026-Q3', figures: { edition: '2026-Q3.1', sent: 2 } },
    });
  });
});

describe('the data a worker writes for a job', () => {
  it('is shown by the queue: its state, its text, its figures, and why it failed', async () => {
    const stage = await stageOf(ON_TIME, {
      deliver: () => ({ kind: 'never', reason: 'refused by the server' }),
    });
    await workOn(stage);
    await walked();
    const queue = openQueue({ place: on.place, jobs: stage.jobs, log });
    open.push(queue);
    expect(await queue.counts()).toEqual({
      waiting: 0,
      awaiting: 0,
      running: 0,
      delayed: 0,
      done: 4,
      failed: 2,
    });
    expect(await queue.state('q')).toMatchObject({
      name: 'quarter',
      state: 'failed',
      reason: 'The delivery failed: refused by the server',
    });
    const [failed] = await queue.list(['failed'], 1);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(await queue.state('q/report/report')).toMatchObject({
      state: 'done',
      progress: 'report at work',
      figures: { edition: '2026-Q3.1' },
    });
    expect(await queue.state('q/report/report')).not.toHaveProperty('output');
    expect(await queue.state('nobody')).toBeUndefined();
  });
});
