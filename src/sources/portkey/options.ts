/** Config options of a Portkey organization, and the declaration of the kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

export const portkeyOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://api.portkey.ai/v1'),
});

export type PortkeyOptions = z.output<typeof portkeyOptions>;

/** Filters of Portkey's analytics. Several values of one filter are separated by commas. */
export const PORTKEY_FILTERS = [
  'ai_org_model',
  'virtual_keys',
  'configs',
  'workspace_slug',
  'api_key_ids',
];

/** Portkey: requests and total tokens by day, to compare with another source of usage. */
export const portkeyDeclaration: KindDeclaration<PortkeyOptions> = {
  kind: 'portkey',
  provides: ['usage'],
  options: portkeyOptions,
  matchKeys: () => PORTKEY_FILTERS,
};
