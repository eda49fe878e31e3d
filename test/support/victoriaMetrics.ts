/** Knows how to get a real VictoriaMetrics on the loopback; only Debian's newer ones have it. */

import { join } from 'node:path';
import { aptInstalls } from './apt.ts';
import { onPath } from './onPath.ts';
import { newPlace, type Served, startServed } from './served.ts';

const PROGRAM = 'victoria-metrics';

export interface Keeping {
  /** In OpenMetrics, or in the text of Prometheus with times in milliseconds. */
  readonly texts?: Iterable<string>;
  /** `100y` unless told. */
  readonly retention?: string;
  /** Its configuration, where it scrapes itself. */
  readonly scrapes?: string;
}

/** Is it on PATH, or installed now? Never without root and apt. */
export function hasVictoriaMetrics(): boolean {
  return onPath(PROGRAM) !== undefined || aptInstalls(PROGRAM, PROGRAM);
}

/** Starts one, and imports the texts. */
export async function serveVictoriaMetrics(keeping: Keeping): Promise<Served> {
  const { texts = [], retention = '100y', scrapes } = keeping;
  const place = newPlace('victoria', scrapes === undefined ? {} : { 'scrapes.yml': scrapes });
  const server = await startServed({
    path: PROGRAM,
    place,
    readyPath: '/health',
    args: (address) => [
      `-storageDataPath=${join(place.folder, 'data')}`,
      `-httpListenAddr=${address}`,
      `-retentionPeriod=${retention}`,
      '-loggerLevel=ERROR',
      '-memory.allowedPercent=10',
      ...(scrapes === undefined ? [] : [`-promscrape.config=${join(place.folder, 'scrapes.yml')}`]),
    ],
  });
  try {
    const url = `${server.origin}/api/v1/import/prometheus`;
    for (const body of texts) {
      const answer = await fetch(url, { method: 'POST', body });
      if (!answer.ok) throw new Error(`import: ${answer.status} ${await answer.text()}`);
    }
    await settled(server);
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** What it has taken in is found from now on. */
export async function settled({ origin }: Served): Promise<void> {
  await fetch(`${origin}/internal/force_flush`);
}
