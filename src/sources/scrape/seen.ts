/** Lists the engines that respond at the replicas. */

import type { SeenEngine } from '../../domain/seenEngine.ts';
import { seenEngines, SIGN_NAMES } from '../engines/seen.ts';
import type { Setting } from '../source.ts';
import { seriesOf } from './history.ts';
import type { ScrapeOptions } from './options.ts';
import { credentialsOf, inTurns, scrapeOf } from './scraping.ts';
import { targetsOf } from './targets.ts';

/**
 * Scrapes each replica once, now, whatever the window. A replica that does not answer is skipped.
 * @throws {Failure} if replicas cannot be found, or the first failure if none of them answers.
 */
export async function seen(setting: Setting<ScrapeOptions>): Promise<SeenEngine[]> {
  const wanted = {
    engines: [],
    names: new Set(SIGN_NAMES),
    credentials: credentialsOf(setting.options),
  };
  const targets = await targetsOf(setting);
  const results = await inTurns(targets, (target) => scrapeOf(setting, target, wanted));
  const pages = results.flatMap(({ scrape }) => scrape ?? []);
  const failure = results.find((result) => result.failure !== undefined)?.failure;
  if (pages.length === 0 && failure !== undefined) throw failure;
  return seenEngines(
    seriesOf(pages).map(({ labels: { __name__: name = '', ...labels } }) => ({ name, labels })),
  );
}
