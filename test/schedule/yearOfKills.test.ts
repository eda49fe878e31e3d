/**
 * A year of work with two workers that are killed at random again and again. The ledger equals that
 * of a year without kills, with every window pulled and each quarter's messages sent once.
 */

import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { expect, it, onTestFinished, vi } from 'vitest';
import { DAY_MS, instantText, period } from '../../src/domain/period.ts';
import { scheduledPulls, toPlainJob } from '../../src/calendar/timetable.ts';
import { JOBS } from '../../src/jobs/registry.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { type Random, seededRandom } from '../../src/platform/random.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { openQueue } from '../../src/schedule/queue.ts';
import { rawDatabase } from '../ledger/ledgerFixture.ts';
import { filesIn, folderWith, rentcheck } from '../support/cli.ts';
import { type WorkerProcess, startWorkerProcess } from '../support/workerProcesses.ts';
import { startMailServer } from '../support/mailServer.ts';
import { sharedRedis } from '../support/redis.ts';
import { printFigure, size } from '../support/size.ts';
import { type SlowPod, slowPodConfig, startSlowPod } from '../support/slowPod.ts';
import { mailAndFolderConfig } from '../support/reportConfig.ts';

/** `KILLS=500 SEED=mine npm run torture -- test/schedule/yearOfKills` chooses others. */
const KILLS = Number(process.env['KILLS'] ?? size({ short: 12, full: 100 }));
const SEED = process.env['SEED'] ?? 'year';
vi.setConfig({ testTimeout: 400_000 + KILLS * 8_000 });

const BEGIN_MS = Date.UTC(2031, 0, 15, 6);
const END_MS = Date.UTC(2032, 0, 16, 6);
/** By then claims of dead workers have expired, and work that failed is queued again. */
const NEXT_DAY_MS = END_MS + DAY_MS;
const QUARTERS = ['2031-Q1', '2031-Q2', '2031-Q3', '2031-Q4'];
/** A bill is pulled again for this many days. */
const TRAILING = 9;
const PACE = { leaseMs: 1_500, lockMs: 2_000 };

const SCHEDULE = [
  'prices: off, inventory: off, usage: off, corrections: off, check: off',
  `trailingDays: { pods: ${TRAILING}, more: ${TRAILING} }`,
].join(', ');

function configOf(pod: SlowPod, prefix: string, port: number): string {
  return `${slowPodConfig(pod.server, prefix, SCHEDULE)}${mailAndFolderConfig(port)}`;
}

async function stage() {
  const redis = await sharedRedis();
  const pod = await startSlowPod();
  const mail = await startMailServer();
  const place = redis.place();
  const yaml = configOf(pod, place.prefix, mail.port);
  const folder = await folderWith({ 'rentcheck.yaml': yaml });
  const log = createLog({ level: 'silent', clock: systemClock, redactor: createRedactor([]) });
  const queue = openQueue({ place, jobs: JOBS, log });
  onTestFinished(async () => {
    await queue.close();
    await pod.server.close();
    await redis.stop();
  });
  const clockFile = join(folder, 'now');
  const setTime = (nowMs: number) => {
    writeFileSync(`${clockFile}.next`, String(nowMs));
    renameSync(`${clockFile}.next`, clockFile);
  };
  const env = { REDIS_URL: place.address, RUNPOD_API_KEY: 'rpa_test_0123456789' };
  const config = join(folder, 'rentcheck.yaml');
  const spare = () =>
    startWorkerProcess({ config, timeouts: PACE, clockFile, waitsForGo: true }, env);
  return { mail, queue, folder, setTime, spare, env, yaml, path: join(folder, 'rentcheck.db') };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** The schedulers of two workers, which add bills and the backlog at the same time. */
async function ring({ queue }: Stage, nowMs: number): Promise<void> {
  const sources = ['pods', 'more'].map((id) => ({
    id,
    provides: ['charges'],
    trailingDays: TRAILING,
  }));
  const orders = [...scheduledPulls('bills', sources, nowMs), toPlainJob('owed', nowMs)];
  for (const order of orders) await Promise.all([queue.add(order), queue.add(order)]);
}

/** Sleeps for up to this many milliseconds. */
function nap(chance: Random, mostMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.floor(chance.next() * mostMs)));
}

/** A year in steps, each of which ends with the sudden death of one worker or both. */
async function year(on: Stage): Promise<WorkerProcess[]> {
  const chance = seededRandom(SEED);
  on.setTime(BEGIN_MS);
  let waiting = on.spare();
  const next = () => {
    const machine = waiting;
    waiting = on.spare();
    machine.go();
    return machine;
  };
  const machines = [next(), next()];
  // Nothing before the first backlog is due: it is found before the first death.
  const first = toPlainJob('owed', BEGIN_MS).id;
  await expect.poll(async () => (await on.queue.state(first))?.state).toBe('done');
  for (let kill = 0; kill < KILLS; kill += 1) {
    const nowMs = BEGIN_MS + Math.floor(((END_MS - BEGIN_MS) * (kill + 1)) / KILLS);
    on.setTime(nowMs);
    await ring(on, nowMs);
    const slot = chance.next() < 0.5 ? 0 : 1;
    // Some die as they start, most in the middle of a job.
    if (chance.next() < 0.8) await machines[slot]?.waitForLog('ready');
    await nap(chance, 600);
    for (const victim of chance.next() < 0.1 ? [0, 1] : [slot]) {
      machines[victim]?.kill();
      machines[victim] = next();
    }
  }
  return machines;
}

