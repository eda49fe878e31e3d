/** Tests that implausible rows are rejected: future times, caches that cost extra. */

import { describe, expect, it } from 'vitest';
import type { ImportName } from '../../../src/sources/import/factKind.ts';
import { importCsv, readImportText } from './readImportText.ts';

const NOW = Date.UTC(2026, 7, 1, 12);
const reasons = async (kind: ImportName, ...rows: string[]) => {
  const { rejects } = await readImportText(kind, importCsv(kind, ...rows), { nowMs: NOW });
  return rejects.map(({ position, reason }) => [position, reason]);
};

describe('a row that begins in the future', () => {
  const charge = (start: string, end: string) => `,pod,,compute,,${start},${end},1,USD,,,,`;
  const usage = (start: string, end: string) => `chat,${start},${end},1,,1,,,`;

  it('is rejected where it is a charge that begins more than a day from now', async () => {
    expect(
      await reasons(
        'charges',
        charge('2026-08-01', '2026-09-01'),
        charge('2026-08-02T12:00:00Z', '2026-09-01'),
        charge('2026-08-02T12:00:01Z', '2026-09-01'),
      ),
    ).toEqual([
      [
        4,
        'start is "2026-08-02T12:00:01Z"; expected a time up to one day after now, ' +
          "2026-08-01T12:00:00Z by this machine's clock; check the year, or import the row " +
          'after that time',
      ],
    ]);
  });

  it('is rejected where it is usage that ends more than a day from now', async () => {
    const result = await reasons(
      'usage',
      usage('2026-08-01T12:00:00Z', '2026-08-02T12:00:00Z'),
      usage('2026-08-01T12:00:00Z', '2027-08-01T12:00:00Z'),
    );
    expect(result.map(([line]) => line)).toEqual([3]);
    expect(result[0]?.[1]).toMatch(/^end is "2027-08-01T12:00:00Z"; expected a time up to one day/);
  });

  it('is rejected where it is work or an incident on a future day', async () => {
    expect(
      (await reasons('ops', '2026-08-02,,1,', '2026-08-03,,1,')).map(([line]) => line),
    ).toEqual([3]);
    const incidents = [
      'id,incident_number,description,service_name,created_on,status,engaged_seconds',
      'P1,1,a,s,2027-08-01T01:00:00Z,resolved,5400',
    ].join('\n');
    const { rejects } = await readImportText('ops', incidents, { nowMs: NOW });
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'it begins in the future, 2027-08-01T01:00:00Z; check its date',
    ]);
  });

  it('is accepted where it is a price or a rate within a year, and rejected beyond', async () => {
    const price = (from: string) => `host,m,fp8,${from},0.1,,0.2,`;
    expect((await reasons('prices', price('2027-07-31'), price('2027-08-03')))[0]?.[1]).toBe(
      'valid_from is "2027-08-03"; expected a time up to one year after now, ' +
        "2026-08-01T12:00:00Z by this machine's clock; check the year",
    );
    const rate = (from: string) => `p,H100-80GB,,${from},2`;
    const result = await reasons('rates', rate('2027-07-31'), rate('2062-08-03'));
    expect(result.map(([line]) => line)).toEqual([3]);
  });
});

describe('a cached price above the input price', () => {
  it('is rejected, one that is the same is not', async () => {
    expect(
      await reasons(
        'prices',
        'a,m,fp8,2026-07-01,1.00,1.00,2.00,',
        'b,m,fp8,2026-07-01,1.00,1.25,2.00,',
      ),
    ).toEqual([
      [
        3,
        'cached_usd_per_mtok is "1.25"; expected at most input_usd_per_mtok (1.00); give the ' +
          'price of reading from the cache, not of writing to it; check the columns',
      ],
    ]);
  });
});
