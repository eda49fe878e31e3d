/** Which engines answer at the replicas themselves. */

import type { SeenEngine } from '../../domain/seenEngine.ts';
import { seenEngines, SIGN_NAMES } from '../engines/seen.ts';
import type { Setting } from '../source.ts';
import { seriesOf } from './history.ts';
import type { ScrapeOptions } from './options.ts';
import { credentialsOf, inTurns, scrapeOf } from './scraping.ts';
import { targetsOf } from './targets.ts';

/**
 * One look at each replica; it tells of now, whatever time is asked about. A replica that is silent
 * hides no other.
 * @throws {Failure} where replicas cannot be found, or why none of them answered.
 */
export async function seen(setting: Setting<ScrapeOptions>): Promise<SeenEngine[]> {
  const wanted = {
    engines: [],
    names: new Set(SIGN_NAMES),
    credentials: credentialsOf(setting.options),
  };
  const targets = await targetsOf(setting);
  const looks = await inTurns(targets, (target) => scrapeOf(setting, target, wanted));
  const pages = looks.flatMap(({ scrape }) => scrape ?? []);
  const failure = looks.find((look) => look.failure !== undefined)?.failure;
  if (pages.length === 0 && failure !== undefined) throw failure;
  return seenEngines(
    seriesOf(pages).map(({ labels: { __name__: name = '', ...labels } }) => ({ name, labels })),
  );
}
