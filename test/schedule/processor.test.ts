/** How the processor runs, delays and forgets the jobs of a worker. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { DAY_MS } from '../../src/domain/period.ts';
import { deliverJob } from '../../src/jobs/deliver.ts';
import { createLog } from '../../src/platform/log.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { limitConcurrency } from '../../src/schedule/concurrency.ts';
import { createProcessor, type ProcessorEnvironment } from '../../src/schedule/processor.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const LANE = { key: 'one', asksProvider: false };

/** The members of a job that the processor uses. Jobs handed back are noted with their token. */
function jobNamed(id: string, handedBack: string[] = [], more: Partial<Job> = {}): Job {
  const moveToWait = async (token: string) => void handedBack.push(`${id} ${token}`);
  const moveToDelayed = async () => void handedBack.push(`${id} comes again`);
  const moves = { moveToWait, moveToDelayed };
  return {
    id,
    name: 'pull',
    data: {},
    opts: {},
    timestamp: 0,
    ...moves,
    ...more,
  } as unknown as Job;
}

it('releases a job that is over, since a worker runs for years', async () => {
  const processor = limitConcurrency(
    async () => 'done',
    () => LANE,
  );
  const over = await (async () => {
    const job = jobNamed('over');
    expect(await processor.process(job)).toBe('done');
    return new WeakRef(job);
  })();
  await processor.process(jobNamed('next'));
  // Inspecting the reference keeps it alive until the inspection ends.
  const isGone = () => {
    collect();
    return over.deref() === undefined;
  };
  await expect.poll(isGone).toBe(true);
  await processor.idle();
});

it('hands back running jobs when it is stopped, and later ones too', async () => {
  const never = new Promise<string>(() => undefined);
  const processor = limitConcurrency(
    () => never,
    () => LANE,
  );
  const handedBack: string[] = [];
  const first = processor.process(jobNamed('running', handedBack), 'token');
  processor.handBack();
  await expect(first).rejects.toThrow('handed back');
  const late = processor.process(jobNamed('late', handedBack), 'token');
  await expect(late).rejects.toThrow('handed back');
  expect(handedBack).toEqual(['running token', 'late token']);
});

/** A processor in which each job hangs until it is ended, by its id. */
function hangingShift() {
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const processor = limitConcurrency<string>(
    (job) =>
      new Promise((resolve) => {
        running.push(String(job.id));
        ends.set(String(job.id), () => resolve('done'));
      }),
    (name) => ({ key: name, asksProvider: name.startsWith('pull') }),
  );
  const back: string[] = [];
  const begin = (name: string, id: string, addedMs = 0) => {
    const began = processor.process(jobNamed(id, back, { name, timestamp: addedMs }));
    began.catch(() => undefined);
    return began;
  };
  return { limiter: processor, running, back, begin, end: (id: string) => ends.get(id)?.() };
}

const soon = () => new Promise((next) => setImmediate(next));

it('leaves slots for audits and checks, however many sources hang', async () => {
  const { running, back, begin } = hangingShift();
  for (let source = 0; source < 30; source += 1) {
    for (const part of ['a', 'b', 'c']) void begin(`pull ${source}`, `${source}${part}`);
  }
  void begin('audit', 'audit');
  void begin('check', 'check');
  await soon();
  expect(running).toContain('audit');
  expect(running).toContain('check');
  // Twelve sources have one job running and one waiting each. Every other job is deferred.
  expect(running.filter((id) => /^\d/.test(id))).toHaveLength(12);
  expect(back).toHaveLength(90 - 24);
});

it('runs the jobs of one concurrency key one after the other, in order', async () => {
  const { running, begin, end } = hangingShift();
  const first = begin('pull pods', '1');
  void begin('pull pods', '2');
  await soon();
  expect(running).toEqual(['1']);
  end('1');
  expect(await first).toBe('done');
  await soon();
  expect(running).toEqual(['1', '2']);
});

it('reports how long jobs of a key wait and run, including deferred ones', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  onTestFinished(() => void vi.useRealTimers());
  const { limiter, begin, end } = hangingShift();
  const first = begin('pull pods', '1', 400_000);
  void begin('pull pods', '2', 900_000);
  // A provider has two slots, so this one is deferred.
  void begin('pull pods', '3', 700_000);
  void begin('check', '4', 1_000_000);
  await soon();
  vi.setSystemTime(1_030_000);
  expect(limiter.ages()).toEqual([
    { key: 'pull pods', oldestRunningMs: 30_000, oldestWaitingMs: 330_000 },
    { key: 'check', oldestRunningMs: 30_000 },
  ]);
  end('1');
  await first;
  end('4');
  await soon();
  // The third was not seen for a minute: it was removed from the queue.
  vi.setSystemTime(1_061_000);
  expect(limiter.ages()).toEqual([{ key: 'pull pods', oldestRunningMs: 31_000 }]);
});

/** What becomes of a job that can run in three days, if its job may wait for so long. */
async function laterBy3Days(giveUpAfterMs?: number): Promise<unknown> {
  const clock = settableClock(0);
  const job = {
    name: 'pull',
    payload: z.unknown(),
    run: async () => ({ kind: 'later', reason: 'no bill yet', atMs: 3 * DAY_MS }) as const,
    ...(giveUpAfterMs === undefined ? {} : { giveUpAfterMs }),
  };
  const log = createLog({ level: 'silent', clock, redactor: createRedactor([]) });
  const queue = {} as ProcessorEnvironment<{ progress(): void }>['queue'];
  const context = { progress: () => undefined };
  const processor = createProcessor({ jobs: [job], context, clock, log, queue });
  const updateProgress = async () => undefined;
  return processor(jobNamed('1', [], { updateProgress, timestamp: Date.now() })).catch(
    (error: unknown) => error,
  );
}

it('lets a job wait for as long as its job declares, a day by default', async () => {
  expect(await laterBy3Days()).toBeInstanceOf(UnrecoverableError);
  expect(await laterBy3Days(7 * DAY_MS)).toBeInstanceOf(DelayedError);
  expect(deliverJob.giveUpAfterMs).toBe(7 * DAY_MS);
});
