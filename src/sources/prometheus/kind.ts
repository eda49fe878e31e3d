/** Prometheus as a kind of source; what asks and reads is loaded when it is first pulled. */

import type { SourceKind } from '../source.ts';
import { type PrometheusOptions, prometheusOptions } from './options.ts';

const TELLS = ['usage'] as const;

/** Prometheus and its kin: vLLM's counters, read exactly. */
export const prometheusKind: SourceKind<PrometheusOptions> = {
  kind: 'prometheus',
  tells: TELLS,
  options: prometheusOptions,
  create: (id, options, tools) => ({
    id,
    kind: 'prometheus',
    tells: TELLS,
    resumes: true,
    async *pull(request) {
      const { pull } = await import('./source.ts');
      yield* pull({ id, options, tools }, request);
    },
  }),
};
