/** The web server: its authentication, its routes and its error handling. */

import fastify, { type FastifyInstance } from 'fastify';
import { registerAssets } from './assets.ts';
import { createSourceStates } from './facts/sources.ts';
import { registerFrozenFiles } from './frozen.ts';
import { registerHealth } from './health.ts';
import { registerJobBoard } from './jobBoard.ts';
import { registerMetrics } from './metrics/metricsPage.ts';
import { registerAuditPages } from './pages/answerPages.ts';
import { registerArchivePages } from './pages/archivePages.ts';
import { registerJobPages } from './pages/jobPages.ts';
import { registerRerunPages } from './pages/rerunPages.ts';
import { registerSourcePages } from './pages/statePages.ts';
import { withTimeouts } from './patience.ts';
import { registerErrorPages } from './refusals.ts';
import { registerAuth } from './reception.ts';
import type { WebServices } from './site.ts';

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
  const desk = registerAuth(app, site);
  registerAssets(app);
  registerHealth(app, site);
  registerFrozenFiles(app, site, desk);
  const sources = createSourceStates(site);
  registerMetrics(app, site, sources);
  registerAuditPages(app, site, sources);
  registerArchivePages(app, site, desk);
  registerSourcePages(app, site, sources);
  registerJobPages(app, site);
  registerRerunPages(app, site, desk);
  await registerJobBoard(app, site);
  return app;
}
