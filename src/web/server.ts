/** The web server: its authentication, its routes and its error handling. */

import fastify, { type FastifyInstance } from 'fastify';
import { registerAssets } from './assets.ts';
import { createSourceStates } from './facts/sources.ts';
import { registerFrozenFiles } from './frozen.ts';
import { registerJobBoard } from './jobBoard.ts';
import { registerMetrics } from './metrics/metricsPage.ts';
import { registerAuditPages } from './pages/auditPages.ts';
import { registerArchivePages } from './pages/archivePages.ts';
import { registerJobPages } from './pages/jobPages.ts';
import { registerRerunPages } from './pages/rerunPages.ts';
import { registerSourcePages } from './pages/sourcePages.ts';
import { registerErrorPages } from './errorPages.ts';
import { registerAuth } from './auth/routes.ts';
import type { WebQueue, WebServices } from './site.ts';
import { Failure } from '../domain/failure.ts';
import { finishesWithin } from '../platform/clock.ts';

const BODY_BYTES = 64 * 1024;
const REQUEST_MS = 30_000;

/** Builds the server without listening. */
export async function buildServer(services: WebServices): Promise<FastifyInstance> {
  const site = { ...services, queue: withTimeouts(services.queue) };
  const { trustedProxies } = site.access;
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    // Only configured proxies may set the client address of a request.
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    routerOptions: { maxParamLength: 500 },
    forceCloseConnections: true,
  });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  registerErrorPages(app, site);
  const auth = await registerAuth(app, site);
  registerAssets(app);
  registerHealth(app, site);
  registerFrozenFiles(app, site, auth);
  const sources = createSourceStates(site);
  registerMetrics(app, site, sources);
  registerAuditPages(app, site, sources);
  registerArchivePages(app, site, auth);
  registerSourcePages(app, site, sources);
  registerJobPages(app, site);
  registerRerunPages(app, site, auth);
  await registerJobBoard(app, site);
  return app;
}

/** Both probes need no authentication, so they return only booleans. */
function registerHealth(app: FastifyInstance, site: WebServices): void {
  const open = { config: { isOpen: true } };
  app.get('/healthz', open, async () => ({ status: 'alive' }));
  app.get('/readyz', open, async (_, reply) => {
    const ledger = await succeeds(() => site.ledger.facts.lastRecordedMs());
    const queue = await succeeds(() => site.queue.countJobs());
    const lease = site.isLeaseFresh();
    const ready = ledger && queue && lease;
    const status = ready ? 'ready' : 'not ready';
    const body = { status, ledger, queue, lease, writer: site.isWriter() };
    return reply.code(ready ? 200 : 503).send(body);
  });
}

/** Hides the error, because anyone can read the probes. */
function succeeds(check: () => Promise<unknown>): Promise<boolean> {
  return check().then(
    () => true,
    () => false,
  );
}

const TIMEOUT_MS = 5_000;

/** The same queue, but each call fails as `unavailable` after five seconds. */
export function withTimeouts(board: WebQueue): WebQueue {
  return {
    bullQueue: board.bullQueue,
    enqueue: (request) => inTime(board.enqueue(request), MAY_BE_ADDED),
    state: (id) => inTime(board.state(id)),
    jobLog: (id) => inTime(board.jobLog(id)),
    childJobs: (id) => inTime(board.childJobs(id)),
    listJobs: (states, most) => inTime(board.listJobs(states, most)),
    countJobs: () => inTime(board.countJobs()),
  };
}

const NOT_LOST = 'check that Redis or Valkey runs. Jobs in it are not lost';
/** The Redis client sends a pending request once the queue is available again. */
const MAY_BE_ADDED =
  'the job may still be added once Redis or Valkey is back. Look at the jobs before you repeat it';

async function inTime<T>(result: Promise<T>, hint = NOT_LOST): Promise<T> {
  if (await finishesWithin(TIMEOUT_MS, result)) return result;
  throw new Failure('unavailable', 'the queue does not answer', { hint });
}

export interface ListenAddress {
  readonly host: string;
  /** 0 selects a free port. */
  readonly port: number;
}

export interface WebServer {
  /** `http://127.0.0.1:8480`; `undefined` while the server cannot listen. */
  origin(): string | undefined;
  /** Finishes requests in progress, then closes the server. */
  close(): Promise<void>;
}

/** Errors that may pass: another process has the port, or the network is not up yet. */
const TEMPORARY_ERRORS = ['EADDRINUSE', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'];
const RETRY_MS = 15_000;

/**
 * Serves the pages. If that fails, the error is logged and the worker runs without pages. After a
 * temporary error the server tries again every 15 seconds.
 */
export async function startWebServer(
  site: WebServices,
  { host, port }: ListenAddress,
): Promise<WebServer> {
  const { log } = site;
  const app = await buildServer(site);
  let timer: NodeJS.Timeout | undefined;
  let origin: string | undefined;
  const listen = async (): Promise<void> => {
    try {
      // A new object: fastify modifies its options, and the config is frozen.
      origin = await app.listen({ host, port });
      log.info('pages are served', { at: origin });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      log.warn('pages are not served', { host, port, problem: message });
      if (TEMPORARY_ERRORS.includes(code ?? '')) timer = setTimeout(() => void listen(), RETRY_MS);
    }
  };
  await listen();
  return {
    origin: () => origin,
    async close() {
      clearTimeout(timer);
      await app.close();
    },
  };
}
