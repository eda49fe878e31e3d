/** OpenRouter as a kind of source; what asks and reads is loaded when it is first pulled. */

import type { SourceKind } from '../source.ts';
import { type OpenrouterOptions, openrouterOptions } from './options.ts';

const TELLS = ['prices'] as const;

/** OpenRouter: who sells a model now, at what price, in which quantization, and how reachable. */
export const openrouterKind: SourceKind<OpenrouterOptions> = {
  kind: 'openrouter',
  tells: TELLS,
  options: openrouterOptions,
  create: (id, options, tools) => ({
    id,
    kind: 'openrouter',
    tells: TELLS,
    async *pull({ models }) {
      const { pull } = await import('./source.ts');
      yield* pull({ id, options, tools }, models);
    },
  }),
};
