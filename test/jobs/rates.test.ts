/** Charges by a rate card, pulled again after the card has changed. */

import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toDecimal } from '../../src/domain/exact.ts';
import { usd } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { pullFacts } from '../../src/jobs/pull.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createHttpClient } from '../../src/platform/httpClient.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { coreweaveKind } from '../../src/sources/registry.ts';
import { loadConfigText } from '../config/configFile.ts';
import { coreweaveDocument, KEY, organizationOf, START_MS } from '../sources/coreweave/emulator.ts';
import { folderWith } from '../support/cli.ts';
import { emulateApi } from '../support/emulator.ts';
import { startServer, type TestServer } from '../support/httpServer.ts';

const HOURS = 2;
const WINDOW = { startMs: START_MS, endMs: START_MS + HOURS * HOUR_MS };
const clock = settableClock(START_MS);
let ledger: Ledger;
let server: TestServer;

beforeEach(async () => {
  clock.set(START_MS + DAY_MS);
  ledger = await openLedger(join(await folderWith({}), 'l.db'), { clock });
  server = await startServer(emulateApi(coreweaveDocument(organizationOf(HOURS)), 'a'));
});
afterEach(async () => {
  await ledger.close();
  await server.close();
});

async function pull(rates: object) {
  clock.set(clock.nowMs() + HOUR_MS);
  const apiKey = createSecret('${COREWEAVE_API_KEY}', () => KEY);
  const options = coreweaveKind.options.parse({ apiKey, baseUrl: server.origin, rates });
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const source = coreweaveKind.create('coreweave', options, { http, clock });
  const context = {
    config: await loadConfigText('sources: {}'),
    ledger,
    clock,
    sources: new Map([['coreweave', source]]),
    progress: () => undefined,
  } as unknown as JobContext;
  const result = await pullFacts(context, { source: 'coreweave', window: WINDOW });
  const charges = await ledger.facts.charges(WINDOW, await ledger.facts.asOfNow(clock.nowMs()));
  const nano = charges.reduce((sum, { billed }) => sum + billed, 0n);
  return { ...result, count: charges.length, usd: toDecimal(usd(nano), 2) };
}

test('a changed rate restates, the same changes nothing, a missing one withdraws', async () => {
  // In each hour: 16 reserved and 4 on-demand H100 instances, 1.5 of L40S, 1,024 GiB.
  const card = { 'gd-8xh100ib-i128': 40, 'gd-8xl40s-i128': 18, 'dfs-*': 0.001 };
  const first = await pull(card);
  expect(first).toMatchObject({ count: 8, usd: '1656.05', rejected: 0, failures: [] });
  expect(await pull(card)).toMatchObject({ added: 0, restated: 0, usd: '1656.05' });
  const cheaper = { ...card, 'gd-8xh100ib-i128': 30 };
  expect(await pull(cheaper)).toMatchObject({ added: 0, restated: 4, usd: '1256.05' });
  const { 'dfs-*': _storage, ...without } = cheaper;
  const last = await pull(without);
  expect(last).toMatchObject({ count: 6, usd: '1254.00', restated: 2 });
  expect(last.rejects.map(({ reason }) => reason).join()).toContain('of dfs-standard not charged');
});
