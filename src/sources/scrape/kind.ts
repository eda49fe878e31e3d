/** Replicas that are scraped by rentcheck itself, as a kind of source. */

import { lazyKind } from '../source.ts';
import { REREADS, scrapeOptions } from './options.ts';

/** Metrics of replicas, scraped as the timetable rings. */
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
