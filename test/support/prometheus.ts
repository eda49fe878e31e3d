/** Knows how to get a real Prometheus server on the loopback, alone or the one of all tests. */

import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aptInstalls } from './apt.ts';
import { addressOf, type Kept } from './kept.ts';
import { onPath } from './onPath.ts';
import { newPlace, type Place, type Served, startServed } from './served.ts';

export type PrometheusServer = Served;

interface Tools {
  readonly prometheus: string;
  readonly promtool: string;
}

const RETENTION = '100y';
const NEEDED =
  'this test needs the programs prometheus and promtool on PATH: install them with ' +
  '"apt-get install prometheus" (Debian, Ubuntu) or "brew install prometheus" (macOS)';

/** The one Prometheus of this run of tests, which has seen all of stories.ts. */
export function thePrometheus(): Promise<string> {
  return addressOf('prometheus');
}

/** Starts a Prometheus whose storage promtool makes of texts in OpenMetrics. */
export async function servePrometheus(texts: Iterable<string>): Promise<Kept> {
  const server = await serveIn(newPlace('prometheus', PLAIN), ({ folder }) => {
    for (const text of texts) addToStorage(findTools().promtool, folder, text);
  });
  process.stderr.write(`tests use ${findTools().prometheus} at ${server.origin}\n`);
  return { address: server.origin, stop: () => server.close() };
}

/** What a Prometheus is to hold, as rules: no text is made of millions of samples. */
export interface Ruled {
  /** In OpenMetrics, what the rules go by: a sample holds for a day. */
  readonly seed: string;
  /** A file of recording rules, evaluated every 15 s. */
  readonly rules: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Starts a Prometheus whose storage promtool makes of recording rules that another evaluates. */
export async function serveRuled({ seed, rules, startMs, endMs }: Ruled): Promise<Kept> {
  const source = await serveIn(
    newPlace('prometheus', PLAIN),
    ({ folder }) => addToStorage(findTools().promtool, folder, seed),
    ['--query.lookback-delta=1d'],
  );
  try {
    const place = newPlace('prometheus', { ...PLAIN, 'rules.yml': rules });
    const told = [`--url=${source.origin}`, `--start=${startMs / 1000}`, `--end=${endMs / 1000}`];
    const [data, file] = ['data', 'rules.yml'].map((name) => join(place.folder, name));
    const args = [...BY_RULES, ...told, `--output-dir=${data}`, '--eval-interval=15s', `${file}`];
    const fill = async () => void (await promisify(execFile)(findTools().promtool, args));
    const server = await serveIn(place, fill);
    return { address: server.origin, stop: () => server.close() };
  } finally {
    await source.close();
  }
}

/** In blocks as long as a question of a step of 15 s may be: it has 11,000 points at most. */
const BY_RULES = ['tsdb', 'create-blocks-from', '--max-block-duration=18h', 'rules'];

/**
 * Starts Prometheus on a free port with these files; `prometheus.yml` is its configuration. Finds
 * the program on PATH, else installs Debian's package where it runs as root; fails with how to get
 * it. The server ends with `close`, and at the latest with this process.
 */
export async function startPrometheusWith(
  files: Readonly<Record<string, string>>,
): Promise<PrometheusServer> {
  return serveIn(newPlace('prometheus', files), () => undefined);
}

const PLAIN = { 'prometheus.yml': 'global: {}\n' };

/** Serves a place once it is filled; what goes wrong leaves nothing behind. */
async function serveIn(
  place: Place,
  fill: (place: Place) => Promise<void> | void,
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

/** Blocks in `folder/data`, beside those that are there: a text names each family once. */
function addToStorage(promtool: string, folder: string, openMetrics: string): void {
  const input = join(folder, 'input.om');
  writeFileSync(input, openMetrics);
  const data = join(folder, 'data');
  execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '-q', input, data], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function serve(place: Place, flags: readonly string[]): Promise<PrometheusServer> {
  return startServed({
    path: findTools().prometheus,
    place,
    args: (address) => [...flagsOf(place, address), ...flags],
    readyPath: '/-/ready',
  });
}

function flagsOf({ folder }: Place, address: string): string[] {
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
  const [prometheus, promtool] = ['prometheus', 'promtool'].map(onPath);
  if (prometheus === undefined || promtool === undefined) return undefined;
  return { prometheus, promtool };
}
