/** A real VictoriaMetrics on the loopback. Only newer Debian releases have it. */

import { join } from 'node:path';
import { aptInstalls } from './apt.ts';
import { findOnPath } from './onPath.ts';
import {
  createServerFolder,
  type StartedServer,
  startThirdPartyServer,
} from './thirdPartyServer.ts';

const PROGRAM = 'victoria-metrics';

export interface VictoriaMetricsData {
  /** In OpenMetrics, or in the Prometheus text format with times in milliseconds. */
  readonly texts?: Iterable<string>;
  /** `100y` by default. */
  readonly retention?: string;
  /** Its configuration, if it scrapes by itself. */
  readonly scrapes?: string;
}

/** Whether it is on PATH, or was installed now. It is never installed without root and apt. */
export function hasVictoriaMetrics(): boolean {
  return findOnPath(PROGRAM) !== undefined || aptInstalls(PROGRAM, PROGRAM);
}

/** Starts one, and imports the texts. */
export async function serveVictoriaMetrics(keeping: VictoriaMetricsData): Promise<StartedServer> {
  const { texts = [], retention = '100y', scrapes } = keeping;
  const place = createServerFolder(
    'victoria',
    scrapes === undefined ? {} : { 'scrapes.yml': scrapes },
  );
  const server = await startThirdPartyServer({
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
    await waitUntilSearchable(server);
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Waits until imported data can be queried. */
export async function waitUntilSearchable({ origin }: StartedServer): Promise<void> {
  await fetch(`${origin}/internal/force_flush`);
}
