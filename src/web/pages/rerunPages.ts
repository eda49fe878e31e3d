/** Routes that run a job again: the form for people, and JSON for programs. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../../domain/failure.ts';
import type { PageTokens } from '../auth/routes.ts';
import { sendError } from '../errorPages.ts';
import type { WebServices } from '../site.ts';
import { jobPath, sendPage } from '../layout.ts';
import { html, type Markup } from '../html.ts';

export function registerRerunPages(
  app: FastifyInstance,
  site: WebServices,
  { csrf }: PageTokens,
): void {
  const { queue } = site;
  const form = (
    request: FastifyRequest,
    reply: FastifyReply,
    fields: RerunFields & { problem?: string },
  ) => {
    const body = renderRerunPage({ ...fields, token: csrf.issue(request, reply) });
    return sendPage(request, reply, { title: 'Run again', section: '/rerun', body });
  };
  app.get<{ Querystring: Record<string, string> }>('/rerun', async (request, reply) => {
    const query = new URLSearchParams(request.query);
    const quarter = query.get('quarter') ?? site.lastQuarter();
    return form(request, reply, { ...parseRerunFields(query), quarter });
  });
  app.post('/rerun', async (request, reply) => {
    const { body } = request;
    if (!(body instanceof URLSearchParams)) return enqueueJson(site, request, reply);
    const fields = parseRerunFields(body);
    if (!csrf.isValid(request, body.get('form'))) {
      reply.code(403);
      return form(request, reply, { ...fields, problem: STALE });
    }
    try {
      const { id } = await queue.enqueue(toJobRequest(fields));
      return await reply.redirect(jobPath(id), 303);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'usage') throw error;
      reply.code(422);
      return form(request, reply, { ...fields, problem: error.message });
    }
  });
}

const STALE = 'This form has expired, or came from another site. Send it again.';

/** Enqueues `{job, payload}` from a program. Replies 202 with the ID and path of the job. */
async function enqueueJson({ queue }: WebServices, request: FastifyRequest, reply: FastifyReply) {
  const { body } = request;
  const isRequest = typeof body === 'object' && body !== null && 'job' in body && 'payload' in body;
  if (!isRequest || typeof body.job !== 'string') {
    const what =
      'Invalid request: expected JSON like {"job": "audit", "payload": {"quarter": "2026-Q3"}}.';
    return sendError(request, reply, { status: 422, title: 'Invalid request', what });
  }
  try {
    const { id } = await queue.enqueue({ name: body.job, payload: body.payload });
    return await reply.code(202).send({ id, at: jobPath(id) });
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'usage') throw error;
    const what = error.message;
    return sendError(request, reply, { status: 422, title: 'Invalid request', what });
  }
}

/** In the order of the form. */
export const RERUN_CHOICES = [
  {
    name: 'quarter',
    title: 'Everything for a quarter',
    what: 'Pulls every source, audits, and freezes a report. Changed figures make a new edition.',
  },
  {
    name: 'audit',
    title: 'Only the audit',
    what: 'Audits the facts that are recorded now, without a pull.',
  },
  {
    name: 'report',
    title: 'Only the report',
    what: 'Freezes the newest audit of the quarter as a report.',
  },
  { name: 'prices', title: 'Prices', what: 'Pulls the current hosted prices and GPU rates.' },
  { name: 'check', title: 'Check', what: 'Checks that every due report was delivered.' },
  { name: 'other', title: 'Another job', what: 'Adds a job by its name and payload.' },
] as const;

export type RerunChoice = (typeof RERUN_CHOICES)[number]['name'];

/** The fields of the form, with text as it was typed. */
export interface RerunFields {
  readonly choice: RerunChoice;
  readonly quarter: string;
  /** Whether the report is sent to its recipients. */
  readonly deliver: boolean;
  /** The job name, for the choice `other`. */
  readonly job: string;
  readonly payload: string;
}

