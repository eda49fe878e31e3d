/** Options of a Hyperstack source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

export const hyperstackOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://infrahub-api.nexgencloud.com/v1'),
});

export type HyperstackOptions = z.output<typeof hyperstackOptions>;

/**
 * Costs by day and resource, VMs, volumes, clusters and prices, from Hyperstack's Infrahub API v1.
 */
export const hyperstackDeclaration: KindDeclaration<HyperstackOptions> = {
  kind: 'hyperstack',
  provides: ['charges', 'inventory', 'rates'],
  options: hyperstackOptions,
  // Hyperstack does not say when a day's costs are final, so they are read again until the month
  // is over.
  trailingDays: 35,
  states: {
    // A VM that is shut off is still billed. A node may be billed with its cluster.
    instance: {
      billed: ['ACTIVE', 'SHUTOFF'],
      idle: ['HIBERNATED'],
      starting: ['CREATING', 'BUILD'],
      isOnBill: false,
    },
    cluster: { billed: ['ACTIVE'], idle: [], starting: [], isOnBill: false },
  },
};
