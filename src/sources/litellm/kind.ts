/** Declares the source kind `litellm`. */

import { lazyKind } from '../source.ts';
import { litellmOptions, LITELLM_FIELDS } from './options.ts';

/** The LiteLLM proxy: the requests that it forwarded to each model, by day or by request. */
export const litellmKind = lazyKind(
  {
    kind: 'litellm',
    provides: ['usage'],
    options: litellmOptions,
    matchKeys: ({ detail }) => LITELLM_FIELDS[detail].match,
  },
  () => import('./source.ts'),
);
