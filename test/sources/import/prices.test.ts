import { describe, expect, test } from 'vitest';
import { type HostedPrice, isQuarantined } from '../../../src/domain/price.ts';
import { onlyFact, importCsv, readImportText, onlyRejection } from './readImportText.ts';

const NONE: HostedPrice = {
  sourceId: '',
  model: '',
  host: '',
  quantization: '',
  validFromMs: 0,
  free: false,
  offered: false,
};

describe('prices:', () => {
  test('a row is what one provider charges from a moment on', async () => {
    expect(await onlyFact('prices', 'host-a,llama,FP8,2026-04-01,0.10,0.05,0.30,0.002')).toEqual({
      sourceId: 'import',
      model: 'llama',
      host: 'host-a',
      quantization: 'fp8',
      validFromMs: Date.UTC(2026, 3, 1),
      inputPerMtok: 100_000_000n,
      cachedInputPerMtok: 50_000_000n,
      outputPerMtok: 300_000_000n,
      perRequest: 2_000_000n,
      free: false,
      offered: true,
    });
  });

  test('an empty price is not sold, which is not free', async () => {
    const price = await onlyFact('prices', 'host-b,llama,,2026-04-01,0.12,,0.20,');
    expect(price).not.toHaveProperty('cachedInputPerMtok');
    expect(price).not.toHaveProperty('perRequest');
    expect(price).toMatchObject({ quantization: 'unknown', free: false });
    expect(await onlyFact('prices', 'h,m,,2026-04-01,0,0,0,')).toMatchObject({
      free: true,
      inputPerMtok: 0n,
    });
    expect(await onlyFact('prices', 'h,m,,2026-04-01,0.02,,,')).not.toHaveProperty('outputPerMtok');
  });

  test('a row without any price says that the provider stopped selling, not free', async () => {
    expect(await onlyFact('prices', 'h,m,,2026-05-01,,,,')).toEqual({
      sourceId: 'import',
      model: 'm',
      host: 'h',
      quantization: 'unknown',
      validFromMs: Date.UTC(2026, 4, 1),
      free: false,
      offered: false,
    });
  });

  test.each([
    [',m,,2026-04-01,1,,1,', 'host is empty; expected text; fill it in'],
    ['h,,,2026-04-01,1,,1,', 'model is empty; expected text; fill it in'],
    [
      'h,m,,2026-04-01,,0.1,,',
      'input_usd_per_mtok and output_usd_per_mtok are both empty; ' +
        'expected at least one ' +
        'price. Write 0 if tokens are free, ' +
        'or leave all prices empty if the provider ' +
        'stopped selling',
    ],
    [
      'h,m,,2026-04-01,-1,,1,',
      'input_usd_per_mtok is "-1"; expected 0 or more; leave it empty if it is unknown',
    ],
    [
      'h,m,,2026-04-01,1,,99999999999999,',
      'output_usd_per_mtok is "99999999999999"; expected US dollars per million tokens; no ' +
        'provider charges that much; check the unit and the decimal point',
    ],
    [
      'h,m,,2026-04-01,1,,1,99999999999999',
      'request_usd is "99999999999999"; expected US dollars per request; no provider ' +
        'charges that much; check the unit and the decimal point',
    ],
    [
      'h,m,,,1,,1,',
      'valid_from is empty; expected an ISO 8601 time like 2026-07-01T00:00:00Z; ' +
        'write it in UTC, or with its offset',
    ],
  ])('a bad row is rejected with its reason: %s', async (row, reason) => {
    expect(await onlyRejection('prices', row)).toBe(reason);
  });

  test.each([
    ['0.00000057', '', 'input price of h for m is $0.00000057', 570n],
    ['0.0000000001', '', 'input price of h for m is $0.000000001', 1n],
    ['200.01', '', 'input price of h for m is $200.01', 200_010_000_000n],
    ['1', '200.01', 'request price of h for m is $200.01', 1_000_000_000n],
  ])('an unusual price is quarantined and named: %s', async (...[usd, request, says, nano]) => {
    const row = `h,m,,2026-04-01,${usd},,1,${request}`;
    const { facts, rejects, warnings } = await readImportText('prices', importCsv('prices', row));
    expect(rejects).toEqual([]);
    expect(facts.prices).toMatchObject([{ fact: { inputPerMtok: nano } }]);
    expect(isQuarantined(facts.prices[0]?.fact ?? NONE)).toBe(true);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(says);
  });

  test('many quarantined prices are counted, and ten are named', async () => {
    const rows = Array.from({ length: 12 }, (_, at) => `h${at},m,,2026-04-01,300,,1,`);
    const { warnings } = await readImportText('prices', importCsv('prices', ...rows));
    expect(warnings).toHaveLength(11);
    expect(warnings.at(-1)).toBe(
      '2 more prices like it. To list them, run rentcheck prices --quarantined.',
    );
  });

  test('one moment has one price; a contradicting line is named', async () => {
    const { facts, rejects } = await readImportText(
      'prices',
      importCsv(
        'prices',
        'h,m,,2026-04-01,1,,1,',
        'h,m,,2026-05-01,2,,1,',
        'h,m,,2026-04-01,3,,1,',
      ),
    );
    expect(facts.prices).toHaveLength(2);
    expect(rejects).toEqual([
      {
        position: 4,
        reason:
          'conflicts with line 2, which has the same key and other values; keep one of the two',
        excerpt: 'h,m,,2026-04-01,3,,1,',
      },
    ]);
  });
});

