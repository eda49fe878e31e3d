/**
 * Values that charges share are read once for many charges, and never copied to a charge with other
 * values.
 */

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { exact } from '../../src/domain/exact.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { HOUR_MS, period } from '../../src/domain/period.ts';
import { charge, EVER, fetched, JULY_1, located, NOW, scratchLedger } from './ledgerFixture.ts';

const lines = fc.record({
  resource: fc.constantFrom('a', 'b', 'c'),
  name: fc.constantFrom('chat', 'draft', undefined),
  hour: fc.integer({ min: 0, max: 3 }),
  billed: fc.constantFrom(0n, 5n, -5n, 9_007_199_254_740_993n),
  quantity: fc.constantFrom(exact(1n), exact(1n, 3n), undefined),
  invoice: fc.constantFrom('INV-1', 'INV-2', undefined),
});

it('each of many charges comes back unchanged, whatever the others contain', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(lines, { minLength: 1, maxLength: 40 }), async (drawn) => {
      const { ledger } = await scratchLedger();
      const charges = drawn.map(({ resource, name, hour, billed, quantity, invoice }, at) =>
        charge(`pod/${resource}/${at}`, 0, {
          resourceId: resource,
          period: period(JULY_1 + hour * HOUR_MS, JULY_1 + (hour + 1) * HOUR_MS),
          billed: nanoUsd(billed),
          ...(name === undefined ? {} : { resourceName: name }),
          ...(quantity === undefined ? {} : { quantity, unit: 'Hours' }),
          ...(invoice === undefined ? {} : { invoice: { id: invoice } }),
        }),
      );
      const { fetchRef } = await ledger.facts.append(
        fetched({ charges: located(...charges) }),
        JULY_1,
      );
      const stored = { version: 1, recordedAtMs: JULY_1, fetchRef };
      const read = new Map((await ledger.facts.charges(EVER, NOW)).map((each) => [each.key, each]));
      expect(read.size).toBe(charges.length);
      for (const each of charges) expect(read.get(each.key)).toEqual({ ...each, ...stored });
    }),
    { numRuns: 15 },
  );
});
