/**
 * A worker runs for a year of days. After the last day it holds as much memory, timers, files,
 * sockets and Redis keys as after the first weeks.
 */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { DAY_MS, HOUR_MS, instantText } from '../../src/domain/period.ts';
import { scheduledPulls, toPlainJob } from '../../src/calendar/timetable.ts';
import { JOBS } from '../../src/jobs/registry.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { openQueue } from '../../src/schedule/queue.ts';
import { connectRedis } from '../../src/schedule/redis.ts';
import { folderWith } from '../support/cli.ts';
import type { ProcessResources } from '../support/processResources.ts';
import { startMailServer } from '../support/mailServer.ts';
import { startWorkerProcess } from '../support/workerProcesses.ts';
import { sharedRedis } from '../support/redis.ts';
import { printFigure, size } from '../support/size.ts';
import { slowPodConfig, startSlowPod } from '../support/slowPod.ts';

vi.setConfig({ testTimeout: 7_200_000 });

const GAUGE = fileURLToPath(new URL('../support/processResources.ts', import.meta.url));
/** Two weeks after the first ones, or a year. */
const DAYS = size({ short: 44, full: 365 });
const BEGIN_MS = Date.UTC(2031, 2, 20, 6);
/** By then all code has run once and is loaded, including a quarter's report. */
const WARM = 30;
const TRAILING = 3;
/** Memory for code that is compiled later: no more for a year than for two weeks. */
const MOST_GROWN_MB = 12;
const SCHEDULE = [
  'bills: off, prices: off, inventory: off, usage: off, corrections: off, check: off',
  `trailingDays: { pods: ${TRAILING}, more: ${TRAILING} }`,
].join(', ');

async function stage() {
  const redis = await sharedRedis();
  const pod = await startSlowPod();
  const mail = await startMailServer();
  const place = redis.place();
  const yaml = `${slowPodConfig(pod.server, place.prefix, SCHEDULE)}
report: { from: audit@example.com, to: [cfo@example.com] }
smtp: { url: "smtp://127.0.0.1:${mail.port}" }
`;
  const folder = await folderWith({ 'rentcheck.yaml': yaml });
  const log = createLog({ level: 'silent', clock: systemClock, redactor: createRedactor([]) });
  const queue = openQueue({ place, jobs: JOBS, log });
  const look = connectRedis(place);
  const clockFile = join(folder, 'now');
  const gaugeFile = join(folder, 'gauge');
  const setTime = (nowMs: number) => writeFileSync(clockFile, String(nowMs));
  setTime(BEGIN_MS);
  onTestFinished(async () => {
    look.disconnect();
    await queue.close();
    await pod.server.close();
  });
  const machine = startWorkerProcess(
    { config: join(folder, 'rentcheck.yaml'), clockFile },
    {
      REDIS_URL: place.address,
      RUNPOD_API_KEY: 'rpa_test_0123456789',
      NODE_OPTIONS: `--import ${GAUGE}`,
      GAUGE_FILE: gaugeFile,
    },
  );
  await machine.waitForLog('ready');
  return { place, mail, folder, queue, look, setTime, gaugeFile, machine };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** All scheduled jobs of a day, each of them completed. */
async function live({ queue, setTime }: Stage, day: number): Promise<void> {
  const nowMs = BEGIN_MS + day * DAY_MS;
  setTime(nowMs);
  const sources = ['pods', 'more'].map((id) => ({
    id,
    provides: ['charges'],
    trailingDays: TRAILING,
  }));
  for (const hour of [0, 6, 12]) {
    for (const order of scheduledPulls('bills', sources, nowMs + hour * HOUR_MS))
      await queue.add(order);
  }
  const correct = {
    name: 'correct',
    payload: { quarter: 'last' },
    id: `correct/${instantText(nowMs)}`,
  };
  for (const order of [toPlainJob('owed', nowMs), toPlainJob('check', nowMs), correct]) {
    await queue.add(order);
  }
  const busy = async () => {
    const { waiting, awaiting, running, delayed } = await queue.counts();
    return waiting + awaiting + running + delayed;
  };
  await expect.poll(busy, { timeout: 240_000, interval: 20 }).toBe(0);
}

interface Held extends ProcessResources {
  /** The queue's own keys, without those of remembered jobs and those that expire. */
  readonly keys: readonly string[];
  /** Keys of jobs that are no longer remembered. */
  readonly astray: readonly string[];
}

/** Locks, and the request count of a provider in this minute. */
const RUNS_OUT = /^gate:|:stalled-check$/;

async function held({ machine, gaugeFile, look, place }: Stage): Promise<Held> {
  rmSync(gaugeFile, { force: true });
  machine.kill('SIGUSR2');
  await expect.poll(() => existsSync(gaugeFile)).toBe(true);
  const gauged = JSON.parse(readFileSync(gaugeFile, 'utf8')) as ProcessResources;
  const own = `${place.prefix}:rentcheck:`;
  const ended = await Promise.all(
    ['completed', 'failed'].map((state) => look.zrange(`${own}${state}`, '0', '-1')),
  );
  const remembered = new Set(ended.flat());
  const all = (await look.keys(`${place.prefix}:*`)).toSorted();
  const idOf = (key: string) =>
    key.slice(own.length).replace(/:(?:logs|processed|dependencies|failed|unsuccessful)$/, '');
  const isJob = (key: string) =>
    key.startsWith(own) && (/\//.test(key) || remembered.has(idOf(key)));
  const jobs = all.filter(isJob);
  return {
    ...gauged,
    keys: all
      .filter((key) => !isJob(key))
      .map((key) => key.slice(place.prefix.length + 1))
      .filter((key) => !RUNS_OUT.test(key)),
    astray: jobs.filter((key) => !remembered.has(idOf(key))),
  };
}

/** What has grown since, besides memory. */
function moreThan(warm: Held, now: Held): string[] {
  const counts = Object.entries({ ...now.resources, files: now.files ?? 0 });
  const before: Readonly<Record<string, number>> = { ...warm.resources, files: warm.files ?? 0 };
  return [
    ...counts.filter(([name, count]) => count > (before[name] ?? 0)).map(([name]) => name),
    ...now.keys.filter((key) => !warm.keys.includes(key)),
    ...now.astray,
  ];
}

it(`after ${DAYS} days a worker holds what it held after ${WARM}`, async () => {
  const on = await stage();
  for (let day = 0; day < WARM; day += 1) await live(on, day);
  const warm = await held(on);
  expect(warm).toMatchObject({ astray: [], keys: expect.arrayContaining(['rentcheck-writer']) });
  for (let day = WARM; day < DAYS; day += 1) await live(on, day);
  // A job may be running at this moment, and ends soon.
  await expect.poll(async () => moreThan(warm, await held(on))).toEqual([]);
  const last = await held(on);
  const grownMb = (last.heapBytes - warm.heapBytes) / 1_048_576;
  expect(grownMb).toBeLessThan(MOST_GROWN_MB);
  on.machine.kill('SIGTERM');
  expect(await on.machine.ended).toBe(0);
  const path = join(on.folder, 'rentcheck.db');
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  onTestFinished(() => ledger.close());
  const quarters = (await ledger.deliveries.editions()).map(({ id }) => id);
  expect(on.mail.received).toHaveLength(quarters.length);
  expect(quarters).toContain('2031-Q1.1');
  const heldMb = Math.round(last.heapBytes / 1_048_576);
  const measured = `${heldMb} MB held, grown by ${grownMb.toFixed(1)} MB`;
  printFigure('a year awake', `${DAYS} days, ${quarters.length} reports: ${measured}`);
});
