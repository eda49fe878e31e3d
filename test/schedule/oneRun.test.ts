/** A quarter is one run in the log from schedule to message, and no secret is logged. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { openQueue } from '../../src/schedule/queue.ts';
import { JOBS } from '../../src/jobs/registry.ts';
import { folderWith } from '../support/cli.ts';
import { json, startServer as startProvider } from '../support/httpServer.ts';
import { startWorkerProcess } from '../support/workerProcesses.ts';
import { startMailServer } from '../support/mailServer.ts';
import { startRedisServer } from '../support/redisServers.ts';
import { NO_SCHEDULE, startSlowPod } from '../support/slowPod.ts';
import { startWebhook } from '../support/webhookServer.ts';

/** Each secret is put where a careless program would print it. */
const PLANTED = {
  RUNPOD_API_KEY: 'rpa_PLANTED_provider',
  REDIS_PASSWORD: 'PLANTED-redis-word',
  SMTP_PASSWORD: 'PLANTED-mail@word',
};

const CLOSED_MS = Date.UTC(2026, 9, 7, 7);

async function startAll() {
  const pod = await startSlowPod();
  // Repeats the key, as some providers do.
  const refusing = await startProvider((response, request) => {
    const key = String(request.headers.authorization);
    json({ title: 'Forbidden', detail: `the key ${key} may not do that` }, 403)(response, request);
  });
  const redis = await startRedisServer(['--requirepass', PLANTED.REDIS_PASSWORD]);
  const mail = await startMailServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ password }, _, done) =>
      done(null, password === PLANTED.SMTP_PASSWORD ? { user: 'mailer' } : {}),
  });
  const hook = await startWebhook((response) => response.writeHead(404).end());
  onTestFinished(async () => {
    await Promise.all([pod.server.close(), refusing.close(), hook.close(), redis.kill()]);
  });
  return { pod, refusing, redis, mail, hook };
}

const config = ({ pod, refusing }: Awaited<ReturnType<typeof startAll>>) => `
ledger: ./rentcheck.db
log: { level: debug }
http: { retries: 0 }
sources:
  pods: { kind: runpod, apiKey: "\${RUNPOD_API_KEY}", baseUrl: "${pod.server.origin}", bucket: day }
  shut: { kind: runpod, apiKey: "\${RUNPOD_API_KEY}", baseUrl: "${refusing.origin}", bucket: day }
deployments:
  chat:
    model: example/model
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: pods, match: { id: pod1 } }]
report:
  from: audit@example.com
  to: [cfo@example.com]
  channels: { chat: { kind: slack, webhook: "\${HOOK}" } }
  recipients: [{ role: finance, channel: chat }]
smtp: { url: "\${SMTP_URL}", requireTls: false }
redis: { url: "\${REDIS_URL}" }
schedule: { ${NO_SCHEDULE} }
`;

it('a quarter is one run from schedule to message, and none of it reveals a secret', async () => {
  const world = await startAll();
  const { redis, mail, hook } = world;
  const folder = await folderWith({ 'rentcheck.yaml': config(world), now: String(CLOSED_MS) });
  const address = `redis://:${encodeURIComponent(PLANTED.REDIS_PASSWORD)}@127.0.0.1:${redis.port}`;
  const options = {
    config: join(folder, 'rentcheck.yaml'),
    clockFile: join(folder, 'now'),
  } as const;
  const smtp = `smtp://mailer:${encodeURIComponent(PLANTED.SMTP_PASSWORD)}@127.0.0.1:${mail.port}`;
  const machine = startWorkerProcess(options, {
    RUNPOD_API_KEY: PLANTED.RUNPOD_API_KEY,
    REDIS_URL: address,
    SMTP_URL: smtp,
    HOOK: hook.address.replaceAll('hush', 'PLANTED'),
  });
  await machine.waitForLog('ready');
  const log = createLog({ level: 'silent', clock: systemClock, redactor: createRedactor([]) });
  const queue = openQueue({ place: { address }, jobs: JOBS, log });
  onTestFinished(() => queue.close());
  const payload = { quarter: '2026-Q3', deliver: true };
  await queue.add({ name: 'quarter', payload, id: 'quarter/2026-Q3' });
  await expect.poll(() => mail.received.length).toBe(1);
  await expect.poll(() => hook.posted.length).toBeGreaterThan(0);
  machine.kill('SIGTERM');
  await machine.ended;

  const ofJobs = machine.lines.filter(({ job }) => job !== undefined);
  expect(new Set(ofJobs.map(({ run }) => run))).toEqual(new Set(['quarter/2026-Q3']));
  const names = new Set(ofJobs.map(({ job }) => job));
  expect(names).toEqual(new Set(['quarter', 'pull', 'audit', 'report', 'deliver']));
  expect(JSON.stringify(machine.lines)).toContain('may not do that');

  const everything = [
    JSON.stringify(machine.lines),
    await allOf(redis.port),
    readFileSync(join(folder, 'rentcheck.db')).toString('latin1'),
  ].join('\n');
  expect(everything).toContain('2026-Q3');
  expect(everything).not.toContain('PLANTED');
});

/** The whole content of Redis, as text. */
async function allOf(port: number): Promise<string> {
  const redis = new Redis({ port, host: '127.0.0.1', password: PLANTED.REDIS_PASSWORD });
  try {
    const contents = [];
    for (const key of await redis.keys('*')) contents.push(key, await valueOf(redis, key));
    return JSON.stringify(contents);
  } finally {
    redis.disconnect();
  }
}

async function valueOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'string':
      return redis.get(key);
    default:
      return key;
  }
}
