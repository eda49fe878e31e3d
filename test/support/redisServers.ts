/** Redis servers for single tests: with TLS, with sentinels, as a cluster. */

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisNode, RedisTls } from '../../src/schedule/redis.ts';
import { freePort } from './ports.ts';
import { redisServer } from './redis.ts';

export interface RedisServerProcess extends RedisNode {
  /** At once, like a power failure. */
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
}

function serverFolder(): string {
  return mkdtempSync(join(tmpdir(), 'rentcheck-redis-'));
}

/**
 * Starts a server with settings in addition to a port and a folder. It is killed with this process,
 * too.
 */
export async function startRedisServer(
  settings: readonly string[] = [],
  given: { port?: number; folder?: string; program?: string } = {},
): Promise<RedisServerProcess> {
  const port = given.port ?? (await freePort());
  const folder = given.folder ?? serverFolder();
  const plain = settings.includes('--tls-port') ? [] : ['--port', String(port)];
  const keeping = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
  return spawned([...plain, '--dir', folder, ...keeping, ...settings], port, given.program);
}

/** The end of this pipe signals the end of the test run. */
const KEEPER = '"$@" & child=$!; echo "pid $child"; cat > /dev/null; kill -9 $child';

async function spawned(
  settings: readonly string[],
  port: number,
  program = redisServer(),
): Promise<RedisServerProcess> {
  const keeper = spawn('sh', ['-c', KEEPER, 'sh', program, ...settings], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    keeper.once('exit', () => reject(new Error(`a server did not start:\n${output}`)));
    keeper.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/Ready to accept connections|\+monitor|Sentinel ID is/i.test(output)) resolve();
    });
  });
  const pid = Number(/pid (\d+)/.exec(output)?.[1]);
  const gone = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  return {
    host: '127.0.0.1',
    port,
    async kill() {
      keeper.stdin.end();
      await gone;
    },
    pause: () => void process.kill(pid, 'SIGSTOP'),
    resume: () => void process.kill(pid, 'SIGCONT'),
  };
}

/** A server that accepts only TLS and requires a client certificate and a password. */
export async function startSecureServer(password: string) {
  const folder = serverFolder();
  makeCertificates(folder);
  const file = (name: string) => join(folder, name);
  const port = await freePort();
  const ours = ['--tls-cert-file', file('server.crt'), '--tls-key-file', file('server.key')];
  const serverFlags = ['--tls-ca-cert-file', file('ca.crt'), '--requirepass', password];
  const listenFlags = ['--port', '0', '--tls-port', String(port)];
  const server = await startRedisServer([...listenFlags, ...ours, ...serverFlags], {
    port,
    folder,
  });
  return { server, folder };
}

function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=test-ca');
  for (const name of ['server', 'client']) {
    writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:redis.example,IP:127.0.0.1');
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const sign = ['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key'];
    openssl(...sign, '-CAcreateserial', '-out', `${name}.crt`, '-extfile', 'names');
  }
}

export function clientTls(folder: string): Required<Omit<RedisTls, 'servername'>> {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { ca: text('ca.crt'), cert: text('client.crt'), key: text('client.key') };
}

/**
 * A primary, a replica, and three sentinels that agree within seconds that a server is gone. A
 * shorter time would count a pausing server as gone. Sentinels that paused for two seconds
 * themselves distrust their view for half a minute.
 */
export async function startSentinels() {
  const primary = await startRedisServer();
  const copyOf = `${primary.host} ${primary.port}`;
  const replica = await startRedisServer([
    '--replicaof',
    copyOf,
    '--repl-diskless-sync-delay',
    '0',
  ]);
  await waitForReplication(primary);
  const sentinels: RedisServerProcess[] = [];
  for (let count = 0; count < 3; count += 1) sentinels.push(await startSentinel(primary));
  const [first] = sentinels;
  if (first === undefined) throw new Error('no sentinel');
  await until(first, async (redis) => {
    const others = (await redis.call('sentinel', 'sentinels', 'main')) as unknown[];
    const copies = (await redis.call('sentinel', 'replicas', 'main')) as unknown[];
    return others.length === 2 && copies.length === 1;
  });
  return { primary, replica, sentinels };
}

/** Waits until the replica has all the primary's data. */
export async function waitForReplication(primary: RedisNode): Promise<void> {
  await until(primary, async (redis) => {
    const info = await redis.info('replication');
    const copy = /^slave0:.*state=online,offset=(\d+)/m.exec(info)?.[1];
    return copy !== undefined && copy === /^master_repl_offset:(\d+)/m.exec(info)?.[1];
  });
}

async function startSentinel({
  host,
  port: primary,
}: RedisServerProcess): Promise<RedisServerProcess> {
  const port = await freePort();
  const folder = serverFolder();
  const settings = [
    `port ${port}`,
    `dir ${folder}`,
    `sentinel monitor main ${host} ${primary} 2`,
    'sentinel down-after-milliseconds main 4000',
    'sentinel failover-timeout main 3000',
  ];
  const file = join(folder, 'sentinel.conf');
  writeFileSync(file, `${settings.join('\n')}\n`);
  return spawned([file, '--sentinel'], port);
}

/** Three nodes that share the keys among them. */
export async function startCluster(): Promise<RedisServerProcess[]> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '15000'];
  const nodes: RedisServerProcess[] = [];
  for (let count = 0; count < 3; count += 1) nodes.push(await startRedisServer(settings));
  const [first] = nodes;
  for (const [index, { host, port }] of nodes.entries()) {
    const slots = [Math.ceil((index * 16_384) / 3), Math.ceil(((index + 1) * 16_384) / 3) - 1];
    await withRedisClient({ host, port }, async (redis) => {
      await redis.call('cluster', 'addslotsrange', ...slots);
      if (index > 0) await redis.call('cluster', 'meet', '127.0.0.1', String(first?.port));
    });
  }
  for (const node of nodes) {
    await until(node, async (redis) => {
      const info = String(await redis.call('cluster', 'info'));
      return /cluster_state:ok/.test(info) && /cluster_known_nodes:3/.test(info);
    });
  }
  return nodes;
}

/** Sends commands to one server on a separate connection. */
export async function withRedisClient<T>(
  { host, port }: RedisNode,
  question: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis({ host, port });
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

async function until(node: RedisNode, holds: (redis: Redis) => Promise<boolean>): Promise<void> {
  await withRedisClient(node, async (redis) => {
    while (!(await holds(redis))) await new Promise((resolve) => setTimeout(resolve, 50));
  });
}
