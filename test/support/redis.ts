/**
 * A real Redis for tests: configured, on the PATH, from Docker, or installed, and stopped
 * afterwards.
 */

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SingleRedis } from '../../src/schedule/redis.ts';
import { aptInstalls } from './apt.ts';
import { sharedServerAddress, type SharedServer } from './sharedServers.ts';

export interface TestRedis {
  /** A new key prefix on each call, so that tests do not see each other's jobs. */
  place(): SingleRedis & { readonly prefix: string };
  /** Does nothing, since others use the same server. */
  stop(): Promise<void>;
}

const SERVERS = ['redis-server', 'valkey-server'];
const IMAGE = 'valkey/valkey:8.1.1-bookworm';

/** The shared Redis of this test run. */
export async function sharedRedis(): Promise<TestRedis> {
  const address = await sharedServerAddress('redis');
  const place = () => ({ address, prefix: `test-${randomUUID()}` });
  return { place, stop: () => Promise.resolve() };
}

/** `REDIS_URL`, or else a server on the PATH, or else Docker, or else Debian's package as root. */
export async function serveRedis(): Promise<SharedServer> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined && given !== '') return at(given, 'REDIS_URL', () => Promise.resolve());
  const server = serverOnPath();
  if (server !== undefined) return startServer(server);
  if (succeeds('docker', ['info'])) return startContainer();
  return startServer(installServer());
}

/** The program of a server, for tests that need their own kind of server. */
export function redisServer(): string {
  return serverOnPath() ?? installServer();
}

function at(address: string, how: string, stop: () => Promise<void>): SharedServer {
  process.stderr.write(`tests use ${how} at ${address}\n`);
  return { address, stop };
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function serverOnPath(): string | undefined {
  return SERVERS.find(isThere);
}

/**
 * The server listens on a socket in its own folder, so that no port can clash. A shell in between
 * waits for the end of its input, which comes however this process ends, and then stops the server
 * and removes the folder.
 */
async function startServer(server: string): Promise<SharedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-redis-'));
  const socket = join(folder, 's');
  const script = '"$@" & child=$!; cat > /dev/null; kill -9 $child; rm -rf "$FOLDER"';
  const settings = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no'];
  const memory = ['--maxmemory-policy', 'noeviction', '--dir', folder];
  const keeper = spawn('sh', ['-c', script, 'sh', server, ...settings, ...memory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, FOLDER: folder },
  });
  await saysReady(keeper, server);
  return at(socket, server, async () => {
    const ended = new Promise((resolve) => keeper.once('exit', resolve));
    keeper.stdin?.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
}

function saysReady(keeper: ChildProcess, server: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    keeper.once('exit', () => reject(new Error(`${server} did not start:\n${output}`)));
    keeper.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/Ready to accept connections/i.test(output)) resolve();
    });
  });
}

async function startContainer(): Promise<SharedServer> {
  const run = ['run', '--rm', '-d', '-p', '127.0.0.1::6379', IMAGE];
  const command = ['valkey-server', '--save', '', '--maxmemory-policy', 'noeviction'];
  const id = docker([...run, ...command]);
  const port = docker(['port', id, '6379/tcp']).split(':').at(-1);
  const kill = () => docker(['kill', id]);
  process.once('exit', kill);
  return at(`redis://127.0.0.1:${port}`, `the container ${IMAGE}`, async () => {
    process.removeListener('exit', kill);
    kill();
  });
}

function docker(args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8' }).trim();
}

/** A Redis of any kind, installed if there is none. */
function installServer(): string {
  const server = installedServers(['redis-server'])[0];
  if (server !== undefined) return server;
  throw new Error(
    'the tests need a Redis: set REDIS_URL, or install one (apt-get install redis-server, ' +
      'brew install valkey), or start Docker',
  );
}

/**
 * The servers that are installed, after an attempt to install missing ones as Debian packages. That
 * happens only on machines made for tests. On others the user decides what is installed.
 */
export function installedServers(servers: readonly string[]): string[] {
  return servers.filter((server) => isThere(server) || aptInstalls(server, server));
}

function isThere(server: string): boolean {
  return succeeds(server, ['--version']);
}
