import { describe, expect, test } from 'vitest';
import { parseLossless } from '../../../src/platform/json.ts';
import { readSnapshot } from '../../../src/sources/openrouter/normalize.ts';
import { HOST, MODEL, market } from './market.ts';

function read(...endpoints: readonly unknown[]) {
  const body = new TextEncoder().encode(JSON.stringify(market(endpoints as object[])));
  return readSnapshot(parseLossless(body, 'h'), {
    sourceId: 'router',
    model: MODEL,
    takenAtMs: 7,
    where: 'h',
  });
}

const hostsOf = ({ snapshot }: ReturnType<typeof read>) => snapshot.prices.map(({ host }) => host);
const novita = { ...HOST, provider_name: 'Novita', tag: 'novita/fp8' };
const broken = { ...HOST, pricing: { ...HOST.pricing, completion: 'free' } };

describe('a row that cannot be read', () => {
  test.each([
    ['an invalid price', broken],
    ['no pricing at all', { ...HOST, pricing: undefined }],
    ['a context length that is a text', { ...HOST, context_length: 'long' }],
  ])('(%s) is a reject, and its provider still exists', (_, row) => {
    const result = read(row, novita);
    expect(hostsOf(result)).toEqual(['novita/fp8']);
    expect(result.rejects).toHaveLength(1);
    expect(result.snapshot.unread).toEqual(['deepinfra/fp8']);
  });

  test.each([
    ['no tag is known by its provider', { ...broken, tag: null }, 'deepinfra'],
    ['a tag that is no text could be anybody', { ...broken, tag: 7 }, null],
    ['neither tag nor provider could be anybody', { pricing: {} }, null],
    ['no fields could be anybody', 'a text', null],
  ])('with %s', (_, row, name) => {
    expect(read(row).snapshot.unread).toEqual([name]);
  });

  test('does not change the name of another offer under its tag', () => {
    const shared = { ...HOST, tag: 'novita' };
    const other = { ...shared, quantization: 'bf16' };
    const whole = read(shared, other);
    expect(hostsOf(whole)).toEqual(['novita/fp8', 'novita/bf16']);
    const part = read(shared, { ...other, pricing: broken.pricing });
    expect(hostsOf(part)).toEqual(['novita/fp8']);
    expect(part.snapshot.unread).toEqual(['novita']);
  });

  test('excludes the others with its tag, as only their prices distinguish them', () => {
    const result = read(HOST, broken);
    expect(hostsOf(result)).toEqual([]);
    expect(result.rejects.map(({ position }) => position)).toEqual([0, 1]);
    expect(result.rejects[0]?.reason).toContain('only prices distinguish them');
    expect(result.snapshot.unread).toEqual(['deepinfra/fp8']);
  });
});

test('a list that can be read has nothing unread', () => {
  expect(read(HOST).snapshot).not.toHaveProperty('unread');
});
