/** Declares the source kind `scrape`. */

import { lazyKind } from '../source.ts';
import { REREADS, scrapeOptions } from './options.ts';

/** Metrics that rentcheck scrapes from replicas itself, at scheduled times. */
export const scrapeKind = lazyKind(
  {
    kind: 'scrape',
    tells: ['usage'],
    samples: ['usage'],
    options: scrapeOptions,
    rereads: REREADS,
    seesEngines: true,
  },
  () => import('./source.ts'),
);
