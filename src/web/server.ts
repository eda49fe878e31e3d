/** The web server: its authentication, its routes and its error handling. */

import fastify, { type FastifyInstance } from 'fastify';
import { assets } from './assets.ts';
import { readSources } from './facts/sources.ts';
import { frozenFiles } from './frozen.ts';
import { health } from './health.ts';
import { jobBoard } from './jobBoard.ts';
import { metricsPage } from './metrics/metricsPage.ts';
import { answerPages } from './pages/answerPages.ts';
import { archivePages } from './pages/archivePages.ts';
import { jobPages } from './pages/jobPages.ts';
import { rerunPages } from './pages/rerunPages.ts';
import { statePages } from './pages/statePages.ts';
import { patient } from './patience.ts';
import { refusals } from './refusals.ts';
import { reception } from './reception.ts';
import type { Site } from './site.ts';

const BODY_BYTES = 64 * 1024;
const REQUEST_MS = 30_000;

/** Builds the server without listening. */
export async function buildServer(services: Site): Promise<FastifyInstance> {
  const site = { ...services, board: patient(services.board) };
  const { trustedProxies } = site.doors;
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
  refusals(app, site);
  const desk = reception(app, site);
  assets(app);
  health(app, site);
  frozenFiles(app, site, desk);
  const sources = readSources(site);
  metricsPage(app, site, sources);
  answerPages(app, site, sources);
  archivePages(app, site, desk);
  statePages(app, site, sources);
  jobPages(app, site);
  rerunPages(app, site, desk);
  await jobBoard(app, site);
  return app;
}
