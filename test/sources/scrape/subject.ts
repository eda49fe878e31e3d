/** Healthy replicas, for the source contract. */

import { scrapeKind } from '../../../src/sources/scrape/kind.ts';
import type { SourceSubject } from '../../contract/source.ts';
import { NOW_MS } from '../../support/testClient.ts';
import { CHAT_TARGET } from './stage.ts';
import { healthyReplica } from './world.ts';

export const scrape: SourceSubject = {
  kind: scrapeKind,
  options: (url, bearerToken) => ({ targets: [url], bearerToken }),
  request: {
    window: { startMs: NOW_MS - 60_000, endMs: NOW_MS },
    usage: [CHAT_TARGET],
    models: [],
  },
  healthy: healthyReplica(NOW_MS),
  toldIn: { usage: 'usage' },
};
