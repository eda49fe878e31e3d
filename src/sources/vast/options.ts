/** Options of a Vast.ai source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

export const vastOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://console.vast.ai'),
});

export type VastOptions = z.output<typeof vastOptions>;

/** Charges by contract and UTC day, current instances, and market prices. */
export const vastDeclaration: KindDeclaration<VastOptions> = {
  kind: 'vast',
  provides: ['charges', 'inventory', 'rates'],
  options: vastOptions,
  // A day's charges may change for some days; other billing clients reread a week.
  trailingDays: 7,
  states: {
    instance: {
      billed: ['running'],
      idle: ['exited', 'stopped', 'offline'],
      starting: ['created', 'loading', 'scheduling'],
      // An endpoint's worker is an instance in the inventory and the endpoint on the bill.
      isOnBill: false,
    },
  },
};
