/** Money of resources that no inventory has shown, as the doctor reports it. */

import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/domain/period.ts';
import { examineMappings } from '../../src/doctor/examineMappings.ts';
import { withFindingText } from '../../src/report/copy/findings.ts';
import { charge, fetched, JULY_1, scratchLedger } from '../ledger/ledgerFixture.ts';

const NOW_MS = JULY_1 + 2 * DAY_MS;

const located = <T>(facts: readonly T[]) => facts.map((fact, position) => ({ position, fact }));
const seen = (sourceId: string, resourceId: string) => ({
  sourceId,
  resourceId,
  kind: 'pod' as const,
  name: `name of ${resourceId}`,
  seenAtMs: JULY_1,
});

async function findings(charges: ReturnType<typeof charge>[], listed: readonly string[]) {
  const { ledger } = await scratchLedger();
  const resources = listed.map((id) => seen('runpod', id));
  await ledger.facts.append(
    fetched({ charges: located(charges), resources: located(resources) }),
    NOW_MS,
  );
  const config = { deployments: [], commitments: [] };
  const all = await examineMappings({ config, ledger, nowMs: NOW_MS });
  return all.filter(({ code }) => code === 'resources-not-seen').map(withFindingText);
}

test('a pod between two inventories is reported with its money and what to do', async () => {
  const charges = [
    charge('pods/gone1/gpu', 2_500_000),
    charge('pods/gone2/gpu', 1_250_000),
    charge('pods/gone2/gpu/later', 250_000, { resourceId: 'gone2' }),
    charge('pods/pod1/gpu', 9_000_000),
    charge('pods/called/gpu', 9_000_000, { resourceName: 'chat' }),
    charge('pods/gone3/disk', 9_000_000, { category: 'storage' }),
  ];
  expect(await findings(charges, ['pod1'])).toEqual([
    {
      area: 'mapping',
      state: 'warn',
      code: 'resources-not-seen',
      source: 'runpod',
      usd: '4.000000',
      resources: 2,
      days: 31,
      says:
        'Charges of $4.00 from runpod in the last 31 days are for 2 resources that ' +
        'no inventory lists, so their names are unknown.',
      fix:
        'Match them by id under resources of the deployment that they served. A ' +
        'worker that samples the inventory every five minutes finds more of them: ' +
        'sampled: { runpod: [inventory] }',
    },
  ]);
});

test('a source without inventories, such as a file, is not mentioned', async () => {
  expect(await findings([charge('pods/gone1/gpu', 2_500_000)], [])).toEqual([]);
});
