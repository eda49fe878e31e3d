/** Runs the worker: opens ledger and queue, serves the pages, and works as leader or standby. */

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { openConfigured, openSources } from './app.ts';
import type { ExitCode, WorkerRequest, WorkerServices } from './cli/command.ts';
import type { Config } from './config/config.ts';
import { loadConfig } from './config/load.ts';
import type { JobContext } from './jobs/job.ts';
import { JOBS } from './jobs/registry.ts';
import { toSchedule } from './calendar/schedule.ts';
import { askedByOthers, auditedInThreads, deedsOf, renderedByOthers } from './lending.ts';
import type { RateLimiter } from './platform/http.ts';
import { createLog, type Log } from './platform/log.ts';
import { openThreads } from './platform/threads.ts';
import { toQueueAddress } from './queue.ts';
import { evictionText } from './report/copy/findings.ts';
import { checkRedis } from './schedule/checkRedis.ts';
import { type Errands, openErrands } from './schedule/errands.ts';
import { lendHands } from './schedule/hands.ts';
import type { RedisLocation } from './schedule/redis.ts';
import type { ConcurrencyGroup } from './schedule/concurrency.ts';
import {
  type Candidate,
  type FencedLedger,
  joinLeaderElection,
} from './schedule/leaderElection.ts';
import { timetable } from './calendar/timetable.ts';
import { type RunningWorker, startWorker, waitForStopSignal } from './schedule/worker.ts';
import { openRateLimiter, type RedisRateLimiter } from './schedule/rateLimiter.ts';
import { Failure } from './domain/failure.ts';
import { LOG_LEVELS, type LogLevel } from './platform/logLevel.ts';
import { revealedRedactor } from './platform/redact.ts';

/** Enough for all jobs that wait for providers, and some more to render reports. */
const ERRANDS_AT_ONCE = 32;
/** With the grace period of the jobs, well below the two minutes that containers get to stop. */
const GRACE_MS = 20_000;

const THREAD = new URL('./thread.ts', import.meta.url);

interface Closing {
  close(): Promise<void>;
}

interface Site {
  readonly config: Config;
  readonly place: RedisLocation;
  readonly log: Log;
  readonly services: WorkerServices;
  readonly pace: NonNullable<WorkerRequest['timeouts']>;
}

/** Runs until SIGTERM; closes the ledger after the last job. */
export async function runWorker(
  { config: path, role, timeouts = {} }: WorkerRequest,
  services: WorkerServices,
): Promise<ExitCode> {
  const { env, folder = '.' } = services;
  const config = await loadConfig(path, { env, folder });
  const place = toQueueAddress(config);
  const log = createWorkerLog(config, services);
  const stop = waitForStopSignal();
  // Redis is checked first: no ledger is created while it is unreachable.
  for (const fact of await checkRedis(place)) {
    const { says, fix } = evictionText(fact);
    log.warn(`${says} ${fix}`);
  }
  const gate = openConfiguredRateLimiter(config, place);
  const site = { config, place, log, services, pace: timeouts };
  const parts: Closing[] = [{ close: () => gate.quit() }];
  try {
    // The leader's tasks are processed until its last job is over, because that job may need them.
    if (role !== 'writer') parts.unshift(lend(site, gate));
    if (role !== 'hands') parts.unshift(await openCandidate(site));
    log.info('ready', { role });
    await stop;
  } finally {
    await closeAll(parts);
  }
  return 0;
}

function lend({ config, place, log, services, pace }: Site, gate: RateLimiter): Closing {
  const { graceMs = GRACE_MS } = pace;
  const threads = openThreads({ entry: THREAD });
  const deeds = deedsOf(openSources(config, { clock: services.clock, gate }), threads);
  const hands = lendHands({ place, deeds, log, atOnce: ERRANDS_AT_ONCE, graceMs });
  return { close: () => closeAll([hands, { close: () => threads.end() }]) };
}

/** Opens the ledger, serves the pages, and takes part in the leader election. */
async function openCandidate(site: Site): Promise<Closing> {
  const { config, services } = site;
  const { clock } = services;
  const app = await openConfigured(config, {
    clock,
    readonly: false,
    fenced: true,
    progress: () => undefined,
  });
  const { patience } = site.pace;
  const errands = openErrands({ ...site, ...(patience === undefined ? {} : { patience }) });
  const parts: Closing[] = [errands, app];
  const role = trackLeaderWork<RunningWorker>();
  let candidate: Candidate | undefined;
  try {
    if (config.web !== undefined) {
      // The web server and its libraries are loaded only if the config has the section `web`.
      const { serveWeb } = await import('./webServer.ts');
      const isLeaseFresh = () => candidate?.isLeaseFresh() === true;
      const isWriter = () => role.work() !== undefined && isLeaseFresh();
      const laneAges = () => role.work()?.ages() ?? [];
      const web = { ...site, context: app.context, isWriter, isLeaseFresh, laneAges };
      parts.unshift(await serveWeb(web));
    }
    candidate = await joinElection({ ...site, role, errands }, app.context);
    parts.splice(-2, 0, candidate);
  } catch (error) {
    await closeAll(parts);
    throw error;
  }
  return { close: () => closeAll(parts) };
}

