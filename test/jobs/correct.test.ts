/** When a reported quarter is corrected, and what is then made and sent. */

import { describe, expect, it } from 'vitest';
import { correctJob } from '../../src/jobs/correct.ts';
import type { JobContext, JobEngine, JobFigures, Task } from '../../src/jobs/job.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { loadConfigText } from '../config/configFile.ts';

const AUDITS: Readonly<Record<string, string>> = {
  old: '10000',
  same: '10400',
  other: '14000',
  empty: '0',
};

interface Past {
  /** Runs that were frozen, newest first. Each has planned deliveries unless set otherwise. */
  readonly editions?: readonly string[];
  readonly unsent?: readonly string[];
  readonly reported?: boolean;
  /** The run that today's audit finds. */
  readonly today: string;
  readonly corrections?: 'auto' | 'ask';
  /** Steps that this same job requested before it was restarted. */
  readonly begun?: readonly string[];
}

async function corrected({ editions = ['old'], unsent = [], today, ...past }: Past) {
  const config = await loadConfigText(`
report: { from: a@b, to: [c@d], corrections: ${past.corrections ?? 'auto'} }
smtp: { url: "smtp://127.0.0.1" }
`);
  const requested: Task[] = [];
  const results: Readonly<Record<string, JobFigures>> = {
    audit: { runId: today },
    report: { edition: '2026-Q3.2' },
    deliver: { sent: 1 },
  };
  const engine: JobEngine = {
    runAll: async (step, tasks) => {
      requested.push(...tasks);
      return tasks.map((task) => ({
        kind: 'done',
        task,
        shortfalls: [],
        figures: results[step] ?? {},
        output: step === 'deliver' ? undefined : results[step],
      }));
    },
    hasStarted: async (step) => past.begun?.includes(step) ?? false,
    enqueue: async () => expect.unreachable('a correction orders nothing'),
  };
  const deliveries = {
    editions: async () =>
      editions.map((runId, index) => ({
        id: `2026-Q3.${editions.length - index}`,
        quarter: '2026-Q3',
        runId,
      })),
    list: async ({ edition }: { edition: string }) =>
      unsent.includes(edition) ? [] : [{ id: 'delivery' }],
    editionContent: async () => ({ letters: [{ role: 'leader' }] }),
  };
  const work = {
    done: async () =>
      past.reported === false ? [] : [{ line: 'quarter', subject: '2026-Q3', dueAtMs: 0 }],
  };
  const audits = {
    load: async ({ runId }: { runId: string }) => ({
      auditJson: JSON.stringify({
        stack: { verdict: 'keep', savingUsd: { base: null } },
        totals: { spendUsd: AUDITS[runId], effectiveUsdPerMtok: null, tokens: 0 },
        deployments: [],
      }),
    }),
  };
  const ledger = { deliveries, work, audits };
  const clock = settableClock(Date.parse('2026-11-01T05:40:00Z'));
  // Only the members that a correction uses.
  const context = { config, ledger, engine, clock, sources: new Map() } as unknown as JobContext;
  const answer = await correctJob.run(context, { quarter: '2026-Q3' });
  return { answer, requested: requested.map(({ name }) => name) };
}

describe('a reported quarter', () => {
  it('is unchanged if the same inputs give the same audit', async () => {
    const { answer, requested } = await corrected({ today: 'old' });
    expect(requested).toEqual(['audit']);
    expect(answer).toMatchObject({ kind: 'done', result: { why: 'Nothing changed' } });
  });

  it('is unchanged if the change is too small to report', async () => {
    const { answer, requested } = await corrected({ today: 'same' });
    expect(requested).toEqual(['audit']);
    expect(answer).toMatchObject({ result: { why: 'The changes are too small to report' } });
  });

  it('gets its next edition, which is sent, if the change matters', async () => {
    const { answer, requested } = await corrected({ today: 'other' });
    expect(requested).toEqual(['audit', 'report', 'deliver']);
    expect(answer).toMatchObject({
      kind: 'done',
      shortfalls: [],
      result: {
        why: 'spend from $10000.00 to $14000.00',
        figures: { edition: '2026-Q3.2', sent: 1 },
      },
    });
  });

  it('is unchanged if the newest audit has lost its bills, and that is reported', async () => {
    const { answer, requested } = await corrected({ today: 'empty' });
    expect(requested).toEqual(['audit']);
    expect(answer).toMatchObject({
      kind: 'done',
      shortfalls: [
        '2026-Q3 was not corrected: the newest audit lacks the bills or the usage of every ' +
          'deployment. Pull or import them.',
      ],
    });
  });

  it('gets its next edition and waits for approval, if the config requires it', async () => {
    const { answer, requested } = await corrected({ today: 'other', corrections: 'ask' });
    expect(requested).toEqual(['audit', 'report']);
    expect(answer).toMatchObject({
      shortfalls: [
        '2026-Q3.2 is ready. To send it: rentcheck send 2026-Q3 ' +
          '(spend from $10000.00 to $14000.00)',
      ],
    });
  });

  it('continues with the delivery when restarted after the edition was frozen', async () => {
    const again = { editions: ['other', 'old'], today: 'other', begun: ['audit', 'report'] };
    expect((await corrected(again)).requested).toEqual(['audit', 'report', 'deliver']);
  });

  it('is sent even after a crash between the edition and its delivery', async () => {
    const past = { editions: ['other', 'old'], unsent: ['2026-Q3.2'], today: 'other' };
    expect((await corrected(past)).requested).toEqual(['audit', 'deliver']);
  });
});

it('a quarter that was not reported yet is not corrected', async () => {
  for (const past of [{ reported: false }, { editions: [] }]) {
    const { answer, requested } = await corrected({ ...past, today: 'other' });
    expect(requested).toEqual([]);
    expect(answer).toMatchObject({ result: { why: 'The quarter has not been reported yet' } });
  }
});
