/** Keys of stored digests never change: another name would be another audit after an upgrade. */

import { expect, it } from 'vitest';
import { computeInputDigests } from '../../src/jobs/runIdentity.ts';

type Inputs = Parameters<typeof computeInputDigests>[1];
type Services = Parameters<typeof computeInputDigests>[0];

/** Records what is digested. */
const digested: unknown[] = [];
const digest = (value: unknown) => {
  digested.push(value);
  return String(digested.length);
};

it('digests local time and gateway costs under the keys of the first version', () => {
  const input = {
    window: { startMs: 0, endMs: 1 },
    charges: {},
    deployments: [],
    localClock: { timeZone: 'Europe/Paris', offsets: [{ fromMs: 0, aheadMs: 3_600_000 }] },
    gatewayCosts: [{ source: 'main', usd: '1' }],
  };
  const gathered = { input, hours: [], warnings: [], notes: [], gaps: [], beside: new Map() };
  const facts = { invoices: [], reconciliation: [], troubles: [], unconverted: [], policy: {} };
  const config = { policy: {}, deployments: [], commitments: [] };
  computeInputDigests(
    { config, audits: { digest } } as unknown as Services,
    { gathered, ...facts } as unknown as Inputs,
  );
  const wall = { timeZone: 'Europe/Paris', shifts: [{ fromMs: 0, aheadMs: 3_600_000 }] };
  const reckoned = [{ source: 'main', usd: '1' }];
  const whole = digested.find((value) => Object.hasOwn(value as object, 'notes'));
  expect(whole).toMatchObject({ wall, reckoned });
  expect(whole).not.toHaveProperty('localClock');
  expect(whole).not.toHaveProperty('gatewayCosts');
});
