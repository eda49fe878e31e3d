import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseLossless } from '../../src/platform/json.ts';
import { readSnapshot } from '../../src/sources/openrouter/normalize.ts';

const DUMP = new URL(
  '../../../shared/reference/pricing/openrouter_endpoints_2026-05-12.json',
  import.meta.url,
);
const SPEC = new URL('./openrouter-openapi.json', DUMP);

interface DumpRow {
  readonly tag: string;
  readonly quantization: string | null;
  readonly status: number;
  readonly pricing: Readonly<Record<string, string | number>>;
}
interface DumpModel {
  readonly id: string;
  readonly endpoints: readonly DumpRow[];
}

const { models } = JSON.parse(readFileSync(DUMP, 'utf8')) as { models: readonly DumpModel[] };

function snapshotOf(model: DumpModel) {
  const body = new TextEncoder().encode(JSON.stringify({ data: model }));
  return readSnapshot(parseLossless(body, model.id), {
    sourceId: 'router',
    model: model.id,
    takenAtMs: 7,
    where: model.id,
  });
}

/** Moves a plain decimal's point by 15 places: dollars per token to nano-dollars per Mtok. */
function shifted(price: string | number | undefined): bigint {
  const text = String(price);
  const [whole = '', fraction = ''] = text.split('.');
  expect(text).toMatch(/^\d+(?:\.\d{1,15})?$/);
  return BigInt(whole + fraction.padEnd(15, '0'));
}

describe('the real endpoints of 2026-05-12', () => {
  const rows = models.flatMap((model) => {
    const { snapshot, rejects } = snapshotOf(model);
    return model.endpoints.map((row, position) => ({
      row,
      model: model.id,
      reject: rejects.find((reject) => reject.position === position),
      snapshot,
      kept: model.endpoints
        .slice(0, position)
        .filter((_, before) => rejects.every((reject) => reject.position !== before)).length,
    }));
  });

  test('are many, and every one is either a price or an explained reject', () => {
    expect(rows.length).toBeGreaterThan(100);
    const rejected = rows.filter(({ reject }) => reject !== undefined);
    for (const { reject } of rejected) expect(reject?.reason).toMatch(/^endpoint \d+: pricing\./);
    for (const { row, snapshot, kept } of rows.filter((one) => !rejected.includes(one))) {
      const price = snapshot.prices[kept];
      const cached = row.pricing['input_cache_read'];
      expect(price?.host.startsWith(row.tag)).toBe(true);
      expect(price?.inputPerMtok).toBe(shifted(row.pricing['prompt']));
      expect(price?.outputPerMtok).toBe(shifted(row.pricing['completion']));
      expect(price?.cachedInputPerMtok).toBe(cached === undefined ? undefined : shifted(cached));
      expect(price?.quantization).toBe(row.quantization ?? 'unknown');
      expect(snapshot.availability[kept]?.healthy).toBe(row.status >= 0);
    }
  });

  test('providers are unique within each model', () => {
    for (const model of models) {
      const hosts = snapshotOf(model).snapshot.prices.map(({ host }) => host);
      expect(new Set(hosts).size).toBe(hosts.length);
    }
  });

  test('none is free by mistake, and none lost its price', () => {
    const prices = models.flatMap((model) => snapshotOf(model).snapshot.prices);
    const rejects = models.flatMap((model) => snapshotOf(model).rejects);
    expect(prices.length + rejects.length).toBe(rows.length);
    for (const price of prices) {
      expect(price.free).toBe(price.inputPerMtok === 0n && price.outputPerMtok === 0n);
    }
  });

  test('a discounted provider costs what the list shows', () => {
    const discounted = rows.find(
      ({ row, reject }) => Number(row.pricing['discount']) > 0 && reject === undefined,
    );
    expect(discounted?.snapshot.prices[discounted.kept]?.inputPerMtok).toBe(
      shifted(discounted?.row.pricing['prompt']),
    );
  });
});

test('the example of the official spec is read correctly', () => {
  const spec = JSON.parse(readFileSync(SPEC, 'utf8')) as {
    components: { schemas: { PublicEndpoint: { example: object } } };
  };
  const { example } = spec.components.schemas.PublicEndpoint;
  const { snapshot, rejects } = snapshotOf({
    id: 'openai/gpt-4',
    endpoints: [example as DumpRow],
  });
  expect(rejects).toEqual([]);
  expect(snapshot.prices[0]).toMatchObject({
    host: 'openai',
    hostName: 'OpenAI',
    quantization: 'fp16',
    inputPerMtok: 30_000_000_000n,
    outputPerMtok: 60_000_000_000n,
    perRequest: 0n,
    contextLength: 8192,
  });
  expect(snapshot.prices[0]).not.toHaveProperty('cachedInputPerMtok');
});
