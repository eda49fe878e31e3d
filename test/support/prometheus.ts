/** Knows how to get a real Prometheus server on the loopback, alone or the one of all tests. */

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { aptInstalls } from './apt.ts';
import { addressOf, type Kept } from './kept.ts';
import { LIMIT_MS } from './patience.ts';
import { freePort } from './ports.ts';

export interface PrometheusServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Ends the process and removes its files. */
  close(): Promise<void>;
}

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
  const server = await serveIn(newPlace(PLAIN), ({ folder }) => {
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
    newPlace(PLAIN),
    ({ folder }) => addToStorage(findTools().promtool, folder, seed),
    ['--query.lookback-delta=1d'],
  );
  try {
    const place = newPlace({ ...PLAIN, 'rules.yml': rules });
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
  return serveIn(newPlace(files), () => undefined);
}

const PLAIN = { 'prometheus.yml': 'global: {}\n' };

function newPlace(files: Readonly<Record<string, string>>): Place {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-prometheus-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return {
    folder,
    config: join(folder, 'prometheus.yml'),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

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

interface Place {
  readonly folder: string;
  readonly config: string;
  remove(): void;
}

async function serve(place: Place, flags: readonly string[]): Promise<PrometheusServer> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(findTools().prometheus, [...flagsOf(place, address), ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const atExit = () => {
    child.kill('SIGKILL');
    place.remove();
  };
  process.once('exit', atExit);
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', atExit);
    place.remove();
  };
  try {
    await ready(`http://${address}/-/ready`, child);
  } catch (cause) {
    await close();
    throw new Error(`prometheus did not get ready: ${log}`, { cause });
  }
  return { origin: `http://${address}`, close };
}

function flagsOf({ folder, config }: Place, address: string): string[] {
  return [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--storage.tsdb.retention.time=${RETENTION}`,
    `--web.listen-address=${address}`,
    '--log.level=warn',
  ];
}

/**
 * The server has no event for it: its ready page is asked until it answers, or the process ends.
 */
async function ready(url: string, child: ChildProcess): Promise<void> {
  const tries = LIMIT_MS / 50;
  for (let left = tries; left > 0; left -= 1) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await wait(50);
  }
  throw new Error(`${url} never answered`);
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

function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not a program: the next folder is asked.
    return false;
  }
}
