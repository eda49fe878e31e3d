/** Tests stacks of any size, with labor that leans to one side and providers that differ. */

import { describe, expect, test } from 'vitest';
import { decimal } from '../../../src/domain/exact.ts';
import { period } from '../../../src/domain/period.ts';
import { seededRandom } from '../../../src/platform/random.ts';
import { charge, deployment, hour, LABOR, price, series } from '../../economics/stackFixture.ts';
import { computeVerdict } from '../verdictFixture.ts';

const DAYS = 28;

/** $240 a day each for tokens of $30 to $90 a day; providers charge two and three times as much. */
function auditOf(count: number) {
  const ids = Array.from({ length: count }, (_, index) => `model-${index}`);
  const hours = { low: decimal('1'), base: decimal('2'), high: decimal('30') };
  const side = { fixedHours: hours, hoursPerDeployment: hours };
  const window = period(hour(0), hour(DAYS * 24));
  return computeVerdict({
    stack: {
      window,
      charges: ids.map((resourceId) => charge({ usd: '6720', from: 0, to: DAYS * 24, resourceId })),
      prices: ['0.2', '0.4', '0.6'].map((usd, at) =>
        price({ host: `host-${at}`, input: usd, cached: '0.05', output: usd }),
      ),
      labor: { ...LABOR, selfHosted: side, hosted: side },
      deployments: ids.map((id) =>
        deployment({ id, resources: [{ sourceId: 'bill', id }], usage: usageOf(id) }),
      ),
    },
  });
}

function usageOf(id: string) {
  const random = seededRandom(id);
  return series(
    Array.from({ length: DAYS }, (_, day) => {
      const uncached = random.integer(150_000_000, 450_000_000);
      return { at: day * 24, hours: 24, uncached, cached: 10_000_000, output: 1_000_000 };
    }),
  );
}

describe.each([1, 2, 7, 50])('the saving of %d deployments', (count) => {
  const { audit, rows } = auditOf(count);
  const [{ base, low, high }, next] = [audit.stack.savingUsd, audit.stack.outlook?.nextQuarter];

  test('is inside its interval, and that of the next quarter is the wider one', () => {
    const [least, less, saving, more, most] = [next?.low, low, base, high, next?.high].map(Number);
    expect([least, less, saving, more, most].map(Number.isFinite)).not.toContain(false);
    expect(less).toBeLessThan(saving ?? Number.NaN);
    expect(more).toBeGreaterThan(saving ?? Number.NaN);
    expect(least).toBeLessThan(less ?? Number.NaN);
    expect(most).toBeGreaterThan(more ?? Number.NaN);
  });

  test('is inside its interval in the rows for SQL too, whatever was decided', () => {
    for (const { savingNanoUsd = 0n, lowNanoUsd = 1n, highNanoUsd = 0n } of [
      rows.stack,
      ...rows.deployments,
    ]) {
      expect(lowNanoUsd <= savingNanoUsd && savingNanoUsd <= highNanoUsd).toBe(true);
    }
  });
});
