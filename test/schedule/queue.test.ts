/** The queue on a real Redis: one job for two schedulers, and none lost. */

import { once } from 'node:events';
import { FlowProducer, type Job } from 'bullmq';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { jobId } from '../../src/calendar/queuedJob.ts';
import { DEFAULT_CRONS } from '../../src/calendar/schedule.ts';
import type { JobResult } from '../../src/jobs/job.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createLog, type Log } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { startScheduler, addDueJobs } from '../../src/schedule/scheduler.ts';
import type { RunnableJob } from '../../src/schedule/inline.ts';
import { retryDelayMs } from '../../src/schedule/processor.ts';
import {
  openQueue,
  type OpenQueue,
  parseKeptResult,
  toJobOptions,
  QUEUE_NAME,
} from '../../src/schedule/queue.ts';
import { connectRedis, queueOptions } from '../../src/schedule/redis.ts';
import { timetable } from '../../src/calendar/timetable.ts';
import { type RunningWorker, startWorker } from '../../src/schedule/worker.ts';
import { LIMIT_MS } from '../support/timeouts.ts';
import { queueStage } from '../support/queueStage.ts';

const context = { progress: () => undefined };
type Run = (payload: unknown, say: (message: string) => void) => JobResult | Promise<JobResult>;

const on = queueStage();
let lines: string[];
let log: Log;
const { open } = on;

beforeEach(() => {
  lines = [];
  const clock = settableClock(Date.parse('2026-11-23T09:05:00Z'));
  const write = (line: string) => void lines.push(line);
  log = createLog({ level: 'info', clock, redactor: createRedactor([]), write });
});

const PAYLOADS = {
  pull: z.strictObject({
    source: z.string(),
    from: z.string().optional(),
    to: z.string().optional(),
    facts: z.array(z.string()).optional(),
  }),
  prices: z.strictObject({}),
  quarter: z.strictObject({ quarter: z.string(), deliver: z.boolean(), once: z.boolean() }),
};

function job(name: keyof typeof PAYLOADS, run: Run): RunnableJob<typeof context> {
  const payload = PAYLOADS[name];
  return {
    name,
    payload,
    run: async (given, data) => run(data, given.progress),
    figures: () => ({ rows: 2 }),
  };
}

const pull = (run: Run) => job('pull', run);

const done: JobResult = { kind: 'done', result: undefined, shortfalls: [] };

function queueFor(jobs: readonly RunnableJob<typeof context>[]): OpenQueue {
  const queue = openQueue({ place: on.place, jobs, log });
  open.push(queue);
  return queue;
}

async function workFor(jobs: readonly RunnableJob<typeof context>[]): Promise<RunningWorker> {
  const clock = settableClock(Date.now());
  const worker = await startWorker({ place: on.place, jobs, context, clock, log, timetable: [] });
  open.push(worker);
  return worker;
}

async function found(id: string): Promise<Job> {
  const queued = await on.bullQueue.getJob(id);
  if (queued === undefined) throw new Error(`there is no job ${id}`);
  return queued;
}

/** Adds one job and waits until it is done or has failed permanently. */
async function outcome(run: Run, payload: object = { source: 'prom' }): Promise<Job> {
  await workFor([pull(run)]);
  await on.bullQueue.add('pull', payload, { jobId: 'one' });
  await (await found('one')).waitUntilFinished(on.events, LIMIT_MS).catch(() => undefined);
  return found('one');
}

