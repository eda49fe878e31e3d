/** Knows how to get a real Prometheus server on the loopback, filled from OpenMetrics text. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { aptInstalls } from './apt.ts';
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

/**
 * Starts Prometheus on a free port, its storage made by promtool from OpenMetrics text (ending in
 * `# EOF`). Finds both programs on PATH, else installs Debian's package where it runs as root;
 * fails with how to get them. The server ends with `close`, and at the latest with this process.
 */
export async function startPrometheus(openMetrics: string): Promise<PrometheusServer> {
  const tools = findTools();
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-prometheus-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const config = writeStorage(tools.promtool, folder, openMetrics);
    return await serve(tools.prometheus, { folder, config, remove });
  } catch (error) {
    remove();
    throw error;
  }
}

/** Starts Prometheus on a free port with these files; `prometheus.yml` is its configuration. */
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

/** Blocks in `folder/data`; the path of an empty configuration. */
function writeStorage(promtool: string, folder: string, openMetrics: string): string {
  const [input, config] = [join(folder, 'input.om'), join(folder, 'prometheus.yml')];
  writeFileSync(input, openMetrics);
  writeFileSync(config, 'global: {}\n');
  const data = join(folder, 'data');
  execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '-q', input, data], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return config;
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
  if (found !== undefined) return say(`prometheus: found ${found.prometheus}`, found);
  aptInstalls('prometheus', 'prometheus');
  const installed = toolsOnPath();
  if (installed === undefined) throw new Error(NEEDED);
  return say("prometheus: installed Debian's package", installed);
}

function say<T>(line: string, value: T): T {
  process.stderr.write(`${line}\n`);
  return value;
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
