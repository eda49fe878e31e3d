import { expect, test } from 'vitest';
import {
  companyName,
  matchesHostName,
  findRetirements,
  sellersAt,
} from '../../src/domain/providers.ts';
import { hour, price } from '../economics/stackFixture.ts';

const sold = (host: string, at: number, more: Partial<Parameters<typeof price>[0]> = {}) =>
  price({ host, input: '1', output: '1', validFromMs: hour(at), ...more });
const SPAN = { startMs: hour(0), endMs: hour(100) };

test('a company is one company in every spelling of its endpoints', () => {
  expect(['deepinfra/fp8', 'DeepInfra', 'Deep Infra'].map((host) => companyName({ host }))).toEqual(
    ['deepinfra', 'deepinfra', 'deepinfra'],
  );
  expect(companyName({ host: 'x/fp8', hostName: 'Acme Cloud' })).toBe('acmecloud');
  expect(companyName({ host: '…' })).toBe('…');
});

test('names match endpoints by id, by name or by the part before the slash, not by prefix', () => {
  const host = { host: 'acme/fp8', hostName: 'Acme' };
  const meant = [['acme/fp8'], ['Acme'], ['acme'], ['ac'], ['acme/f']];
  expect(meant.map((names) => matchesHostName(names, host))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('a company stopped selling if none of its offers is available, since the last ended', () => {
  const prices = [
    sold('a/fp8', -5),
    sold('a/bf16', -5),
    sold('a/fp8', 10, { offered: false }),
    sold('a/bf16', 20, { offered: false }),
    sold('b', -5),
    sold('c/fp8', -5),
    sold('c/fp8', 30, { offered: false }),
    sold('c/turbo', 30),
  ];
  expect(findRetirements(prices, SPAN)).toEqual([
    { company: 'a', host: 'a/bf16', sinceMs: hour(20) },
  ]);
  expect([...sellersAt(prices, hour(15))].sort()).toEqual(['a', 'b', 'c']);
  expect([...sellersAt(prices, hour(40))].sort()).toEqual(['b', 'c']);
});

test('a company that left before the span, came back, or sells only batches is ignored', () => {
  const prices = [
    sold('gone', -9),
    sold('gone', -5, { offered: false }),
    sold('back', -9),
    sold('back', 5, { offered: false }),
    sold('back', 9),
    sold('waits', -9, { serviceTier: 'batch' }),
    sold('waits', 9, { serviceTier: 'batch', offered: false }),
  ];
  expect(findRetirements(prices, SPAN)).toEqual([]);
  expect([...sellersAt(prices, hour(50))]).toEqual(['back']);
});

test('a company’s own statement that it stopped outranks a catalog that still lists it', () => {
  const listed = sold('Acme', -9, { sourceId: 'catalog', secondHand: true });
  const own = [sold('acme', -9), sold('acme', 9, { offered: false })];
  expect(findRetirements([listed, ...own], SPAN).map(({ company }) => company)).toEqual(['acme']);
  expect([...sellersAt([listed], hour(50))]).toEqual(['acme']);
});
