/** Knows that a shift holds no job longer than the job itself lasts. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Job } from 'bullmq';
import { expect, it, onTestFinished, vi } from 'vitest';
import { shiftOf } from '../../src/schedule/shift.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const LANE = { key: 'one', asksProvider: false };

/** Only what a shift asks of a job; what was handed back, and with which token, is noted. */
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

it('lets go of a job that is over, for a worker runs for years', async () => {
  const shift = shiftOf(
    async () => 'done',
    () => LANE,
  );
  const over = await (async () => {
    const job = jobNamed('over');
    expect(await shift.process(job)).toBe('done');
    return new WeakRef(job);
  })();
  await shift.process(jobNamed('next'));
  // A look at it keeps it until the look is over.
  const isGone = () => {
    collect();
    return over.deref() === undefined;
  };
  await expect.poll(isGone).toBe(true);
  await shift.idle();
});

it('hands back what runs when it is called back, and what comes afterwards', async () => {
  const never = new Promise<string>(() => undefined);
  const shift = shiftOf(
    () => never,
    () => LANE,
  );
  const handedBack: string[] = [];
  const first = shift.process(jobNamed('running', handedBack), 'token');
  shift.handBack();
  await expect(first).rejects.toThrow('handed back');
  const late = shift.process(jobNamed('late', handedBack), 'token');
  await expect(late).rejects.toThrow('handed back');
  expect(handedBack).toEqual(['running token', 'late token']);
});

/** A shift in which each job hangs until it is ended, by its id. */
function hangingShift() {
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const shift = shiftOf<string>(
    (job) =>
      new Promise((resolve) => {
        running.push(String(job.id));
        ends.set(String(job.id), () => resolve('done'));
      }),
    (name) => ({ key: name, asksProvider: name.startsWith('pull') }),
  );
  const back: string[] = [];
  const begin = (name: string, id: string, addedMs = 0) => {
    const began = shift.process(jobNamed(id, back, { name, timestamp: addedMs }));
    began.catch(() => undefined);
    return began;
  };
  return { shift, running, back, begin, end: (id: string) => ends.get(id)?.() };
}

const soon = () => new Promise((next) => setImmediate(next));

it('leaves room for audits and checks, however many sources hang', async () => {
  const { running, back, begin } = hangingShift();
  for (let source = 0; source < 30; source += 1) {
    for (const part of ['a', 'b', 'c']) void begin(`pull ${source}`, `${source}${part}`);
  }
  void begin('audit', 'audit');
  void begin('check', 'check');
  await soon();
  expect(running).toContain('audit');
  expect(running).toContain('check');
  // Twelve sources have one running and one waiting each; every other job comes again.
  expect(running.filter((id) => /^\d/.test(id))).toHaveLength(12);
  expect(back).toHaveLength(90 - 24);
});

it('runs the jobs of one lane one after the other, in their order', async () => {
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

it('tells how long jobs of a lane wait and run, also those that found no room', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
  onTestFinished(() => void vi.useRealTimers());
  const { shift, begin, end } = hangingShift();
  const first = begin('pull pods', '1', 400_000);
  void begin('pull pods', '2', 900_000);
  // There is room for two of a provider: this one comes again.
  void begin('pull pods', '3', 700_000);
  void begin('check', '4', 1_000_000);
  await soon();
  vi.setSystemTime(1_030_000);
  expect(shift.ages()).toEqual([
    { lane: 'pull pods', oldestRunningMs: 30_000, oldestWaitingMs: 330_000 },
    { lane: 'check', oldestRunningMs: 30_000 },
  ]);
  end('1');
  await first;
  end('4');
  await soon();
  // Nobody has seen the third again for a minute: it was taken out of the queue.
  vi.setSystemTime(1_061_000);
  expect(shift.ages()).toEqual([{ lane: 'pull pods', oldestRunningMs: 31_000 }]);
});