/** Closes the parts one after the other; a failure does not keep the others open. */
async function closeAll([part, ...others]: readonly Closing[]): Promise<void> {
  if (part === undefined) return;
  try {
    await part.close();
  } finally {
    await closeAll(others);
  }
}

interface Election extends Site {
  readonly role: LeaderWork<RunningWorker>;
  readonly errands: Errands;
}

function joinElection({ role, errands, ...site }: Election, app: JobContext): Promise<Candidate> {
  const { config, place, log, services, pace } = site;
  const threads = openThreads({ entry: THREAD });
  const context: JobContext = {
    ...app,
    sources: askedByOthers(app.sources, errands),
    makeAudit: auditedInThreads(config, threads),
    render: renderedByOthers(errands),
  };
  const desk: FencedLedger = {
    ...app.ledger.work,
    // Audits in threads are stopped, because their results can no longer be stored.
    async releaseWriteLock() {
      await app.ledger.work.releaseWriteLock();
      await threads.end();
    },
  };
  const worker = { place, clock: services.clock, log, ...pace };
  const rings = timetable(toSchedule(app));
  const work = () =>
    role.start(() =>
      startWorker({ ...worker, findGroup: laneOf, timetable: rings, jobs: JOBS, context }),
    );
  const holder = `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;
  return joinLeaderElection({ ...worker, holder, ledger: desk, startWork: work });
}

/**
 * Jobs with the same key run one after the other. Pulls of one source share a key, so that they are
 * stored in order. Audits read only facts recorded before they began, so pulls may run beside them.
 * The check has its own key, because it must not wait for the jobs that it watches. Deliveries have
 * their own key, because they wait for mail servers.
 */
function laneOf(name: string, data: unknown): ConcurrencyGroup {
  if (name === 'pull' && typeof data === 'object' && data !== null && 'source' in data) {
    return { key: `pull ${String(data.source)}`, asksProvider: true };
  }
  if (name === 'prices') return { key: 'prices', asksProvider: true };
  const isOwn = name === 'check' || name === 'deliver';
  return { key: isOwn ? name : 'ledger', asksProvider: false };
}

interface Closable {
  close(): Promise<void>;
}

/** The leader's work in this process. */
export interface LeaderWork<Work> {
  /** Returns the running work; undefined while another worker is the leader. */
  readonly work: () => Work | undefined;
  /** Starts the work; the process counts as leader until the work is closed. */
  readonly start: (start: () => Promise<Work>) => Promise<Work>;
}

export function trackLeaderWork<Work extends Closable>(): LeaderWork<Work> {
  let work: Work | undefined;
  return {
    work: () => work,
    async start(start) {
      const started = await start();
      work = started;
      const close = async () => {
        work = undefined;
        await started.close();
      };
      return { ...started, close };
    },
  };
}

/** A limit that `http.hosts` does not set for a host is that of `http`. */
export function openConfiguredRateLimiter(
  { http }: Config,
  place: RedisLocation,
): RedisRateLimiter {
  const { anyHost, hosts } = http.limits;
  return openRateLimiter({ place, findLimit: (host) => ({ ...anyHost, ...hosts[host] }) });
}

/** Overrides `log.level` of the config for one run. */
const VARIABLE = 'RENTCHECK_LOG';

/** @throws {Failure} `config` if the environment has an unknown level. */
export function createWorkerLog(config: Config, services: WorkerServices): Log {
  const { clock, env } = services;
  return createLog({
    level: parseLevel(env[VARIABLE]) ?? config.log.level,
    clock,
    redactor: revealedRedactor(),
    write: (line) => services.stderr(line),
  });
}

function parseLevel(text: string | undefined): LogLevel | undefined {
  if (text === undefined || text === '') return undefined;
  const level = LOG_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new Failure('config', `unknown log level "${text}" in ${VARIABLE}`, {
    expected: `one of ${LOG_LEVELS.join(', ')}`,
    hint: `correct or unset ${VARIABLE}`,
  });
}