describe('prices under conditions:', () => {
  const HEADER =
    'host,model,service_tier,min_prompt_tokens,utc_start,utc_end,utc_days,valid_from,' +
    'input_usd_per_mtok,cached_usd_per_mtok,cache_write_usd_per_mtok,output_usd_per_mtok,' +
    'second_hand';
  const file = (...rows: string[]) => readImportText('prices', [HEADER, ...rows, ''].join('\n'));
  const resultOf = async (...rows: string[]) => {
    const { facts, rejects } = await file(...rows);
    expect(rejects).toEqual([]);
    return facts.prices;
  };
  const reasons = async (...rows: string[]) => {
    const { facts, rejects } = await file(...rows);
    return [facts.prices.length, ...rejects.map(({ position, reason }) => [position, reason])];
  };

  test('rows with conditions are one price with the row above them, in order', async () => {
    const [first, second, ...rest] = await resultOf(
      'h,m,,,,,,2026-04-01,0.27,0.07,0.30,1.10,yes',
      'h,m,,,16:30,00:30,,2026-04-01,0.135,0.035,,0.55,',
      'h,m,,200000,,,sat sun,2026-04-01,,,,2,',
      'h,m,Batch,,,,,2026-04-01,0.13,,,0.55,no',
    );
    expect(first).toEqual({
      position: 2,
      fact: {
        sourceId: 'import',
        model: 'm',
        host: 'h',
        quantization: 'unknown',
        validFromMs: Date.UTC(2026, 3, 1),
        inputPerMtok: 270_000_000n,
        cachedInputPerMtok: 70_000_000n,
        cacheWritePerMtok: 300_000_000n,
        outputPerMtok: 1_100_000_000n,
        overrides: [
          {
            utc: { startMinute: 990, endMinute: 30 },
            inputPerMtok: 135_000_000n,
            cachedInputPerMtok: 35_000_000n,
            outputPerMtok: 550_000_000n,
          },
          {
            minPromptTokens: 200_000,
            utc: { startMinute: 0, endMinute: 1_440, days: [0, 6] },
            outputPerMtok: 2_000_000_000n,
          },
        ],
        free: false,
        offered: true,
        secondHand: true,
      },
    });
    expect(second).toMatchObject({ position: 5, fact: { serviceTier: 'batch' } });
    expect(second?.fact).not.toHaveProperty('secondHand');
    expect(rest).toEqual([]);
  });

  test('a tier does not contradict another one on the same day', async () => {
    const standard = 'h,m,standard,,,,,2026-04-01,1,,,1,';
    const flex = 'h,m,flex,,,,,2026-04-01,2,,,1,';
    expect(await resultOf(standard, flex)).toHaveLength(2);
    expect(await reasons(standard, flex, 'h,m,flex,,,,,2026-04-01,3,,,1,')).toEqual([
      2,
      [4, 'conflicts with line 3, which has the same key and other values; keep one of the two'],
    ]);
  });

  const BASE = 'h,m,,,,,,2026-04-01,1,,,1,';
  test.each([
    ['h,m,,9,,,,2026-04-01,1,,,9e12,', 'output_usd_per_mtok is "9e12"'],
    ['h,m,,,25:00,,,2026-04-01,1,,,1,', 'utc_start is "25:00"; expected a time of day in UTC'],
    ['h,m,,,,,friday,2026-04-01,1,,,1,', 'utc_days is "friday"; expected days of the week'],
    ['h,m,,9,,,,2026-05-01,1,,,1,', 'valid_from is "2026-05-01"; expected "2026-04-01", as in'],
    ['h,m,,9,,,,2026-04-01,1,2,,1,', 'cached_usd_per_mtok is "2"; expected at most'],
  ])('a bad row with a condition rejects the whole price: %s', async (row, reason) => {
    const [count, [position, said]] = (await reasons(BASE, row)) as [number, [number, string]];
    expect([count, position]).toEqual([0, 2]);
    expect(said.startsWith(`line 3: ${reason}`)).toBe(true);
  });

  test('a condition needs a price to override', async () => {
    const [count, [position, said]] = (await reasons('h,m,,9,,,,2026-04-01,1,,,1,', BASE)) as [
      number,
      [number, string],
    ];
    expect([count, position]).toEqual([1, 2]);
    expect(said).toMatch(/^no base price for this price with conditions/);
  });

  test.each([
    ['h,m,turbo,,,,,2026-04-01,1,,,1,', 'service_tier is "turbo"; expected standard, batch'],
    ['h,m,,,,,,2026-04-01,1,,,1,maybe', 'second_hand is "maybe"; expected yes or no'],
  ])('%s is rejected', async (row, reason) => {
    const [count, [, said]] = (await reasons(row)) as [number, [number, string]];
    expect(count).toBe(0);
    expect(said.startsWith(reason)).toBe(true);
  });

  test('pieces of any size give the same result', async () => {
    const rows = [HEADER, BASE, 'h,m,,9,,,,2026-04-01,2,,,1,', 'h2,m,,,,,,2026-04-01,1,,,1,', ''];
    const whole = await readImportText('prices', rows.join('\n'));
    const cut = await readImportText('prices', rows.join('\n'), { pieceBytes: 3 });
    expect(cut.facts.prices).toEqual(whole.facts.prices);
    expect(whole.facts.prices.map(({ position }) => position)).toEqual([2, 4]);
  });
});

