/** Lists the engines that respond at the replicas. */

import type { DetectedEngine } from '../../domain/seenEngine.ts';
import { recognizeEngines, TOKEN_COUNTER_NAMES } from '../engines/seen.ts';
import type { SourceContext } from '../source.ts';
import { toSeries } from './history.ts';
import type { ScrapeOptions } from './options.ts';
import { toCredentials, runConcurrently, scrapeReplica } from './scraping.ts';
import { findScrapeTargets } from './targets.ts';

/**
 * Scrapes each replica once, now, whatever the window. A replica that does not answer is skipped.
 * @throws {Failure} if replicas cannot be found, or the first failure if none of them answers.
 */
export async function seen(setting: SourceContext<ScrapeOptions>): Promise<DetectedEngine[]> {
  const wanted = {
    engines: [],
    names: new Set(TOKEN_COUNTER_NAMES),
    credentials: toCredentials(setting.options),
  };
  const targets = await findScrapeTargets(setting);
  const results = await runConcurrently(targets, (target) =>
    scrapeReplica(setting, target, wanted),
  );
  const pages = results.flatMap(({ scrape }) => scrape ?? []);
  const failure = results.find((result) => result.failure !== undefined)?.failure;
  if (pages.length === 0 && failure !== undefined) throw failure;
  return recognizeEngines(
    toSeries(pages).map(({ labels: { __name__: name = '', ...labels } }) => ({ name, labels })),
  );
}
