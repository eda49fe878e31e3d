/** Reads real price dumps: a history becomes second-hand prices, real hours become overrides. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseLossless } from '../../src/platform/json.ts';
import { readSnapshot } from '../../src/sources/openrouter/normalize.ts';
import { readImportText } from '../sources/import/readImportText.ts';

const FOLDER = new URL('../../../shared/reference/pricing/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));

test('every point of a real price history is a second-hand price', async () => {
  type Points = readonly (readonly [string, number, number])[];
  type History = Readonly<Record<string, { readonly points: Points }>>;
  const { models } = read('openrouter_price_history_2024-09_2026-08.json') as { models: History };
  const points = Object.entries(models).flatMap(([model, { points: dated }]) =>
    dated.map(([day, input, output]) => ['openrouter', model, day, input, output, 'yes'].join(',')),
  );
  const header = 'host,model,valid_from,input_usd_per_mtok,output_usd_per_mtok,second_hand';
  const { facts, rejects } = await readImportText('prices', [header, ...points, ''].join('\n'));
  expect(facts.prices.length + rejects.length).toBe(points.length);
  // Two points of one day: only one of them can be the price from that day on.
  const others = rejects.filter(
    ({ reason }) => !reason.includes('has the same key and other values'),
  );
  expect(others).toEqual([]);
  expect(facts.prices.every(({ fact }) => fact.secondHand === true)).toBe(true);
});

test('real hours that cover the day make one price, at any time of the request', () => {
  const samples = read('api_sample_payloads.json') as Record<string, { pricing: object }>;
  const { pricing } = samples['openrouter_time_window_overrides_real_2026-08-22'] ?? {};
  const endpoints = [{ provider_name: 'DeepSeek', tag: 'deepseek', pricing }];
  const body = new TextEncoder().encode(JSON.stringify({ data: { id: 'm', endpoints } }));
  const prices = [3, 12].map((hour) => {
    const takenAtMs = Date.UTC(2026, 7, 22, hour);
    const context = { sourceId: 'router', model: 'm', takenAtMs, where: 'h' };
    const [price] = readSnapshot(parseLossless(body, 'h'), context).snapshot.prices;
    return { ...price, validFromMs: 0 };
  });
  expect(prices[0]).toEqual(prices[1]);
  expect(prices[0]).toMatchObject({ inputPerMtok: 220_000_000n, outputPerMtok: 660_000_000n });
  expect(prices[0]?.overrides?.map(({ utc }) => utc)).toEqual([
    { startMinute: 600, endMinute: 60 },
    { startMinute: 60, endMinute: 240 },
    { startMinute: 240, endMinute: 360 },
    { startMinute: 360, endMinute: 600 },
  ]);
});
