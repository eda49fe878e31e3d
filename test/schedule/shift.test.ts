/** Knows which jobs run beside which, and that a job can be handed back in the middle. */

import type { Job } from 'bullmq';
import { expect, it } from 'vitest';
import { currentRun } from '../../src/platform/log.ts';
import { type LaneOf, scopeOf, shiftOf } from '../../src/schedule/shift.ts';

/** As much of a queued job as a shift looks at. */
function queued(name: string, data: unknown, more: object = {}): Job {
  return { name, data, id: `${name}-id`, opts: {}, ...more } as unknown as Job;
}

const laneOf: LaneOf = (name, data) => (name === 'pull' ? String(data) : undefined);

/** A shift whose jobs end when they are told to; `running` are those that have begun. */
function held() {
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const shift = shiftOf(async (job: Job) => {
    const label = `${job.name} ${String(job.data)}`;
    running.push(label);
    await new Promise<void>((resolve) => ends.set(label, resolve));
    running.splice(running.indexOf(label), 1);
    return label;
  }, laneOf);
  const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
  const end = async (label: string) => {
    ends.get(label)?.();
    await soon();
  };
  return { shift, running, end, soon };
}

it('lanes run beside each other, one lane in order, and what has none alone', async () => {
  const { shift, running, end, soon } = held();
  const jobs = [
    shift.process(queued('pull', 'a')),
    shift.process(queued('pull', 'b')),
    shift.process(queued('pull', 'a', { id: 'second' })),
    shift.process(queued('audit', 'q')),
    shift.process(queued('pull', 'c')),
  ];
  await soon();
  expect(running).toEqual(['pull a', 'pull b']);
  await end('pull a');
  expect(running).toEqual(['pull b', 'pull a']);
  await end('pull b');
  await end('pull a');
  expect(running).toEqual(['audit q']);
  await end('audit q');
  expect(running).toEqual(['pull c']);
  await end('pull c');
  expect(await Promise.all(jobs)).toHaveLength(5);
});

it('one that fails does not stop the next', async () => {
  const shift = shiftOf(async (job: Job) => {
    if (job.data === 'bad') throw new Error('it broke');
    return currentRun();
  }, laneOf);
  const bad = shift.process(queued('audit', 'bad'));
  const good = shift.process(
    queued('audit', 'good', { opts: { telemetry: { metadata: 'quarter/2026-Q3' } } }),
  );
  await expect(bad).rejects.toThrow('it broke');
  expect(await good).toBe('quarter/2026-Q3');
});

it('hands back what still runs, and is idle then', async () => {
  const { shift, soon } = held();
  const back: unknown[] = [];
  const moveToWait = async (token: unknown) => back.push(token);
  const running = shift.process(queued('pull', 'a', { moveToWait }), 'token-1');
  await soon();
  const idle = shift.idle().then(() => 'idle');
  expect(await Promise.race([idle, soon().then(() => 'busy')])).toBe('busy');
  shift.handBack();
  await expect(running).rejects.toMatchObject({ name: 'WaitingError' });
  expect(await idle).toBe('idle');
  expect(back).toEqual(['token-1']);
});

it('a job that begins by itself is a run of its own', () => {
  expect(scopeOf(queued('pull', 'a'))).toEqual({ run: 'pull-id', job: 'pull', id: 'pull-id' });
});
