/** A page waits a few seconds for a queue that is away, and no longer. */

import { expect, onTestFinished, test, vi } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { withTimeouts } from '../../src/web/server.ts';
import { createSite } from './siteFixture.ts';

/** The error of a request that is never answered. */
async function errorOf(ask: (board: ReturnType<typeof withTimeouts>) => Promise<unknown>) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { board } = await createSite();
  const never = () => new Promise<never>(() => undefined);
  const failure = ask(withTimeouts({ ...board, countJobs: never, enqueue: never })).catch(
    (error: unknown) => error,
  );
  await vi.advanceTimersByTimeAsync(5_000);
  const error = await failure;
  if (!(error instanceof Failure)) throw new Error('it was answered');
  return error;
}

test('a queue that does not answer is given up, and its jobs are not called lost', async () => {
  const { code, message, hint } = await errorOf((board) => board.countJobs());
  expect({ code, message }).toEqual({ code: 'unavailable', message: 'the queue does not answer' });
  expect(hint).toContain('Jobs in it are not lost');
});

test('a job that was added meanwhile may still come, and the message says so', async () => {
  const { hint } = await errorOf((board) => board.enqueue({ name: 'check', payload: {} }));
  expect(hint).toContain('Look at the jobs before you repeat it');
});