describe('the queue', () => {
  it('holds one job however many workers add it at once', async () => {
    const jobs = (['pull', 'prices', 'quarter'] as const).map((name) => job(name, () => done));
    const rings = timetable({
      crons: { usage: DEFAULT_CRONS.usage, prices: DEFAULT_CRONS.prices },
      sources: [{ id: 'pods', provides: ['usage', 'prices'], trailingDays: 7 }],
      due: {
        startMonth: 1,
        businessDayOfQuarter: 5,
        at: '07:00',
        timeZone: 'UTC',
        holidays: new Set(),
      },
      deliver: true,
      corrections: 'off',
    });
    const [one, two] = [queueFor(jobs), queueFor(jobs)];
    const at = Date.parse('2026-10-07T07:05:00Z');
    await Promise.all(
      rings.flatMap((ring) => [addDueJobs(ring, one, at), addDueJobs(ring, two, at)]),
    );
    const waiting = await on.bullQueue.getJobs(['waiting', 'waiting-children', 'prioritized']);
    expect(waiting).toHaveLength(3);
    expect(new Set(waiting.map(({ id }) => id))).toEqual(
      new Set([
        'prices/2026-10-07T070500Z',
        'pull/usage/pods/2026-10-07T070500Z',
        'quarter/2026-Q3',
      ]),
    );
  });

  it('refuses unknown jobs and unknown fields before anything is added', async () => {
    const queue = queueFor([pull(() => done)]);
    const refused = queue.add({ name: 'pull', payload: { source: 'a', sorce: 'b' }, id: 'x' });
    await expect(refused).rejects.toThrow(/sorce/);
    await expect(queue.add({ name: 'pul', payload: {}, id: 'y' })).rejects.toThrow(
      /unknown job "pul"/,
    );
    expect(await on.bullQueue.count()).toBe(0);
  });

  it('keeps a job that another client added under the same id', async () => {
    const flows = new FlowProducer(queueOptions(on.place));
    open.push(flows);
    await flows.add({
      name: 'pull',
      queueName: QUEUE_NAME,
      data: { source: 'a' },
      opts: { jobId: 'f' },
    });
    await queueFor([pull(() => done)]).add({ name: 'pull', payload: { source: 'b' }, id: 'f' });
    expect((await found('f')).data).toEqual({ source: 'a' });
  });

  it('accepts ids without a colon', () => {
    expect(jobId('pull', 'prom', '2026-11-23T09:00:00Z')).toBe('pull/prom/2026-11-23T090000Z');
  });
});

describe('the scheduler', () => {
  it('adds what is due when node-cron fires, and nothing more once it is stopped', async () => {
    const seen: number[] = [];
    const due = (at: number) => {
      seen.push(at);
      return [{ name: 'pull', payload: { source: 'a' }, id: jobId('bell', String(at)) }];
    };
    const everySecond = { name: 'test', cron: '* * * * * *', due };
    const added = once(on.events, 'added');
    const scheduler = startScheduler([everySecond], queueFor([pull(() => done)]), log);
    await added;
    await scheduler.stop();
    const rung = seen.length;
    expect(seen.every((at) => at % 60_000 === 0)).toBe(true);
    expect(await on.bullQueue.count()).toBe(new Set(seen).size);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(seen.length).toBe(rung);
  });

  it('started twice, as by two workers, makes one job for each time', async () => {
    const rung: number[] = [];
    const due = (at: number) => {
      rung.push(at);
      return [{ name: 'pull', payload: { source: 'a' }, id: jobId('twice', String(at)) }];
    };
    const everySecond = { name: 'test', cron: '* * * * * *', due };
    const bells = [1, 2].map(() =>
      startScheduler([everySecond], queueFor([pull(() => done)]), log),
    );
    await expect.poll(() => rung.length).toBeGreaterThanOrEqual(4);
    for (const scheduler of bells) await scheduler.stop();
    expect(await on.bullQueue.count()).toBe(new Set(rung).size);
  });

  it('continues when one run fails, and logs that', async () => {
    const due = () => [{ name: 'pull', payload: { sorce: 'a' }, id: 'x' }];
    const everySecond = { name: 'broken', cron: '* * * * * *', due };
    const scheduler = startScheduler([everySecond], queueFor([pull(() => done)]), log);
    const complaints = () => lines.filter((line) => line.includes('could not add a scheduled job'));
    await expect.poll(() => complaints().length).toBeGreaterThanOrEqual(2);
    await scheduler.stop();
  });
});

