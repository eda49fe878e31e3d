/**
 * A worker that reports a quarter, killed at each point at which it writes. The next one finishes,
 * with the facts, audit, edition and messages of a run without a kill.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { expect, it, onTestFinished, vi } from 'vitest';
import { HOUR_MS } from '../../src/domain/period.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { QUEUE_NAME } from '../../src/schedule/queue.ts';
import { queueOptions } from '../../src/schedule/redis.ts';
import { folderWith } from '../support/cli.ts';
import { differences, readStoredFacts } from '../support/storedFacts.ts';
import { type MailServer, startMailServer } from '../support/mailServer.ts';
import { type WorkerProcess, startWorkerProcess } from '../support/workerProcesses.ts';
import { sharedRedis } from '../support/redis.ts';
import { printFigure, size } from '../support/size.ts';
import { NO_SCHEDULE, type SlowPod, slowPodConfig, startSlowPod } from '../support/slowPod.ts';
import { mailAndFolderConfig } from '../support/reportConfig.ts';

vi.setConfig({ testTimeout: 14_400_000 });

const KILLER = fileURLToPath(new URL('../support/killer.ts', import.meta.url));
/** Spread evenly over all points of a quarter without a kill. */
const KILLS = Number(process.env['KILLS'] ?? size({ short: 4, full: 400 }));
const PACE = { leaseMs: 2_000, lockMs: 2_500 };
/** The next worker starts an hour later, and these columns depend on its time. */
const OF_ITS_TIME = /^run_id$|digest$/;
const QUARTER = '2031-Q1';
const NOW = Date.UTC(2031, 3, 8, 9);

async function office() {
  const redis = await sharedRedis();
  const pod = await startSlowPod();
  const mail = await startMailServer();
  onTestFinished(() => pod.server.close());
  return { redis, pod, mail };
}

type Office = Awaited<ReturnType<typeof office>>;

function configOf(pod: SlowPod, prefix: string, port: number): string {
  const sources = slowPodConfig(pod.server, prefix, `${NO_SCHEDULE}, check: off`);
  return `${sources}${mailAndFolderConfig(port)}`;
}

interface Life {
  /** 0 for no kill. */
  readonly at: number;
  readonly nowMs: number;
}

/** A folder and a queue of its own, with the quarter added. */
async function trial({ redis, pod, mail }: Office) {
  const place = redis.place();
  const folder = await folderWith({ 'rentcheck.yaml': configOf(pod, place.prefix, mail.port) });
  const clockFile = join(folder, 'now');
  const queue = new Queue(QUEUE_NAME, queueOptions(place));
  const payload = { quarter: QUARTER, deliver: true, once: true };
  const order = { jobId: 'quarter', attempts: 8, backoff: { type: 'growing' } };
  const book = join(folder, 'points');
  const begin = ({ at, nowMs }: Life): WorkerProcess => {
    writeFileSync(clockFile, String(nowMs));
    writeFileSync(book, '');
    const secrets = { REDIS_URL: place.address, RUNPOD_API_KEY: 'rpa_test_0123456789' };
    const killing = { KILL_AT: String(at), KILL_BOOK: book, NODE_OPTIONS: `--import ${KILLER}` };
    const options = {
      config: join(folder, 'rentcheck.yaml'),
      timeouts: PACE,
    } as const;
    return startWorkerProcess({ ...options, clockFile }, { ...secrets, ...killing });
  };
  return {
    folder,
    begin,
    order: () => queue.add('quarter', payload, order),
    isDone: async () => (await queue.getJobState('quarter')) === 'completed',
    points: () => readFileSync(book, 'utf8').split('\n').slice(0, -1),
    close: () => queue.close(),
  };
}

/** Each message was sent once, or is listed as in doubt and was sent at most once. */
async function left(folder: string, mail: MailServer, before: number) {
  const path = join(folder, 'rentcheck.db');
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  const deliveries = await ledger.deliveries.list();
  const unreported = new Set(
    (await ledger.deliveries.unnotifiedTroubles()).map(({ delivery }) => delivery),
  );
  const windows = (await ledger.work.pulledWindows()).filter(({ fact }) => fact === 'charges');
  await ledger.close();
  const shelf = readdirSync(join(folder, 'shelf'));
  const letters = deliveries.map(({ id, recipient, state }) => {
    const mails = mail.received.slice(before).filter((taken) => taken.recipient === recipient);
    const out = mails.length + shelf.filter((name) => name.startsWith(recipient)).length;
    const isWell = state === 'sent' ? out === 1 : unreported.has(id) && out <= 1;
    return `${recipient} ${isWell ? 'once' : `${state}, ${out} out`}`;
  });
  return {
    kept: readStoredFacts(path, OF_ITS_TIME),
    letters: letters.toSorted(),
    hidden: shelf.filter((name) => name.startsWith('.')),
    windows: windows.map(({ source, window }) => ({ source, window })),
  };
}

/** Evenly from 1 to `count`, both included. */
function spread(count: number): number[] {
  return Array.from(
    { length: KILLS },
    (_, at) => 1 + Math.round((at * (count - 1)) / Math.max(1, KILLS - 1)),
  );
}

const PATIENT = { timeout: 240_000, interval: 50 };

interface Lived {
  readonly points: readonly string[];
  readonly left: Awaited<ReturnType<typeof left>>;
}

/** A quarter without a kill. */
async function liveUnharmed(on: Office): Promise<Lived> {
  const before = on.mail.received.length;
  const one = await trial(on);
  await one.order();
  const worker = one.begin({ at: 0, nowMs: NOW });
  await expect.poll(one.isDone, PATIENT).toBe(true);
  worker.kill('SIGTERM');
  await worker.ended;
  await one.close();
  return { points: one.points(), left: await left(one.folder, on.mail, before) };
}

/** A quarter whose worker is killed at a point, or soon after its end. Another one continues. */
async function killedAt(at: number, on: Office): Promise<Lived> {
  const before = on.mail.received.length;
  const one = await trial(on);
  await one.order();
  const first = one.begin({ at, nowMs: NOW });
  const isOver = async () => first.process.signalCode !== null || (await one.isDone());
  await expect.poll(isOver, PATIENT).toBe(true);
  first.kill();
  await first.ended;
  const points = one.points();
  // Claims of a dead worker are released by an hour later.
  const second = one.begin({ at: 0, nowMs: NOW + HOUR_MS });
  await second.waitForLog('ready');
  await expect.poll(one.isDone, PATIENT).toBe(true);
  second.kill('SIGTERM');
  await second.ended;
  await one.close();
  return { points, left: await left(one.folder, on.mail, before) };
}

it(`a quarter whose worker is killed at ${KILLS} points equals one without a kill`, async () => {
  const on = await office();
  const calm = await liveUnharmed(on);
  expect(calm.left).toMatchObject({
    letters: ['books@example.com once', 'cfo@example.com once'],
  });
  const spoiled: unknown[] = [];
  for (const at of spread(calm.points.length)) {
    const killed = await killedAt(at, on);
    const differs = differences(killed.left, calm.left);
    if (differs.length > 0) spoiled.push({ at, point: killed.points.at(-1), differs });
  }
  expect(spoiled).toEqual([]);
  printFigure('workers killed', `${KILLS} at points of ${calm.points.length}`);
});
