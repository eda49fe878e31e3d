/** What rentcheck.yaml may say of a Portkey organization. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const portkeyOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://api.portkey.ai/v1'),
});

export type PortkeyOptions = z.output<typeof portkeyOptions>;
