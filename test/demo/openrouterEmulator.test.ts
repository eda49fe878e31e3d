/** Tests the OpenRouter emulator's market: dated prices as text, and who sells which model when. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRICE_PULLS } from '../../src/demo/calendar.ts';
import { startOpenrouter } from '../../src/demo/emulators/openrouter.ts';
import type { Emulator } from '../../src/demo/emulators/emulator.ts';
import { OPENROUTER_KEY } from '../../src/demo/keys.ts';
import {
  PROVIDER_APPEARS_AT_MS,
  PROVIDER_LEAVES_AT_MS,
  PRICE_CHANGE_AT_MS,
} from '../../src/demo/market.ts';
import { HOUR_MS } from '../../src/domain/period.ts';
import { requestEmulator, demoClock, FLEET } from '../support/demoFleet.ts';

interface Endpoint {
  readonly tag: string;
  readonly model_id: string;
  readonly pricing: Readonly<Record<string, unknown>>;
  readonly quantization: string;
  readonly uptime_last_1d: number;
}

const clock = demoClock();
let router: Emulator;

beforeAll(async () => {
  router = await startOpenrouter(FLEET, clock);
});

afterAll(() => router.close());

async function endpoints(model: string, atMs: number): Promise<readonly Endpoint[]> {
  clock.set(atMs);
  const answer = await requestEmulator(router, `/api/v1/models/${model}/endpoints`, {
    key: OPENROUTER_KEY,
  });
  expect(answer.status).toBe(200);
  return (answer.json as unknown as { data: { endpoints: Endpoint[] } }).data.endpoints;
}

const LLAMA = 'meta-llama/llama-3.3-70b-instruct';
const FIRST_PULL_MS = PRICE_PULLS[0] ?? Number.NaN;

describe('the OpenRouter emulator', () => {
  it('writes prices as dollars per token, and leaves out what is not sold', async () => {
    const hosts = await endpoints(LLAMA, FIRST_PULL_MS);
    const pricing = (tag: string) => hosts.find((host) => host.tag === tag)?.pricing;
    expect(pricing('parasail/fp8')).toEqual({
      prompt: '0.00000024',
      completion: '0.00000055',
      input_cache_read: '0.00000012',
      discount: 0,
    });
    expect(pricing('nebius/bf16')).not.toHaveProperty('input_cache_read');
    expect(pricing('venice/fp8')).toEqual({ prompt: '0', completion: '0', discount: 0 });
    expect(pricing('crusoe/fp8')?.['discount']).toBe(0.1);
  });

  it('changes a price from one pull to the next, to the millisecond', async () => {
    const price = async (atMs: number) =>
      (await endpoints(LLAMA, atMs)).find(({ tag }) => tag === 'parasail/fp8')?.pricing['prompt'];
    expect(PRICE_PULLS).toContain(PRICE_CHANGE_AT_MS);
    expect(await price(PRICE_CHANGE_AT_MS - 1)).toBe('0.00000024');
    expect(await price(PRICE_CHANGE_AT_MS)).toBe('0.00000026');
  });

  it('no longer lists a provider that stopped selling', async () => {
    const tags = async (atMs: number) =>
      (await endpoints('openai/gpt-oss-120b', atMs)).map(({ tag }) => tag);
    expect(PRICE_PULLS).toContain(PROVIDER_LEAVES_AT_MS);
    expect(await tags(PROVIDER_LEAVES_AT_MS - 1)).toContain('siliconflow/fp8');
    expect(await tags(PROVIDER_LEAVES_AT_MS)).not.toContain('siliconflow/fp8');
  });

  it('lists a provider from the first pull after it began to sell', async () => {
    const tags = async (atMs: number) =>
      (await endpoints('qwen/qwen3-coder-30b-a3b-instruct', atMs)).map(({ tag }) => tag);
    expect(PRICE_PULLS).toContain(PROVIDER_APPEARS_AT_MS);
    expect(await tags(PROVIDER_APPEARS_AT_MS - 1)).not.toContain('parasail/fp8');
    expect(await tags(PROVIDER_APPEARS_AT_MS)).toContain('parasail/fp8');
  });

  it('returns a peak price with its hours, at any time of the request', async () => {
    const model = 'mistralai/mistral-small-3.2-24b-instruct';
    const overrides = [
      { utc_start: 800, utc_end: 1800, prompt: '0.00000012', completion: '0.00000032' },
    ];
    const list = { prompt: '0.00000006', completion: '0.00000016', discount: 0 };
    for (const hours of [0, 6]) {
      const hosts = await endpoints(model, FIRST_PULL_MS + hours * HOUR_MS);
      const { pricing } = hosts.find(({ tag }) => tag === 'chutes/fp8') ?? {};
      expect(pricing).toEqual({ ...list, overrides });
    }
  });

  it('has one free, one coarsely quantized and one low-uptime provider at every pull', async () => {
    for (const atMs of PRICE_PULLS) {
      const hosts = await endpoints(LLAMA, atMs);
      expect(hosts.find(({ tag }) => tag === 'venice/fp8')?.model_id).toBe(`${LLAMA}:free`);
      expect(hosts.find(({ tag }) => tag === 'novita/fp4')?.quantization).toBe('fp4');
      const poor = hosts.filter(({ uptime_last_1d: uptime }) => uptime < 99);
      expect(poor.map(({ tag }) => tag)).toEqual(['deepinfra/turbo']);
      for (const { uptime_last_1d: uptime } of hosts) expect(uptime).toBeLessThanOrEqual(100);
    }
  });

  it('refuses a wrong key with 401 and an unknown model with 404', async () => {
    const path = `/api/v1/models/${LLAMA}/endpoints`;
    const wrong = await requestEmulator(router, path, { key: 'not-it' });
    const missing = await requestEmulator(router, '/api/v1/models/no/such/endpoints', {
      key: OPENROUTER_KEY,
    });
    expect(wrong).toMatchObject({ status: 401, json: { error: { code: 401 } } });
    expect(missing).toMatchObject({ status: 404, json: { error: { code: 404 } } });
  });

  it('records the requests it received', () => {
    expect(router.requests[0]).toBe(`GET /api/v1/models/${LLAMA}/endpoints`);
  });
});
