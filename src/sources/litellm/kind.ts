/** Declares the source kind `litellm`. */

import { lazyKind } from '../source.ts';
import { litellmOptions, READABLE } from './options.ts';

/** The LiteLLM proxy: the requests that it forwarded to each model, by day or by request. */
export const litellmKind = lazyKind(
  {
    kind: 'litellm',
    tells: ['usage'],
    options: litellmOptions,
    matchKeys: ({ detail }) => READABLE[detail].match,
  },
  () => import('./source.ts'),
);
