/** Routes of the queue: counts and the latest jobs, and the page of each job. */

import type { FastifyInstance } from 'fastify';
import { JOB_STATES } from '../../domain/queuedJob.ts';
import { html } from '../html.ts';
import { refuse, wantsPage } from '../refusals.ts';
import type { Site } from '../site.ts';
import { isOver, jobBody } from './jobBody.ts';
import { jobsBody } from './jobsBody.ts';
import { jobTitle } from './jobWords.ts';
import { liveHead } from './liveHead.ts';
import { show } from './show.ts';

/** Jobs listed per state. */
const SHOWN = 20;

export function jobPages(app: FastifyInstance, { board, clock, reader }: Site): void {
  app.get('/jobs', async (request, reply) => {
    const body = jobsBody(
      {
        counts: await board.counts(),
        jobs: await board.list(JOB_STATES, SHOWN),
        nowMs: clock.nowMs(),
      },
      reader,
    );
    return show(request, reply, { title: 'Jobs', part: '/jobs', body });
  });
  // A wildcard, because job IDs contain slashes.
  app.get<{ Params: { '*': string } }>('/jobs/*', async (request, reply) => {
    const job = await board.state(request.params['*']);
    if (job === undefined) return refuse(request, reply, NO_JOB);
    reply.header('vary', 'accept');
    const [lines, parts] = await Promise.all([board.lines(job.id), board.parts(job.id)]);
    if (!wantsPage(request)) return reply.send({ ...job, lines, parts });
    const body = jobBody({ job, lines, parts, nowMs: clock.nowMs() }, reader);
    const head = isOver(job) ? html`` : liveHead();
    return show(request, reply, { title: jobTitle(job, reader), part: '/jobs', head, body });
  });
}

const NO_JOB = {
  status: 404,
  title: 'Unknown job',
  what: 'The queue has no job with this id. Jobs are removed a month after they are done.',
};