describe('the worker', () => {
  it('runs a job that any client added, and records what is incomplete', async () => {
    const finished = await outcome((payload, say) => {
      say(`pulling ${JSON.stringify(payload)}`);
      return { kind: 'done', result: { huge: 1n }, shortfalls: ['one row was rejected'] };
    });
    expect(await finished.getState()).toBe('completed');
    expect(finished.returnvalue).toEqual({
      shortfalls: ['one row was rejected'],
      figures: { rows: 2 },
    });
    expect(finished.progress).toBe('pulling {"source":"prom"}');
    const { logs } = await on.bullQueue.getJobLogs('one');
    expect(logs).toEqual(['pulling {"source":"prom"}']);
  });

  it('refuses a payload with unknown fields permanently', async () => {
    const failed = await outcome(() => done, { source: 'prom', form: '2026-01-01' });
    expect(await failed.getState()).toBe('failed');
    expect(failed.failedReason).toContain('form');
  });

  it('fails at once, whatever attempts are left, if the answer is never', async () => {
    await workFor([pull(() => ({ kind: 'never', reason: 'the key has expired' }))]);
    const queue = queueFor([pull(() => done)]);
    await queue.add({ name: 'pull', payload: { source: 'a' }, id: 'never' });
    const failed = await found('never');
    await expect(failed.waitUntilFinished(on.events, LIMIT_MS)).rejects.toThrow(
      'the key has expired',
    );
    expect((await found('never')).attemptsMade).toBe(1);
  });

  it('retries if the answer is retry, no sooner than it says', async () => {
    const tries: number[] = [];
    const run: Run = () => {
      tries.push(Date.now());
      return tries.length < 3 ? { kind: 'retry', reason: 'busy', afterMs: 50 } : done;
    };
    await workFor([pull(run)]);
    await queueFor([pull(run)]).add({ name: 'pull', payload: { source: 'a' }, id: 'again' });
    await (await found('again')).waitUntilFinished(on.events, LIMIT_MS);
    const [first = 0, second = 0, third = 0] = tries;
    expect(tries).toHaveLength(3);
    expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(50);
  });

  it('defers to the time in the answer later, without using up an attempt', async () => {
    const seen: number[] = [];
    const atMs = Date.now() + 1_500;
    const finished = await outcome(() => {
      seen.push(Date.now());
      return seen.length === 1 ? { kind: 'later', reason: 'not settled', atMs } : done;
    });
    expect(await finished.getState()).toBe('completed');
    expect(seen.length).toBe(2);
    expect(seen[1]).toBeGreaterThanOrEqual(atMs);
    expect(finished.attemptsMade).toBe(1);
  });

  it('gives up after a day of deferring, or after as long as the job declares', async () => {
    const later: Run = () => ({
      kind: 'later',
      reason: 'not settled',
      atMs: Date.now() + 2 * DAY_MS,
    });
    await workFor([pull(later), { ...job('prices', later), giveUpAfterMs: 7 * DAY_MS }]);
    await on.bullQueue.add('pull', { source: 'a' }, { ...toJobOptions({}), jobId: 'a' });
    await on.bullQueue.add('prices', {}, { ...toJobOptions({}), jobId: 'b' });
    await expect.poll(async () => (await found('a')).getState()).toBe('failed');
    await expect.poll(async () => (await found('b')).getState()).toBe('delayed');
    expect((await found('a')).failedReason).toBe('not settled');
  });

  it('retries a job after Redis refused a command, and logs which', async () => {
    const client = connectRedis(on.place);
    onTestFinished(() => client.disconnect());
    const full = "return redis.error_reply('OOM command not allowed')";
    await workFor([pull(async () => (await client.eval(full, 0)) as JobResult)]);
    await on.bullQueue.add('pull', { source: 'prom' }, { ...toJobOptions({}), jobId: 'one' });
    await expect.poll(async () => (await found('one')).getState()).toBe('delayed');
    expect((await found('one')).failedReason).toMatch(/^Redis: OOM .*\[unavailable\]$/);
    expect(lines.join('')).not.toContain('died of a bug');
  });

  it('fails a job with a bug at once, and only once', async () => {
    const failed = await outcome(() => {
      throw new TypeError('x is undefined');
    });
    expect(failed.failedReason).toBe('bug: x is undefined');
    expect(lines.join('')).toMatch(/TypeError: x is undefined.*job failed with a bug/);
  });

  it('does not start if its first backlog is refused', async () => {
    const entries = timetable({
      crons: { owed: '50 0 * * *' },
      sources: [],
      deliver: false,
      corrections: 'off',
    });
    const options = {
      place: on.place,
      jobs: [],
      context,
      timetable: entries,
      log,
      clock: settableClock(0),
    };
    await expect(startWorker(options)).rejects.toThrow('unknown job "owed"');
    const hand = await on.bullQueue.add('owed', {});
    await expect.poll(() => on.bullQueue.getWorkersCount()).toBe(0);
    expect(await hand.getState()).toBe('waiting');
  });
});

describe('what is kept of a job that is done', () => {
  it('is read whether it has an output or not', () => {
    const kept = { shortfalls: ['a source failed'], figures: { rows: 2, quarter: null } };
    expect(parseKeptResult(kept)).toEqual(kept);
    const withOutput = { ...kept, output: { runId: 'r' } };
    expect(parseKeptResult(withOutput)).toEqual(withOutput);
  });

  it.each([null, 'ok', { shortfalls: 'none', figures: {} }, { figures: {} }])(
    'is absent if another program stored %o',
    (stored) => {
      expect(parseKeptResult(stored)).toBeUndefined();
    },
  );
});

describe('the pause before a retry', () => {
  it('doubles from 30 seconds to an hour', () => {
    expect([1, 2, 3, 7, 8, 20].map((tries) => retryDelayMs(tries) / 1_000)).toEqual([
      30, 60, 120, 1_920, 3_600, 3_600,
    ]);
  });
});
