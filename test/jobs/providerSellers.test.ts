/** A provider that stops selling is reported by doctor and metrics, unless it was excluded. */

import { expect, test } from 'vitest';
import type { DeploymentConfig } from '../../src/config/config.ts';
import { decimal, ONE, ZERO } from '../../src/domain/exact.ts';
import { DAY_MS } from '../../src/domain/period.ts';
import { examineMappings } from '../../src/doctor/examineMappings.ts';
import { findDeploymentSellers } from '../../src/jobs/hostedPrices.ts';
import { withFindingText } from '../../src/report/copy/findings.ts';
import {
  fetched,
  JULY_1,
  located,
  price,
  scratchLedger,
  snapshot,
} from '../ledger/ledgerFixture.ts';

const NOW_MS = JULY_1 + 20 * DAY_MS;

function chat(hosts: { readonly excludeHosts?: readonly string[] } = {}): DeploymentConfig {
  const equivalents = [{ via: 'router', model: 'llama', tokenRatio: ONE, ...hosts }];
  return {
    id: 'chat',
    model: 'open/llama',
    gpu: { type: 'H100-80GB', count: 1, share: ONE },
    resources: [],
    hosted: { equivalents, policy: 'cheapest', fee: ZERO, allowFree: false },
    rightSize: { headroom: decimal('0.8'), minReplicas: 1 },
    spot: { evictionOverhead: ZERO },
  };
}

/** Three providers sell on the first of July. `b` is missing on the tenth. */
async function market() {
  const { ledger } = await scratchLedger();
  const all = { a: 100_000, b: 200_000, c: 300_000 };
  const looks = [snapshot(JULY_1, all), snapshot(JULY_1 + 9 * DAY_MS, { a: 100_000, c: 300_000 })];
  for (const look of looks) {
    await ledger.facts.append(fetched({ priceSnapshots: located(look) }), look.takenAtMs);
  }
  return ledger;
}

test('a provider that stopped selling is reported with the day and those left', async () => {
  const ledger = await market();
  const sellers = await findDeploymentSellers({
    config: { deployments: [chat()] },
    ledger,
    nowMs: NOW_MS,
  });
  expect(sellers).toEqual([
    {
      deployment: 'chat',
      selling: 2,
      retired: [{ company: 'b', host: 'b', sinceMs: JULY_1 + 9 * DAY_MS }],
    },
  ]);
  const config = { deployments: [chat()], commitments: [] };
  const findings = await examineMappings({ config, ledger, nowMs: NOW_MS });
  expect(findings.filter(({ code }) => code === 'host-retired').map(withFindingText)).toEqual([
    {
      area: 'mapping',
      subject: 'chat',
      deployment: 'chat',
      state: 'warn',
      code: 'host-retired',
      host: 'b',
      day: '2026-07-10',
      selling: 2,
      says:
        'The provider b stopped selling the hosted equivalent on 2026-07-10. ' +
        'Providers that sell one now: 2.',
      fix: 'Name another equivalent under hosted, or list the others: rentcheck prices',
    },
  ]);
});

test('a provider excluded by the config, or gone for over a quarter, is not reported', async () => {
  const ledger = await market();
  const without = { deployments: [chat({ excludeHosts: ['b'] })] };
  const sellers = await findDeploymentSellers({ config: without, ledger, nowMs: NOW_MS });
  expect(sellers).toEqual([{ deployment: 'chat', selling: 2, retired: [] }]);
  const later = NOW_MS + 92 * DAY_MS;
  const after = await findDeploymentSellers({
    config: { deployments: [chat()] },
    ledger,
    nowMs: later,
  });
  expect(after.map(({ retired }) => retired)).toEqual([[]]);
});

test('a deployment whose equivalents have no price has no sellers to count', async () => {
  const { ledger } = await scratchLedger();
  await ledger.facts.append(
    fetched({ prices: located({ ...price('a', 1), model: 'other' }) }),
    JULY_1,
  );
  expect(
    await findDeploymentSellers({ config: { deployments: [chat()] }, ledger, nowMs: NOW_MS }),
  ).toEqual([]);
});
