/** Starts a third-party server on the loopback, and reliably ends it. */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LIMIT_MS } from './timeouts.ts';
import { freePort } from './ports.ts';

/** A folder for one server. */
export interface ServerFolder {
  readonly folder: string;
  remove(): void;
}

export function createServerFolder(
  name: string,
  files: Readonly<Record<string, string>> = {},
): ServerFolder {
  const folder = mkdtempSync(join(tmpdir(), `rentcheck-${name}-`));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface StartedServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Ends the process and removes its files. */
  close(): Promise<void>;
}

export interface ServerProgram {
  readonly path: string;
  readonly place: ServerFolder;
  /** Its arguments, for the address `127.0.0.1:PORT`. */
  readonly args: (address: string) => readonly string[];
  /** Answers 200 once it is ready: `/-/ready`. */
  readonly readyPath: string;
}

/**
 * Starts it on a free port. It ends with `close`, and at the latest with this process. A failure
 * leaves nothing behind.
 */
export async function startThirdPartyServer({
  path,
  place,
  args,
  readyPath,
}: ServerProgram): Promise<StartedServer> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(path, args(address), { stdio: ['ignore', 'ignore', 'pipe'] });
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
    await ready(`http://${address}${readyPath}`, child);
  } catch (cause) {
    await close();
    throw new Error(`${path} did not get ready: ${log}`, { cause });
  }
  return { origin: `http://${address}`, close };
}

/** There is no ready event, so its ready page is polled until it answers, or the process ends. */
async function ready(url: string, child: ReturnType<typeof spawn>): Promise<void> {
  const tries = LIMIT_MS / 50;
  for (let left = tries; left > 0; left -= 1) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await wait(50);
  }
  throw new Error(`${url} never answered`);
}
