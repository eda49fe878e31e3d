/** One job run inline: its payload is validated, failures become answers, and bugs are thrown. */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RETRY_DECISIONS } from '../../src/calendar/retries.ts';
import { BrokenInvariant, Failure, type FailureCode, FAILURES } from '../../src/domain/failure.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { type RunnableJob, runJobInline } from '../../src/schedule/inline.ts';

const context = { progress: () => undefined };
const clock = settableClock(1_000_000);

function jobThat(run: (payload: unknown) => unknown): RunnableJob<typeof context> {
  return {
    name: 'pull',
    payload: z.strictObject({ source: z.string(), from: z.string().transform(Number) }),
    run: async (_, payload) => ({ kind: 'done', result: run(payload), shortfalls: [] }),
  };
}

function failing(error: Error) {
  const job = jobThat(() => {
    throw error;
  });
  return runJobInline({ jobs: [job], context, clock }, 'pull', { source: 'a', from: '1' });
}

describe('a job run inline', () => {
  it('gets the payload as its schema reads it, and its answer is returned', async () => {
    const environment = { jobs: [jobThat((payload) => payload)], context, clock };
    const answer = await runJobInline(environment, 'pull', { source: 'prom', from: '7' });
    expect(answer).toEqual({ kind: 'done', result: { source: 'prom', from: 7 }, shortfalls: [] });
  });

  it('never gets a payload with unknown or wrong fields; all faults are named', async () => {
    let ran = false;
    const environment = { jobs: [jobThat(() => (ran = true))], context, clock };
    const answer = await runJobInline(environment, 'pull', { source: 5, from: '7', wrong: true });
    expect(answer.kind).toBe('never');
    expect(answer).toHaveProperty('reason', expect.stringMatching(/source: .*wrong/));
    expect(ran).toBe(false);
  });

  it('is refused by name if it is unknown', async () => {
    const answer = await runJobInline({ jobs: [jobThat(() => 1)], context, clock }, 'pul', {});
    expect(answer).toMatchObject({ kind: 'never', reason: expect.stringContaining('"pul"') });
  });

  it.each(Object.keys(FAILURES) as FailureCode[])(
    'reports the failure %s by the table of answers, with what to do',
    async (code) => {
      const reason = `it broke [${code}]; mend it`;
      const answer = await failing(new Failure(code, 'it broke', { hint: 'mend it' }));
      const recourse = RETRY_DECISIONS[code];
      const expected =
        recourse.kind === 'later'
          ? { kind: 'later', reason, atMs: 1_000_000 + recourse.afterMs }
          : { kind: recourse.kind, reason };
      expect(answer).toEqual(expected);
    },
  );

  it('is retried no sooner than the provider requested', async () => {
    const answer = await failing(
      new Failure('rate-limited', 'slow down', { retryAfterMs: 90_000 }),
    );
    expect(answer).toMatchObject({ kind: 'later', atMs: 1_090_000 });
    const busy = new Failure('unavailable', 'back soon', { retryAfterMs: 90_000 });
    expect(await failing(busy)).toMatchObject({ kind: 'retry', afterMs: 90_000 });
  });

  it('throws a bug', async () => {
    await expect(failing(new BrokenInvariant('parts sum'))).rejects.toThrow('parts sum');
  });
});