const CHARGES = `
SELECT source_id, charge_key, resource_id, category, start_ms, end_ms, billed_nano_usd, withdrawn
FROM charge c
WHERE NOT EXISTS (SELECT 1 FROM charge n WHERE n.source_id = c.source_id
  AND n.charge_key = c.charge_key
  AND (n.recorded_at_ms, n.version) > (c.recorded_at_ms, c.version))
ORDER BY source_id, start_ms`;

/** The facts in force, whenever and by whichever worker they were written. */
function factsOf(path: string): string {
  return rawDatabase(path)
    .prepare(CHARGES)
    .raw()
    .all()
    .map((row) => (row as unknown[]).join('|'))
    .join('\n');
}

/** The same window in one pull without a kill. */
async function calmFacts({ env, yaml }: Stage, fromMs: number, toMs: number): Promise<string> {
  const folder = await folderWith({ 'rentcheck.yaml': yaml });
  await filesIn(folder, {});
  const window = ['--from', instantText(fromMs), '--to', instantText(toMs)];
  const ran = await rentcheck(folder, ['pull', ...window], env);
  expect(ran).toMatchObject({ code: 0 });
  return factsOf(join(folder, 'rentcheck.db'));
}

async function settled(ledger: Ledger): Promise<string[]> {
  const done = await ledger.work.done();
  return done.filter(({ line }) => line === 'quarter').map(({ subject }) => subject);
}

it(`a year in which workers are killed ${KILLS} times equals the year without kills`, async () => {
  const on = await stage();
  const machines = await year(on);
  on.setTime(NEXT_DAY_MS);
  await machines[0]?.waitForLog('ready');
  await on.queue.add(toPlainJob('owed', NEXT_DAY_MS));
  const ledger = await openLedger(on.path, { clock: systemClock, mode: 'readonly' });
  onTestFinished(() => ledger.close());
  const patient = { timeout: 200_000, interval: 250 };
  await expect.poll(() => settled(ledger), patient).toEqual(QUARTERS);
  const firstMs = Math.floor(BEGIN_MS / DAY_MS) * DAY_MS - TRAILING * DAY_MS;
  const lastMs = Math.floor(END_MS / DAY_MS) * DAY_MS;
  const windows = async () =>
    (await ledger.work.pulledWindows())
      .filter(({ fact }) => fact === 'charges')
      .map(({ source, window }) => ({
        source,
        covers: window.startMs <= firstMs && window.endMs >= lastMs,
      }));
  await expect.poll(windows, patient).toEqual([
    { source: 'more', covers: true },
    { source: 'pods', covers: true },
  ]);
  for (const machine of machines) machine.kill('SIGTERM');
  expect(await Promise.all(machines.map(({ ended }) => ended))).toEqual([0, 0]);

  const whole = period(...(await span(ledger)));
  expect(factsOf(on.path)).toBe(await calmFacts(on, whole.startMs, whole.endMs));
  expect(rawDatabase(on.path).pragma('integrity_check', { simple: true })).toBe('ok');
  await expectOnce(on, ledger);
});

/** First and last moment of the bills that were pulled. */
async function span(ledger: Ledger): Promise<[number, number]> {
  const windows = (await ledger.work.pulledWindows()).filter(({ fact }) => fact === 'charges');
  return [
    Math.min(...windows.map(({ window }) => window.startMs)),
    Math.max(...windows.map(({ window }) => window.endMs)),
  ];
}

/**
 * No message is sent twice. Each is sent, or reported as in doubt if its worker died at the
 * hand-over.
 */
async function expectOnce({ mail, folder }: Stage, ledger: Ledger): Promise<void> {
  const editions = (await ledger.deliveries.editions()).map(({ id }) => id).toSorted();
  expect(editions).toEqual(QUARTERS.map((quarter) => `${quarter}.1`));
  const mails = await Promise.all(mail.received.map(({ message }) => simpleParser(message)));
  const mailed = mails.map(({ messageId }) => messageId);
  expect(new Set(mailed).size).toBe(mailed.length);
  const deliveries = await ledger.deliveries.list();
  expect(deliveries).toHaveLength(2 * QUARTERS.length);
  const sent = deliveries.filter(({ state }) => state === 'sent');
  const doubtful = deliveries.filter(({ state }) => state === 'ambiguous');
  expect(sent.length + doubtful.length).toBe(deliveries.length);
  const files = readdirSync(join(folder, 'shelf')).filter((name) => name.endsWith('.eml'));
  const out = mailed.length + files.length;
  expect(out).toBeGreaterThanOrEqual(sent.length);
  expect(out).toBeLessThanOrEqual(deliveries.length);
  printFigure('workers killed in a year', `${KILLS}, ${doubtful.length} letters in doubt`);
}
