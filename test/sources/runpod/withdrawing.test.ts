/** Tests that a bill withdraws only inside the requested time, and only where its sums agree. */

import { afterEach, describe, expect, test } from 'vitest';
import { DAY_MS, instantText } from '../../../src/domain/period.ts';
import type { Fetched } from '../../../src/domain/provenance.ts';
import { settableClock } from '../../../src/platform/clock.ts';
import { createHttpClient } from '../../../src/platform/httpClient.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { runpodKind } from '../../../src/sources/registry.ts';
import { scratchLedger } from '../../ledger/ledgerFixture.ts';
import { startServer, type TestServer } from '../../support/httpServer.ts';
import { runpodAccount, billReply, JUNE, POD_RECORD, podsBillReplies } from './account.ts';
import { pullWarningSentences } from '../../support/factSentences.ts';

const MAY = { startMs: Date.UTC(2026, 4, 1), endMs: Date.UTC(2026, 4, 2) };
const queryOf = ({ startMs, endMs }: typeof JUNE) => ({
  query: { startTime: instantText(startMs), endTime: instantText(endMs), bucketSize: 'hour' },
});

/** One record of 50 cents for each of so many pods, in the first hour of a day. */
function records(count: number, day = JUNE, from = 0) {
  return Array.from({ length: count }, (_, index) => ({
    ...POD_RECORD,
    podId: `pod${index + from}`,
    startTime: instantText(day.startMs),
    endTime: instantText(day.startMs + 3_600_000),
  }));
}

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function pullPods(answer: object, podUsd = 1): Promise<Fetched> {
  await server?.close();
  server = await startServer(runpodAccount(podsBillReplies(answer, podUsd)));
  const clock = settableClock(JUNE.endMs + DAY_MS);
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const options = runpodKind.options.parse({
    apiKey: createSecret('${K}', () => 'key-123456'),
    baseUrl: server.origin,
  });
  const source = runpodKind.create('main', options, { clock, http });
  const request = { window: JUNE, usage: [], models: [], facts: ['charges'] as const };
  const all = await Array.fromAsync(source.pull(request));
  const pods = all.find(({ fetch }) => fetch.kind === 'runpod.billing.pods');
  if (pods === undefined) throw new Error('the bill of pods was not asked for');
  return pods;
}

const names = ({ charges = [] }: Fetched) => [
  ...new Set(charges.map(({ fact }) => fact.resourceId)),
];

describe('an answer', () => {
  test('for the requested time, whose records sum to its total, is complete', async () => {
    const result = await pullPods(billReply(records(2)));
    expect(result.completeFor).toEqual({ keyPrefix: 'pods/', window: JUNE });
  });

  test('for an entirely different time fails, and nothing of it is stored', async () => {
    const result = await pullPods(billReply(records(2, MAY), queryOf(MAY)));
    expect(result.fetch.failure).toMatchObject({ code: 'malformed' });
    expect(result.fetch.failure?.message).toContain(
      'it is for 2026-05-01T00:00:00Z to 2026-05-02T00:00:00Z, expected ' +
        '2026-06-01T00:00:00Z to 2026-06-02T00:00:00Z',
    );
    expect(result).not.toHaveProperty('charges');
  });

  test('for a longer time gives only what was requested, and withdraws nothing', async () => {
    const wider = { startMs: MAY.startMs, endMs: JUNE.endMs };
    const both = [...records(120, MAY, 5), ...records(1)];
    const result = await pullPods(billReply(both, queryOf(wider)));
    expect(names(result)).toEqual(['pod0']);
    expect(result.rejects).toHaveLength(100);
    expect(result.rejects?.[0]?.reason).toContain('a bucket inside 2026-06-01T00:00:00Z to');
    expect(pullWarningSentences(result.warnings).join()).toContain('120 records were rejected');
    expect(pullWarningSentences(result.warnings).join()).toContain('bill for 2026-05-01T00:00:00Z');
    expect(result).not.toHaveProperty('completeFor');
    expect(result).not.toHaveProperty('statedTotal');
  });

  test.each([
    ['states another total than its records sum to', { totals: { totalAmount: 9 } }],
    ['states no total', { totals: null }],
  ])('that %s withdraws nothing', async (_, changes) => {
    const result = await pullPods(billReply(records(2), changes));
    expect(names(result)).toEqual(['pod0', 'pod1']);
    expect(result).not.toHaveProperty('completeFor');
  });

  test("that the account's bill contradicts withdraws nothing, and reports it", async () => {
    const result = await pullPods(billReply(records(2)), 3);
    expect(names(result)).toEqual(['pod0', 'pod1']);
    expect(result).not.toHaveProperty('completeFor');
    expect(pullWarningSentences(result.warnings)).toEqual([
      "RunPod's bill of the whole account has $3.00 for pods, but its pods bill has $1.00. " +
        'Only the pods bill counts. Compare both with the invoice.',
    ]);
  });

  test('that has more pages withdraws nothing', async () => {
    const result = await pullPods({ ...billReply(records(2)), pagination: { hasNextPage: true } });
    expect(result).not.toHaveProperty('completeFor');
  });
});

test('a ledger keeps all charges when RunPod answers for another window', async () => {
  const { ledger } = await scratchLedger();
  const first = await pullPods(billReply(records(40)), 20);
  await ledger.facts.append(first, JUNE.endMs);
  const wider = { startMs: MAY.startMs, endMs: JUNE.endMs };
  const answers = [
    billReply(records(1, MAY), queryOf(MAY)),
    billReply(records(1, MAY), queryOf(wider)),
    billReply(records(1), queryOf(wider)),
    billReply(records(1)),
  ];
  for (const [index, answer] of answers.entries()) {
    await ledger.facts.append(await pullPods(answer, 0.5), JUNE.endMs + 1 + index);
  }
  expect(await ledger.facts.charges(JUNE, JUNE.endMs + 9)).toHaveLength(80);
  const { rows } = await ledger.query('SELECT failure_code FROM fetch ORDER BY fetch_ref');
  expect(rows.flat()).toEqual([null, 'malformed', null, null, 'withdrawal']);
});
