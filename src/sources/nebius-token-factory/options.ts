/** Options of a Nebius Token Factory source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

export const tokenFactoryOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('https://api.tokenfactory.nebius.com'),
});

export type TokenFactoryOptions = z.output<typeof tokenFactoryOptions>;

/** Nebius Token Factory's current token prices by model. */
export const tokenFactoryDeclaration: KindDeclaration<TokenFactoryOptions> = {
  kind: 'nebius-token-factory',
  provides: ['prices'],
  options: tokenFactoryOptions,
  listsModels: true,
};
