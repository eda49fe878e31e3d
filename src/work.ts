/** Knows how the worker is wired: the config's ledger, its queue, its timetable, and its role. */

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { openConfigured, openSources } from './app.ts';
import type { ExitCode, Opened, Services, WorkerWish } from './cli/command.ts';
import type { Config } from './config/config.ts';
import { loadConfig } from './config/load.ts';
import type { JobContext } from './jobs/context.ts';
import { JOBS } from './jobs/registry.ts';
import { rhythmOf } from './jobs/rhythm.ts';
import { askedByOthers, deedsOf } from './lending.ts';
import type { Gate } from './platform/http.ts';
import type { Log } from './platform/log.ts';
import { queueGate } from './queueGate.ts';
import { queuePlaceOf } from './queuePlace.ts';
import { checkRedis } from './schedule/checkRedis.ts';
import { openErrands } from './schedule/errands.ts';
import { lendHands } from './schedule/hands.ts';
import type { QueuePlace } from './schedule/redis.ts';
import { timetable } from './schedule/timetable.ts';
import { startWorker, stopAsked } from './schedule/worker.ts';
import { standForWriter } from './schedule/writer.ts';
import { type HeldRole, heldRole, serveWeb } from './serve.ts';
import { workerLog } from './workerLog.ts';

/** Pulls wait for providers most of the time. */
const JOBS_AT_ONCE = 8;
const ERRANDS_AT_ONCE = 4;
/** These only add facts; every other job reads or sends what must not change meanwhile. */
const BESIDE = ['pull', 'prices'];

interface Closing {
  close(): Promise<void>;
}

interface Site {
  readonly config: Config;
  readonly place: QueuePlace;
  readonly log: Log;
  readonly services: Services;
  readonly pace: NonNullable<WorkerWish['pace']>;
}

/** Works until SIGTERM; the ledger is closed after the last job. */
export async function runWorker(
  { config: path, role, pace = {} }: WorkerWish,
  services: Services,
): Promise<ExitCode> {
  const config = await loadConfig(path, { env: services.env });
  const place = queuePlaceOf(config);
  const log = workerLog(config, services);
  const stop = stopAsked();
  // The queue is looked for first: without one there is no reason to make a ledger.
  for (const advice of await checkRedis(place)) log.warn(advice);
  const gate = queueGate(config, place);
  const site = { config, place, log, services, pace };
  const parts: Closing[] = [{ close: () => gate.end() }];
  try {
    // Hands are lent until the last job is over, for it may need them.
    if (role !== 'writer') parts.unshift(lend(site, gate));
    if (role !== 'hands') parts.unshift(await keepLedger(site));
    log.info('ready', { role });
    await stop;
  } finally {
    for (const part of parts) await part.close();
  }
  return 0;
}

function lend({ config, place, log, services }: Site, gate: Gate): Closing {
  const deeds = deedsOf(openSources(config, { clock: services.clock, gate }));
  return lendHands({ place, deeds, log, atOnce: ERRANDS_AT_ONCE });
}

/** Opens the ledger, and stands for the role of the one that writes to it. */
async function keepLedger(site: Site): Promise<Closing> {
  const { config, services } = site;
  const { clock } = services;
  const app = await openConfigured(config, {
    clock,
    readonly: false,
    fenced: true,
    progress: () => undefined,
  });
  const role = heldRole();
  let web: Closing | undefined;
  try {
    web = await serveWeb({ ...site, context: app.context, isWriter: role.isHeld });
    const standing = await candidate(site, app, role);
    return inTurn([web, standing]);
  } catch (error) {
    await web?.close();
    await app.close();
    throw error;
  }
}

function inTurn(parts: readonly Closing[]): Closing {
  return {
    async close() {
      for (const part of parts) await part.close();
    },
  };
}

async function candidate(
  { place, log, services, pace }: Site,
  app: Opened,
  role: HeldRole,
): Promise<Closing> {
  const { clock } = services;
  const errands = openErrands({ place, log });
  const { sources, ledger } = app.context;
  const context: JobContext = { ...app.context, sources: askedByOthers(sources, errands) };
  const rings = timetable(rhythmOf(app.context));
  const worker = { place, clock, log, ...pace };
  const pacing = { atOnce: JOBS_AT_ONCE, beside: BESIDE, ...pace };
  const work = () =>
    role.during(() => startWorker({ ...worker, rings, jobs: JOBS, context, ...pacing }));
  const holder = `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;
  const standing = await standForWriter({ ...worker, holder, desk: ledger, work });
  return {
    async close() {
      await standing.close();
      await errands.close();
      await app.close();
    },
  };
}
