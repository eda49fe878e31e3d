/** Knows that a shift holds no job longer than the job itself lasts. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Job } from 'bullmq';
import { expect, it } from 'vitest';
import { shiftOf } from '../../src/schedule/shift.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Only what a shift asks of a job; what was handed back, and with which token, is noted. */
function jobNamed(id: string, handedBack: string[] = []): Job {
  const moveToWait = async (token: string) => void handedBack.push(`${id} ${token}`);
  return { id, name: 'pull', data: {}, opts: {}, moveToWait } as unknown as Job;
}

it('lets go of a job that is over, for a worker runs for years', async () => {
  const shift = shiftOf(
    async () => 'done',
    () => undefined,
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
    () => undefined,
  );
  const handedBack: string[] = [];
  const first = shift.process(jobNamed('running', handedBack), 'token');
  shift.handBack();
  await expect(first).rejects.toThrow('handed back');
  const late = shift.process(jobNamed('late', handedBack), 'token');
  await expect(late).rejects.toThrow('handed back');
  expect(handedBack).toEqual(['running token', 'late token']);
});