describe('rates:', () => {
  test('a row is what an hour of one GPU costs from a moment on', async () => {
    expect(await onlyFact('rates', 'RunPod,A100-80GB,Standard,2026-04-01,1.19')).toEqual({
      sourceId: 'import',
      provider: 'RunPod',
      gpuType: 'A100-80GB',
      pricingClass: 'on-demand',
      validFromMs: Date.UTC(2026, 3, 1),
      usdPerGpuHour: 1_190_000_000n,
    });
  });

  test('a row may be marked as from a catalog', async () => {
    const header = 'provider,gpu_type,valid_from,usd_per_gpu_hour,second_hand\n';
    const rows = ['yes', 'no', ''].map((said, at) => `p${at},A100,2026-04-01,1.19,${said}\n`);
    const { facts } = await readImportText('rates', header + rows.join(''));
    expect(facts.rates.map(({ fact }) => fact.secondHand)).toEqual([true, undefined, undefined]);
  });

  test.each(['', '0', '-1', '1000.01'])('a rate of "%s" is invalid', async (rate) => {
    const found = rate === '' ? 'is empty' : `is "${rate}"`;
    expect(await onlyRejection('rates', `RunPod,A100,,2026-04-01,${rate}`)).toBe(
      `usd_per_gpu_hour ${found}; expected US dollars per GPU hour, above 0 and at most ` +
        '1000; divide the rate of a whole machine by its number of GPUs',
    );
  });
});

describe('ops:', () => {
  test('a row is work on one day, for one deployment or for the whole stack', async () => {
    expect(await onlyFact('ops', '2026-07-01,chat,1.5,driver upgrade')).toMatchObject({
      dayMs: Date.UTC(2026, 6, 1),
      deployment: 'chat',
      workedMs: 5_400_000,
      note: 'driver upgrade',
    });
    expect(await onlyFact('ops', '2026-07-01,,0.1,')).toEqual({
      sourceId: 'import',
      key: expect.stringMatching(/^[0-9a-f]{32}$/),
      dayMs: Date.UTC(2026, 6, 1),
      workedMs: 360_000,
    });
  });

  test('two people with the same line worked twice', async () => {
    const { facts } = await readImportText(
      'ops',
      importCsv('ops', '2026-07-01,,2,', '2026-07-01,,2,'),
    );
    expect(new Set(facts.ops.map(({ fact }) => fact.key)).size).toBe(2);
  });

  test.each([
    ['2026-07-01T10:00:00Z,,1,', 'date is "2026-07-01T10:00:00Z"; expected a day like 2026-07-01'],
    ['July 1,,1,', 'date is "July 1"; expected a day like 2026-07-01; write only the date'],
    ['2026-07-01,,0,', 'hours is "0"; expected hours above 0, at most 744'],
    ['2026-07-01,,745,', 'hours is "745"; expected hours above 0, at most 744'],
    ['2026-07-01,,,', 'hours is empty; expected hours above 0, at most 744'],
    [
      `2026-07-01,,1,${'n'.repeat(501)}`,
      `note is "${'n'.repeat(60)}…"; expected at most 500 characters; shorten it`,
    ],
  ])('a bad row is rejected with its reason: %s', async (row, reason) => {
    expect(await onlyRejection('ops', row)).toContain(reason);
  });
});
