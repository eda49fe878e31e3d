/** What the payload of a queued job may contain: adding a job must not grant more rights. */

import { describe, expect, test } from 'vitest';
import { JOBS } from '../../src/jobs/registry.ts';
import { findJob, parsePayload } from '../../src/schedule/inline.ts';

/** The minimal payload of each job, and all its other documented fields. */
const TAKEN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  pull: { source: 'runpod', from: '2026-07-01', to: '2026-08-01', facts: ['usage'] },
  prices: {},
  audit: { quarter: '2026-Q3', asOf: '2026-10-05T00:00:00Z' },
  report: { quarter: '2026-Q3', runId: 'run-1', freeze: true, once: true, due: '2026-10-07' },
  deliver: { edition: '2026-Q3.1', to: 'cfo@example.com' },
  quarter: { quarter: '2026-Q3', deliver: true, once: true },
  correct: { quarter: '2026-Q3' },
  owed: {},
  check: {},
};

/** What the command line accepts from a local user, and what would give a job more access. */
const REACHING = {
  out: '/etc/cron.d',
  path: '/etc/passwd',
  file: '../rentcheck.db',
  folder: '/tmp',
  anybody: true,
  channel: 'mail',
  url: 'http://169.254.169.254/',
  __proto__x: {},
};

test('every job of the queue is covered by this test', () => {
  expect(JOBS.map(({ name }) => name).sort()).toEqual(Object.keys(TAKEN).sort());
});

describe.each(Object.entries(TAKEN))('%s', (name, payload) => {
  const job = findJob(JOBS, name);

  test('accepts what is documented', () => {
    expect(() => parsePayload(job, payload)).not.toThrow();
  });

  test.each(Object.entries(REACHING))('refuses %s', (key, value) => {
    expect(() => parsePayload(job, { ...payload, [key]: value })).toThrow(
      `invalid payload for job "${name}"`,
    );
  });

  test.each([null, [], 'text', 7, true])('refuses %j in place of an object', (data) => {
    expect(() => parsePayload(job, data)).toThrow('invalid payload');
  });
});
