/** A job has a plain name and its outcome in plain words, whatever its payload. */

import { expect, it } from 'vitest';
import type { QueuedJob } from '../../src/calendar/queuedJob.ts';
import { LEADER } from '../support/readers.ts';
import { renderJobTitle, renderStateText } from '../../src/web/pages/jobText.ts';

const Q3 = { from: '2026-07-01T00:00:00Z', to: '2026-10-01T00:00:00Z' };

it.each([
  ['pull', { source: 'runpod-main', ...Q3 }, 'Pull of runpod-main for Q3 2026'],
  [
    'pull',
    { source: 'prom', from: '2026-11-02T00:00:00Z', to: '2026-11-05T00:00:00Z', facts: ['usage'] },
    'Pull of prom (usage) for Nov 2, 2026 to Nov 4, 2026',
  ],
  [
    'pull',
    { source: 'prom', from: '2026-11-02T09:00:00Z', to: '2026-11-02T10:00:00Z' },
    'Pull of prom for Nov 2, 2026 09:00 UTC to Nov 2, 2026 10:00 UTC',
  ],
  ['pull', { source: 'prom', from: 'soon', to: 7 }, 'Pull of prom for soon to 7'],
  ['audit', { quarter: '2026-Q3' }, 'Audit of Q3 2026'],
  ['audit', {}, 'Audit'],
  ['report', { quarter: 'last' }, 'Report for the last quarter'],
  ['report', { runId: '195f9c89a952165d' }, 'Report of audit 195f9c89'],
  ['deliver', { edition: '2026-Q3.1', to: 'cfo@x' }, 'Delivery of report 2026-Q3.1 to cfo@x'],
  ['quarter', { quarter: '2026-Q3', deliver: false }, 'Pull, audit and report for Q3 2026'],
  ['prices', {}, 'Pull of current prices and GPU rates'],
  ['toString', {}, 'toString'],
  ['audit', 'no object', 'audit'],
  ['audit', null, 'audit'],
])('%s %j', (name, payload, title) => {
  expect(renderJobTitle({ name, payload }, LEADER)).toBe(title);
});

const job: QueuedJob = {
  id: '1',
  name: 'pull',
  payload: {},
  state: 'failed',
  addedAtMs: 0,
  tries: 2,
};

it.each([
  [{ mostTries: 5 }, 'failed after 2 of 5 attempts'],
  [{ tries: 1 }, 'failed after 1 attempt'],
  [{ state: 'delayed', mostTries: 5 }, 'attempt 2 of 5 failed, will be retried'],
  [{ state: 'running', tries: 0 }, 'running'],
  [{ state: 'running', tries: 1, mostTries: 5 }, 'running, attempt 2 of 5'],
  [{ state: 'done', shortfalls: ['prom did not answer'] }, 'incomplete'],
  [{ state: 'done' }, 'done'],
] as const)('%j', (change, text) => {
  expect(renderStateText({ ...job, ...change })).toBe(text);
});
