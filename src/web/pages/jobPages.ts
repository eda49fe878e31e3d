/** Routes of the queue: counts and the latest jobs, and the page of each job. */

import type { FastifyInstance } from 'fastify';
import { JOB_STATES } from '../../domain/queuedJob.ts';
import { html } from '../html.ts';
import { sendError, wantsPage } from '../refusals.ts';
import type { WebServices } from '../site.ts';
import { hasEnded, renderJobPage } from './jobBody.ts';
import { renderJobsPage } from './jobsBody.ts';
import { renderJobTitle } from './jobWords.ts';
import { liveUpdateHead } from './liveHead.ts';
import { sendPage } from './show.ts';

/** Jobs listed per state. */
const SHOWN = 20;

export function registerJobPages(
  app: FastifyInstance,
  { queue, clock, reader }: WebServices,
): void {
  app.get('/jobs', async (request, reply) => {
    const body = renderJobsPage(
      {
        counts: await queue.countJobs(),
        jobs: await queue.listJobs(JOB_STATES, SHOWN),
        nowMs: clock.nowMs(),
      },
      reader,
    );
    return sendPage(request, reply, { title: 'Jobs', section: '/jobs', body });
  });
  // A wildcard, because job IDs contain slashes.
  app.get<{ Params: { '*': string } }>('/jobs/*', async (request, reply) => {
    const job = await queue.state(request.params['*']);
    if (job === undefined) return sendError(request, reply, NO_JOB);
    reply.header('vary', 'accept');
    const [lines, parts] = await Promise.all([queue.jobLog(job.id), queue.childJobs(job.id)]);
    if (!wantsPage(request)) return reply.send({ ...job, lines, parts });
    const body = renderJobPage({ job, lines, parts, nowMs: clock.nowMs() }, reader);
    const head = hasEnded(job) ? html`` : liveUpdateHead();
    return sendPage(request, reply, {
      title: renderJobTitle(job, reader),
      section: '/jobs',
      head,
      body,
    });
  });
}

const NO_JOB = {
  status: 404,
  title: 'Unknown job',
  what: 'The queue has no job with this id. Jobs are removed a month after they are done.',
};
