/** Options of a Vast.ai source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const vastOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://console.vast.ai'),
});

export type VastOptions = z.output<typeof vastOptions>;
