/** A real Prometheus server on the loopback, separate or shared by all tests. */

import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aptInstalls } from './apt.ts';
import { sharedServerAddress, type SharedServer } from './sharedServers.ts';
import { findOnPath } from './onPath.ts';
import {
  createServerFolder,
  type ServerFolder,
  type StartedServer,
  startThirdPartyServer,
} from './thirdPartyServer.ts';

export type PrometheusServer = StartedServer;

interface Tools {
  readonly prometheus: string;
  readonly promtool: string;
}

const RETENTION = '100y';
const NEEDED =
  'this test needs the programs prometheus and promtool on PATH: install them with ' +
  '"apt-get install prometheus" (Debian, Ubuntu) or "brew install prometheus" (macOS)';

/** The shared Prometheus of this test run, which has all series of prometheusStories.ts. */
export function sharedPrometheus(): Promise<string> {
  return sharedServerAddress('prometheus');
}

/** Starts a Prometheus with storage that promtool builds from OpenMetrics texts. */
export async function servePrometheus(texts: Iterable<string>): Promise<SharedServer> {
  const server = await serveIn(createServerFolder('prometheus', PLAIN), ({ folder }) => {
    for (const text of texts) addToStorage(findTools().promtool, folder, text);
  });
  process.stderr.write(`tests use ${findTools().prometheus} at ${server.origin}\n`);
  return { address: server.origin, stop: () => server.close() };
}

/** Content of a Prometheus as recording rules, which avoids a text of millions of samples. */
export interface RecordingRules {
  /** Input of the rules in OpenMetrics. A sample is valid for a day. */
  readonly seed: string;
  /** A file of recording rules, evaluated every 15 s. */
  readonly rules: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Starts a Prometheus with storage that promtool builds from recording rules, evaluated by another
 * one.
 */
export async function servePrometheusFromRules({
  seed,
  rules,
  startMs,
  endMs,
}: RecordingRules): Promise<SharedServer> {
  const source = await serveIn(
    createServerFolder('prometheus', PLAIN),
    ({ folder }) => addToStorage(findTools().promtool, folder, seed),
    ['--query.lookback-delta=1d'],
  );
  try {
    const place = createServerFolder('prometheus', { ...PLAIN, 'rules.yml': rules });
    const flags = [`--url=${source.origin}`, `--start=${startMs / 1000}`, `--end=${endMs / 1000}`];
    const [data, file] = ['data', 'rules.yml'].map((name) => join(place.folder, name));
    const args = [...BY_RULES, ...flags, `--output-dir=${data}`, '--eval-interval=15s', `${file}`];
    const fill = async () => void (await promisify(execFile)(findTools().promtool, args));
    const server = await serveIn(place, fill);
    return { address: server.origin, stop: () => server.close() };
  } finally {
    await source.close();
  }
}

/** In blocks as long as a query with a step of 15 s may be, which has at most 11,000 points. */
const BY_RULES = ['tsdb', 'create-blocks-from', '--max-block-duration=18h', 'rules'];

/**
 * Starts Prometheus on a free port with these files, of which `prometheus.yml` is its
 * configuration. Finds the program on PATH, or else installs Debian's package as root, or else
 * fails with what to do. The server ends with `close`, and at the latest with this process.
 */
export async function startPrometheusWith(
  files: Readonly<Record<string, string>>,
): Promise<PrometheusServer> {
  return serveIn(createServerFolder('prometheus', files), () => undefined);
}

const PLAIN = { 'prometheus.yml': 'global: {}\n' };

/** Serves a folder once it is filled. A failure leaves nothing behind. */
async function serveIn(
  place: ServerFolder,
  fill: (place: ServerFolder) => Promise<void> | void,
  flags: readonly string[] = [],
): Promise<PrometheusServer> {
  try {
    await fill(place);
    return await serve(place, flags);
  } catch (error) {
    place.remove();
    throw error;
  }
}

/** Path of promtool, found or installed like the server. */
export async function promtool(): Promise<string> {
  return findTools().promtool;
}

/** Adds blocks to `folder/data`, next to existing ones. A text may have each family only once. */
function addToStorage(promtool: string, folder: string, openMetrics: string): void {
  const input = join(folder, 'input.om');
  writeFileSync(input, openMetrics);
  const data = join(folder, 'data');
  execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '-q', input, data], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function serve(place: ServerFolder, flags: readonly string[]): Promise<PrometheusServer> {
  return startThirdPartyServer({
    path: findTools().prometheus,
    place,
    args: (address) => [...flagsOf(place, address), ...flags],
    readyPath: '/-/ready',
  });
}

function flagsOf({ folder }: ServerFolder, address: string): string[] {
  return [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--storage.tsdb.retention.time=${RETENTION}`,
    `--web.listen-address=${address}`,
    '--log.level=warn',
  ];
}

function findTools(): Tools {
  const found = toolsOnPath();
  if (found !== undefined) return found;
  aptInstalls('prometheus', 'prometheus');
  const installed = toolsOnPath();
  if (installed === undefined) throw new Error(NEEDED);
  return installed;
}

function toolsOnPath(): Tools | undefined {
  const [prometheus, promtool] = ['prometheus', 'promtool'].map(findOnPath);
  if (prometheus === undefined || promtool === undefined) return undefined;
  return { prometheus, promtool };
}
