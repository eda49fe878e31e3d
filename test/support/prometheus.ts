/** Knows how to get a real Prometheus server on the loopback, alone or the one of all tests. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
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
  const tools = findTools();
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-prometheus-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    for (const text of texts) addToStorage(tools.promtool, folder, text);
    const config = join(folder, 'prometheus.yml');
    writeFileSync(config, 'global: {}\n');
    const server = await serve(tools.prometheus, { folder, config, remove });
    process.stderr.write(`tests use ${tools.prometheus} at ${server.origin}\n`);
    return { address: server.origin, stop: () => server.close() };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * Starts Prometheus on a free port with these files; `prometheus.yml` is its configuration. Finds
 * the program on PATH, else installs Debian's package where it runs as root; fails with how to get
 * it. The server ends with `close`, and at the latest with this process.
 */
export async function startPrometheusWith(
  files: Readonly<Record<string, string>>,
): Promise<PrometheusServer> {
  const tools = findTools();
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-prometheus-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  try {
    return await serve(tools.prometheus, {
      folder,
      config: join(folder, 'prometheus.yml'),
      remove,
    });
  } catch (error) {
    remove();
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

async function serve(prometheus: string, place: Place): Promise<PrometheusServer> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(prometheus, flagsOf(place, address), { stdio: ['ignore', 'ignore', 'pipe'] });
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
