/**
 * Tests which of two readings of the same time is more complete, by the time that their counts
 * cover.
 */

import { describe, expect, it } from 'vitest';
import { MINUTE_MS, period } from '../../../src/domain/period.ts';
import { toEngineMetrics } from '../../../src/sources/engines/engine.ts';
import { computeUsage } from '../../../src/sources/engines/computeUsage.ts';
import { findProcesses } from '../../../src/sources/engines/processes.ts';
import { toSamples, type Series } from '../../../src/sources/engines/samples.ts';
import { JULY_1, fetched, located, NOW, scratchLedger } from '../../ledger/ledgerFixture.ts';

const engine = toEngineMetrics({ deployment: 'chat-70b', engine: 'vllm', match: {} });

/** A replica that makes 10 prompt tokens and one output token a minute since its start. */
interface Replica {
  readonly instance: string;
  readonly startMinute: number;
  /** When it was scraped. */
  readonly minutes: readonly number[];
}

function seriesOf({ instance, startMinute, minutes }: Replica): Series[] {
  const times = minutes.map((minute) => JULY_1 + minute * MINUTE_MS);
  const resultOf = (name: string, valueAt: (minute: number) => number): Series => ({
    labels: { __name__: name, instance, model_name: 'm' },
    samples: toSamples(times, minutes.map(valueAt)),
  });
  return [
    resultOf('vllm:prompt_tokens_total', (minute) => 10 * (minute - startMinute)),
    resultOf('vllm:generation_tokens_total', (minute) => minute - startMinute),
    resultOf('process_start_time_seconds', () => JULY_1 / 1_000 + 60 * startMinute),
  ];
}

/** The rows of the first 15 minutes, as an answer at that time has them. */
function rowsOf(replicas: readonly Replica[]) {
  const series = replicas.flatMap(seriesOf);
  const [intervalMs, horizonMs] = [5 * MINUTE_MS, 60 * MINUTE_MS];
  const window = period(JULY_1, JULY_1 + 15 * MINUTE_MS);
  const about = { sourceId: 'prom', deployment: 'chat-70b', engine };
  return computeUsage(findProcesses(series, [], engine), {
    ...about,
    window,
    intervalMs,
    horizonMs,
  }).rows;
}

const every = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

const OLD = { instance: '10.0.0.1:8000', startMinute: -600 };

/** Prompt tokens in force after these answers came in, one after the other. */
async function promptsAfter(...answers: readonly (readonly Replica[])[]) {
  const { ledger } = await scratchLedger();
  for (const [index, replicas] of answers.entries()) {
    const usage = located(...rowsOf(replicas).map(({ fact }) => fact));
    await ledger.facts.append(fetched({ usage }, { sourceId: 'prom' }), JULY_1 + index);
  }
  const series = (await ledger.facts.usage('chat-70b', period(JULY_1, NOW), NOW)).get('prom');
  return [...(series?.uncachedPromptTokens ?? [])];
}

describe('a later answer about the same time', () => {
  const alone = [{ ...OLD, minutes: every(-5, 15) }];

  it('adds what a replica counted before its first answer, where all seemed known', async () => {
    // 12 minutes after its start it is first scraped, at minute 14, with 120 tokens.
    const late = { instance: '10.0.0.2:8000', startMinute: 2, minutes: every(14, 20) };
    const both = [{ ...OLD, minutes: every(-5, 20) }, late];
    // 120 over 3 + 5 + 4 minutes, and 10 of the minute from 14 to 15.
    expect(await promptsAfter(alone, both)).toEqual([50 + 30, 50 + 50, 50 + 40 + 10]);
  });

  it('adds what a replica counted while it was silent at the edge of the first', async () => {
    const silent = { instance: '10.0.0.2:8000', startMinute: -600, minutes: every(-5, 2) };
    const before = [...alone, silent];
    const after = [...alone, { ...silent, minutes: [...every(-5, 2), ...every(14, 20)] }];
    expect(await promptsAfter(before)).toEqual([70, 50, 50]);
    expect(await promptsAfter(before, after)).toEqual([100, 100, 100]);
  });

  it('replaces no row where it has lost samples, and adds nothing twice', async () => {
    const thin = [{ ...OLD, minutes: [-5, 15] }];
    expect(rowsOf(thin).every(({ fact }) => fact.estimated)).toBe(true);
    expect(await promptsAfter(alone, thin)).toEqual([50, 50, 50]);
  });
});
