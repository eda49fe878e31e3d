/** Runs the worker: opens ledger and queue, serves the pages, and works as leader or stands by. */

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { openConfigured } from './app.ts';
import type { ExitCode, WorkerRequest, WorkerServices } from '../cli/command.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import type { JobContext } from '../jobs/job.ts';
import { JOBS } from '../jobs/registry.ts';
import { toSchedule } from '../calendar/schedule.ts';
import type { RateLimiter } from '../platform/http.ts';
import { createLog, type Log } from '../platform/log.ts';
import { createRateLimiter } from '../platform/rateLimiter.ts';
import { openThreads, type Threads } from '../platform/threads.ts';
import { toQueueAddress } from '../schedule/queueAddress.ts';
import { evictionText } from '../report/copy/findings.ts';
import { checkRedis } from '../schedule/checkRedis.ts';
import type { RedisLocation } from '../schedule/redis.ts';
import type { ConcurrencyGroup } from '../schedule/concurrency.ts';
import {
  type Candidate,
  type FencedLedger,
  joinLeaderElection,
} from '../schedule/leaderElection.ts';
import { timetable } from '../calendar/timetable.ts';
import { type RunningWorker, startWorker, waitForStopSignal } from '../schedule/worker.ts';
import { Failure } from '../domain/failure.ts';
import { LOG_LEVELS, type LogLevel } from '../platform/logLevel.ts';
import { revealedRedactor } from '../platform/redact.ts';
import { createThreadedWork } from './threadTasks.ts';

const THREAD = new URL('./thread.ts', import.meta.url);

interface WorkerSetup {
  readonly config: Config;
  readonly place: RedisLocation;
  readonly log: Log;
  readonly services: WorkerServices;
  readonly timeouts: NonNullable<WorkerRequest['timeouts']>;
}

/** Runs until SIGTERM; closes the ledger after the last job. */
export async function runWorker(
  { config: path, timeouts = {} }: WorkerRequest,
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
  const parts = new AsyncDisposableStack();
  try {
    await openCandidate({ config, place, log, services, timeouts }, parts);
    log.info('ready');
    await stop;
  } finally {
    await parts.disposeAsync();
  }
  return 0;
}

/** Opens the ledger, serves the pages, and takes part in the leader election. */
async function openCandidate(setup: WorkerSetup, parts: AsyncDisposableStack): Promise<void> {
  const { config, services } = setup;
  const { clock } = services;
  const app = await openConfigured(config, {
    clock,
    readonly: false,
    fenced: true,
    rateLimiter: createConfiguredRateLimiter(config),
    progress: () => undefined,
  });
  parts.defer(() => app.close());
  const threads = openThreads({ entry: THREAD });
  parts.defer(() => threads.end());
  const leaderWork = trackLeaderWork<RunningWorker>();
  let candidate: Candidate | undefined;
  // The pages end first, then the jobs.
  parts.defer(async () => candidate?.close());
  if (config.web !== undefined) {
    // The web server and its libraries are loaded only if the config has the section `web`.
    const { serveWeb } = await import('./web.ts');
    const isLeaseFresh = () => candidate?.isLeaseFresh() === true;
    const isWriter = () => leaderWork.work() !== undefined && isLeaseFresh();
    const concurrencyAges = () => leaderWork.work()?.ages() ?? [];
    const web = { ...setup, context: app.context, isWriter, isLeaseFresh, concurrencyAges };
    const served = await serveWeb(web);
    parts.defer(() => served.close());
  }
  candidate = await joinElection({ ...setup, leaderWork, threads }, app.context);
}

interface Election extends WorkerSetup {
  readonly leaderWork: LeaderWork<RunningWorker>;
  readonly threads: Threads;
}

function joinElection(
  { leaderWork, threads, ...setup }: Election,
  app: JobContext,
): Promise<Candidate> {
  const { config, place, log, services, timeouts } = setup;
  const { make, render } = createThreadedWork(config, threads);
  const context: JobContext = {
    ...app,
    audits: { ...app.audits, make },
    reports: { ...app.reports, render },
  };
  const ledger: FencedLedger = {
    ...app.ledger.work,
    // Audits in threads are stopped, because their results can no longer be stored.
    async releaseWriteLock() {
      await app.ledger.work.releaseWriteLock();
      await threads.end();
    },
  };
  const worker = { place, clock: services.clock, log, ...timeouts };
  const entries = timetable(toSchedule(app));
  const startWork = () =>
    leaderWork.start(() =>
      startWorker({
        ...worker,
        findGroup: findConcurrencyGroup,
        timetable: entries,
        jobs: JOBS,
        context,
      }),
    );
  const holder = `${hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;
  return joinLeaderElection({ ...worker, holder, ledger, startWork });
}

/**
 * Jobs with the same key run one after the other. Pulls of one source share a key, so that they are
 * stored in order. Audits read only facts recorded before they began, so pulls may run beside them.
 * The check has its own key, because it must not wait for the jobs that it watches. Deliveries have
 * their own key, because they wait for mail servers.
 */
function findConcurrencyGroup(name: string, data: unknown): ConcurrencyGroup {
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
export function createConfiguredRateLimiter({ http }: Pick<Config, 'http'>): RateLimiter {
  const { anyHost, hosts } = http.limits;
  return createRateLimiter({ findLimit: (host) => ({ ...anyHost, ...hosts[host] }) });
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
