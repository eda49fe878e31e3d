/**
 * Tests the jobs of RunPod's serverless endpoints: counted between two samples, never below zero.
 */

import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/period.ts';
import { createSecret } from '../../../src/platform/secret.ts';
import { runpodKind } from '../../../src/sources/registry.ts';
import { json, startServer } from '../../support/httpServer.ts';
import { countsIn, failuresIn, pullFromReply, warningsIn } from '../../support/pulledFrom.ts';

const KEY = createSecret('${RUNPOD_API_KEY}', () => 'rpa_0123456789');
const NOW_MS = Date.UTC(2026, 8, 1, 9);
const LAST_MS = NOW_MS - HOUR_MS;
const BURSTY = { deployment: 'bursty', engine: 'gateway', match: { endpoint: 'ep-1' } };

const answer = (jobs: object, endpoint = 'ep-1') => ({
  url: `https://api.runpod.ai/v2/${endpoint}/health`,
  atMs: LAST_MS,
  body: new TextEncoder().encode(JSON.stringify({ jobs })),
});

async function look(jobs: object, answers: ReturnType<typeof answer>[], usage = [BURSTY]) {
  const window = { startMs: LAST_MS, endMs: NOW_MS };
  const reply = json({ jobs, workers: { idle: 1, running: 0 } });

  const server = await startServer(reply);
  try {
    return await pullFromReply(runpodKind, json({}, 500), {
      options: { apiKey: KEY, healthUrl: server.origin },
      request: { window, usage, models: [], facts: ['usage'], answers },
      nowMs: NOW_MS,
    });
  } finally {
    await server.close();
  }
}

const PERIOD = { startMs: LAST_MS, endMs: NOW_MS };
const OF = { sourceId: 'main', deployment: 'bursty', period: PERIOD };

describe('the jobs of a serverless endpoint', () => {
  test('are counted from the last sample to this one, and nothing else is requested', async () => {
    const jobs = { completed: 130, failed: 7, inProgress: 2, inQueue: 1, retried: 0 };
    const { all, requests } = await look(jobs, [answer({ completed: 100, failed: 5 })]);
    expect(failuresIn(all)).toEqual([]);
    expect(countsIn(all)).toEqual([{ ...OF, answered: 30, failed: 2 }]);
    expect(requests).toEqual([]);
  });

  test('are unknown at the first sample', async () => {
    expect(countsIn((await look({ completed: 130, failed: 7 }, [])).all)).toEqual([]);
    const other = answer({ completed: 1, failed: 0 }, 'ep-2');
    expect(countsIn((await look({ completed: 130, failed: 7 }, [other])).all)).toEqual([]);
  });

  test('whose counter fell are unknown, and that is reported', async () => {
    const { all } = await look({ completed: 3, failed: 0 }, [
      answer({ completed: 100, failed: 5 }),
    ]);
    expect(countsIn(all)).toEqual([]);
    expect(warningsIn(all).join()).toContain('restarted');
  });

  test('without a failure count have unknown failures', async () => {
    const { all } = await look({ completed: 8 }, [answer({ completed: 8, failed: 1 })]);
    expect(countsIn(all)).toEqual([{ ...OF, answered: 0 }]);
  });

  test('are not requested by a name or without an id', async () => {
    const { all } = await look(
      { completed: 8 },
      [],
      [{ ...BURSTY, match: { name: 'x' } as never }],
    );
    expect(failuresIn(all)).toMatchObject([{ code: 'config' }]);
  });
});
