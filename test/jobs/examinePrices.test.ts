/** What the doctor reports about prices. */

import { expect, test } from 'vitest';
import { examinePrices } from '../../src/jobs/knownPrices.ts';
import { findingText } from '../../src/report/copy/findings.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { fetched, JULY_1, located, NOW, price, scratchLedger } from '../ledger/ledgerFixture.ts';

test('quarantined prices are named, five at most, until the config trusts them', async () => {
  const { ledger } = await scratchLedger(settableClock(NOW));
  const hosts = Array.from({ length: 7 }, (_, at) => price(`h${at}`, 300_000_000));
  await ledger.facts.append(fetched({ prices: located(...hosts) }), NOW);
  const question = { ledger, nowMs: NOW };
  const findings = await examinePrices({ ...question, config: {} });
  const says = findings.map((finding) => findingText(finding).says);
  expect(findings).toHaveLength(6);
  expect(findings[0]).toMatchObject({ subject: 'router', state: 'warn' });
  expect(says[0]).toContain('of h0 for llama ($300.00 in');
  expect(says[5]).toBe('There are 2 more prices in quarantine.');
  const trust = [{ source: 'router' }];
  expect(await examinePrices({ ...question, config: { prices: { trust } } })).toEqual([]);
  await ledger.close();
});

test('a catalog that differs from the provider is named with both prices', async () => {
  const { ledger } = await scratchLedger(settableClock(NOW));
  const own = price('novita', 135_000);
  const sources = {
    ...price('Novita', 390_000, JULY_1 - 1),
    sourceId: 'list',
    secondHand: true as const,
  };
  await ledger.facts.append(fetched({ prices: located(own, sources) }), NOW);
  const [input, ...others] = await examinePrices({ ledger, nowMs: NOW, config: {} });
  expect(input).toMatchObject({ area: 'source', subject: 'list', state: 'warn' });
  expect(input).toMatchObject({ catalogUsd: '0.390000', ownSource: 'router', ownUsd: '0.135000' });
  expect(input && findingText(input).says).toContain(
    "as $0.39 per Mtok. The provider's own price from router is $0.135",
  );
  expect(others.length).toBeLessThan(2);
  await ledger.close();
});
