/** The worked example with a price for every option. */

import { decimal } from '../../src/domain/exact.ts';
import { rate } from './marketFixture.ts';
import { deployment, stack } from './stackFixture.ts';

export const PRICED = stack({
  rates: [
    rate({ provider: 'elsewhere', usd: '1.45' }),
    rate({ provider: 'elsewhere', usd: '0.90', pricingClass: 'spot' }),
  ],
  deployments: [
    deployment({
      serverless: {
        usdPerSecond: decimal('0.0005'),
        coldStartMs: 60_000,
        idleTimeoutMs: 5000,
        minWorkers: 0,
      },
    }),
  ],
});
