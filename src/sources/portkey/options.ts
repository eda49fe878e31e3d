/** What rentcheck.yaml may say of a Portkey organization. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const portkeyOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://api.portkey.ai/v1'),
});

export type PortkeyOptions = z.output<typeof portkeyOptions>;

/** Filters of Portkey's analytics; several values of one stand behind commas. */
export const FILTERS = ['ai_org_model', 'virtual_keys', 'configs', 'workspace_slug', 'api_key_ids'];
