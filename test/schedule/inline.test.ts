/**
 * Knows what an engine promises of one job: payload refused or run, failures answered, bugs thrown.
 */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Failure, type FailureCode } from '../../src/domain/failure.ts';
import { BrokenInvariant } from '../../src/domain/invariant.ts';
import { type Runnable, runInline } from '../../src/schedule/inline.ts';

const context = { progress: () => undefined };

function jobThat(run: (payload: unknown) => unknown): Runnable<typeof context> {
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
  return runInline({ jobs: [job], context }, 'pull', { source: 'a', from: '1' });
}

describe('a job run inline', () => {
  it('is given the payload as its schema reads it, and its answer is handed back', async () => {
    const workshop = { jobs: [jobThat((payload) => payload)], context };
    const answer = await runInline(workshop, 'pull', { source: 'prom', from: '7' });
    expect(answer).toEqual({ kind: 'done', result: { source: 'prom', from: 7 }, shortfalls: [] });
  });

  it('never sees a payload with unknown or wrong fields; all faults are named', async () => {
    let ran = false;
    const workshop = { jobs: [jobThat(() => (ran = true))], context };
    const answer = await runInline(workshop, 'pull', { source: 5, from: '7', wrong: true });
    expect(answer.kind).toBe('never');
    expect(answer).toHaveProperty('reason', expect.stringMatching(/source: .*wrong/));
    expect(ran).toBe(false);
  });

  it('is refused by name where nobody knows it', async () => {
    const answer = await runInline({ jobs: [jobThat(() => 1)], context }, 'pul', {});
    expect(answer).toMatchObject({ kind: 'never', reason: expect.stringContaining('"pul"') });
  });

  it.each<[FailureCode, string]>([
    ['unavailable', 'retry'],
    ['rate-limited', 'retry'],
    ['disk-full', 'retry'],
    ['auth', 'never'],
    ['config', 'never'],
    ['ledger-corrupt', 'never'],
  ])('answers the failure %s with "%s" and what to do', async (code, kind) => {
    const answer = await failing(new Failure(code, 'it broke', { hint: 'mend it' }));
    expect(answer).toEqual({ kind, reason: `it broke [${code}]; mend it` });
  });

  it('is tried again no sooner than the other side asked', async () => {
    const answer = await failing(
      new Failure('rate-limited', 'slow down', { retryAfterMs: 90_000 }),
    );
    expect(answer).toMatchObject({ kind: 'retry', afterMs: 90_000 });
  });

  it('dies loudly of a bug', async () => {
    await expect(failing(new BrokenInvariant('parts sum'))).rejects.toThrow('parts sum');
  });
});
