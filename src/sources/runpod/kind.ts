/** RunPod as a kind of source; what asks and reads is loaded when it is first pulled. */

import type { SourceKind } from '../source.ts';
import { type RunpodOptions, runpodOptions } from './options.ts';

const TELLS = ['charges', 'inventory', 'rates'] as const;

/**
 * RunPod's REST v2: the bill of pods, serverless endpoints and network volumes, and what is there.
 */
export const runpodKind: SourceKind<RunpodOptions> = {
  kind: 'runpod',
  tells: TELLS,
  options: runpodOptions,
  create: (id, options, tools) => ({
    id,
    kind: 'runpod',
    tells: TELLS,
    // An hour's bill is there within the day; a week is for corrections.
    trailingDays: 7,
    async *pull(request) {
      const { pull } = await import('./source.ts');
      yield* pull({ id, options, tools }, request);
    },
  }),
};