function parseRerunFields(form: URLSearchParams): RerunFields {
  const chosen = form.get('job') ?? 'quarter';
  const offer = RERUN_CHOICES.find(({ name }) => name === chosen)?.name ?? 'quarter';
  return {
    choice: offer,
    quarter: form.get('quarter')?.trim() ?? '',
    deliver: form.get('deliver') === 'yes',
    job: form.get('name')?.trim() ?? '',
    payload: form.get('payload')?.trim() ?? '',
  };
}

/** @throws {Failure} `usage` for an invalid quarter or payload. */
function toJobRequest(fields: RerunFields): { name: string; payload: unknown } {
  const { choice, deliver } = fields;
  switch (choice) {
    case 'quarter':
      return { name: choice, payload: { quarter: quarterOf(fields), deliver } };
    case 'audit':
      return { name: choice, payload: { quarter: quarterOf(fields) } };
    case 'report':
      return { name: choice, payload: { quarter: quarterOf(fields), freeze: true } };
    case 'prices':
    case 'check':
      return { name: choice, payload: {} };
    case 'other':
      return { name: fields.job, payload: payloadOf(fields) };
  }
}

function quarterOf({ quarter }: RerunFields): string {
  if (/^\d{4}-Q[1-4]$/.test(quarter)) return quarter;
  const found = quarter === '' ? 'nothing' : `"${quarter}"`;
  throw new Failure('usage', `Invalid quarter: found ${found}, expected one like 2026-Q3.`);
}

function payloadOf({ payload }: RerunFields): unknown {
  try {
    return JSON.parse(payload === '' ? '{}' : payload);
  } catch (cause) {
    const message = 'Invalid payload: expected JSON like {"quarter": "2026-Q3"}.';
    throw new Failure('usage', message, { cause });
  }
}

export interface RerunView extends RerunFields {
  /** The CSRF token. */
  readonly token: string;
  /** The error of the last submission. */
  readonly problem?: string;
}

function renderRerunPage(view: RerunView): Markup {
  const { token, quarter, deliver, job, payload } = view;
  return html`<h1>Run again</h1>
${problem(view)}
<form method="post" action="/rerun" class="card">
<input type="hidden" name="form" value="${token}">
<fieldset>
<legend>What to run</legend>
${RERUN_CHOICES.map((offer) => choice(offer, offer.name === view.choice))}
</fieldset>
<label for="quarter">Quarter</label>
<input id="quarter" name="quarter" value="${quarter}" placeholder="2026-Q3" size="8"
 autocomplete="off" aria-describedby="quarter-hint">
<p class="hint" id="quarter-hint">Used by the first three choices.</p>
<p class="check"><input type="checkbox" id="deliver" name="deliver" value="yes"
${deliver && html` checked`}>
<label for="deliver">Send the report to its recipients when it is ready</label></p>
<details${view.choice === 'other' && html` open`}>
<summary>Name and payload of another job</summary>
<label for="name">Name</label>
<input id="name" name="name" value="${job}" autocomplete="off" placeholder="pull">
<label for="payload">Payload</label>
<textarea id="payload" name="payload" rows="4" spellcheck="false"
 placeholder="{&quot;source&quot;: &quot;prom&quot;}">${payload}</textarea>
</details>
<button>Run</button>
</form>`;
}

function problem({ problem }: RerunView): Markup | undefined {
  if (problem === undefined) return undefined;
  return html`<p class="notice bad" role="alert" tabindex="-1" autofocus>${problem}</p>`;
}

function choice({ name, title, what }: (typeof RERUN_CHOICES)[number], isChosen: boolean): Markup {
  return html`<div class="choice">
<input type="radio" id="job-${name}" name="job" value="${name}"${isChosen && html` checked`}
 aria-describedby="job-${name}-what">
<label for="job-${name}">${title}</label>
<span class="hint" id="job-${name}-what">${what}</span>
</div>
`;
}
