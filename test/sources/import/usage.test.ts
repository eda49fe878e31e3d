import { describe, expect, test } from 'vitest';
import { onlyFact, importCsv, readImportText, onlyRejection } from './readImportText.ts';

const START = '2026-07-01T00:00:00Z';
const END = '2026-07-01T00:05:00Z';

test('a row is one interval of one deployment, cached tokens taken out of the prompt', async () => {
  expect(await onlyFact('usage', `chat,${START},${END},3000,600,500,15,12.345,600`)).toEqual({
    sourceId: 'import',
    deployment: 'chat',
    period: { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 6, 1, 0, 5) },
    uncachedPromptTokens: 2400,
    cachedPromptTokens: 600,
    outputTokens: 500,
    requests: 15,
    busyMs: 12_345,
    replicaMs: 600_000,
  });
});

test('an empty cell is unknown, and 0 is 0', async () => {
  const unknown = await onlyFact('usage', `chat,${START},${END},3000,,500,,,`);
  expect(unknown).not.toHaveProperty('cachedPromptTokens');
  expect(unknown).not.toHaveProperty('requests');
  expect(unknown).not.toHaveProperty('busyMs');
  expect(unknown).not.toHaveProperty('replicaMs');
  expect(unknown.uncachedPromptTokens).toBe(3000);
  const none = await onlyFact('usage', `chat,${START},${END},3000,0,500,0,0,0`);
  expect(none).toMatchObject({ cachedPromptTokens: 0, requests: 0, busyMs: 0, replicaMs: 0 });
});

test('times with an offset are converted, times without a zone are UTC', async () => {
  const { period } = await onlyFact(
    'usage',
    'chat,2026-07-01T02:00:00+02:00,2026-07-01 00:05:00,1,,1,,,',
  );
  expect(period).toEqual({ startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 6, 1, 0, 5) });
});

test('whole numbers may come as decimals, as data frames write them', async () => {
  const row = await onlyFact('usage', `chat,${START},${END},3000.0,6e2,500.00,15.0,,`);
  expect(row).toMatchObject({ uncachedPromptTokens: 2400, cachedPromptTokens: 600, requests: 15 });
});

test.each([
  [
    `chat,${START},${END},9007199254740991,,1,,,`,
    'prompt_tokens is "9007199254740991"; expected at most 30000000000; check the unit',
  ],
  [
    `chat,${START},${END},1,,1,30000000001,,`,
    'requests is "30000000001"; expected at most 30000000000; check the unit',
  ],
  [
    `chat,${START},${END},1,,1,,,30000000.001`,
    'replica_seconds is "30000000.001"; expected seconds of one interval; check the unit',
  ],
  [`,${START},${END},1,,1,,,`, 'deployment is empty; expected text; fill it in'],
  [
    `${'x'.repeat(201)},${START},${END},1,,1,,,`,
    `deployment is "${'x'.repeat(60)}…"; expected at most 200 characters; shorten it`,
  ],
  [
    `chat,07/01/2026,${END},1,,1,,,`,
    'start is "07/01/2026"; expected an ISO 8601 time like 2026-07-01T00:00:00Z; ' +
      'write it in UTC, or with its offset',
  ],
  [
    `chat,2026-02-30,${END},1,,1,,,`,
    'start is "2026-02-30"; expected an ISO 8601 time like 2026-07-01T00:00:00Z; ' +
      'write it in UTC, or with its offset',
  ],
  [
    `chat,1970-01-01T00:00:00Z,${END},1,,1,,,`,
    'start is "1970-01-01T00:00:00Z"; expected a time from 2000 to 2099; check the year',
  ],
  [
    `chat,${START},${START},1,,1,,,`,
    `end is "${START}"; expected a time after start (${START}); ` +
      'the end is not part of the interval',
  ],
  [
    `chat,${START},${END},,,1,,,`,
    'prompt_tokens is empty; expected a whole number, 0 or more; write 0 if there was none',
  ],
  [
    `chat,${START},${END},1,,,,,`,
    'output_tokens is empty; expected a whole number, 0 or more; write 0 if there was none',
  ],
  [
    `chat,${START},${END},-1,,1,,,`,
    'prompt_tokens is "-1"; expected a whole number, 0 or more; write a whole number',
  ],
  [
    `chat,${START},${END},1.5,,1,,,`,
    'prompt_tokens is "1.5"; expected a whole number, 0 or more; write a whole number',
  ],
  [
    `chat,${START},${END},9007199254740993,,1,,,`,
    'prompt_tokens is "9007199254740993"; expected at most 30000000000; check the unit',
  ],
  [
    `chat,${START},${END},NaN,,1,,,`,
    'prompt_tokens is "NaN"; expected a plain decimal like 1234.56; leave it empty if it ' +
      'is unknown',
  ],
  [
    `chat,${START},${END},0x10,,1,,,`,
    'prompt_tokens is "0x10"; expected a plain decimal like 1234.56; use the digits 0 to 9',
  ],
  [
    `chat,${START},${END},1,Infinity,1,,,`,
    'cached_tokens is "Infinity"; expected a plain decimal like 1234.56; leave it empty if ' +
      'it is unknown',
  ],
  [
    `chat,${START},${END},"1,000",,1,,,`,
    'prompt_tokens is "1,000"; expected a plain decimal like 1234.56; ' +
      'remove the thousands separators',
  ],
  [
    `chat,${START},${END},100,140,1,,,`,
    'cached_tokens is "140"; expected at most prompt_tokens (100), because cached tokens ' +
      'are part of the prompt count; count the whole prompt as prompt_tokens',
  ],
  [
    `chat,${START},${END},1,,1,,301,300`,
    'busy_seconds is "301"; expected at most replica_seconds (300), both summed over replicas; ' +
      'check which column is which',
  ],
  [
    `chat,${START},${END},1,,1,,-5,`,
    'busy_seconds is "-5"; expected 0 or more; leave it empty if it is unknown',
  ],
  [
    `chat,${START},${END},${'9'.repeat(61)},,1,,,`,
    `prompt_tokens is "${'9'.repeat(60)}…"; expected a plain decimal like 1234.56; write ` +
      'only digits',
  ],
])('a bad row says what was found, what was expected and what to do: %s', async (row, reason) => {
  expect(await onlyRejection('usage', row)).toBe(reason);
});

test('the good rows are imported, and the bad one keeps its line and its text', async () => {
  const { facts, rejects } = await readImportText(
    'usage',
    importCsv(
      'usage',
      `a,${START},${END},1,,1,,,`,
      'b,soon,later,1,,1,,,',
      `c,${START},${END},1,,1,,,`,
    ),
  );
  expect(facts.usage.map(({ position, fact }) => [position, fact.deployment])).toEqual([
    [2, 'a'],
    [4, 'c'],
  ]);
  expect(rejects).toEqual([
    expect.objectContaining({ position: 3, excerpt: 'b,soon,later,1,,1,,,' }),
  ]);
});

test('a duplicate interval counts once; of two versions, the later line is rejected', async () => {
  const { facts, rejects, warnings } = await readImportText(
    'usage',
    importCsv(
      'usage',
      `a,${START},${END},10,,1,,,`,
      `a,${START},${END},10,,1,,,`,
      `a,${START},${END},11,,1,,,`,
    ),
  );
  expect(facts.usage).toHaveLength(1);
  expect(warnings).toEqual(['1 row repeats an earlier row exactly.']);
  expect(rejects).toEqual([
    expect.objectContaining({
      position: 4,
      reason: 'conflicts with line 2, which has the same key and other values; keep one of the two',
    }),
  ]);
});

const PARTED =
  'deployment,start,end,prompt_tokens,cached_tokens,output_tokens,requests,replica_seconds,' +
  'demand,tenant';
const partsFile = (...rows: readonly string[]) => [PARTED, ...rows, ''].join('\n');

describe('rows with a team or tenant', () => {
  const rows = [
    `chat,${START},${END},1000,200,100,5,600,user,acme`,
    `code,${START},${END},7,,1,1,,,`,
    `chat,${START},${END},300,100,30,2,,benchmark,`,
    `chat,${START},${END},20,0,3,1,600,,`,
  ];

  test.each([1, 65_536])(
    'are parts, and sum to their interval, in pieces of %i',
    async (pieceBytes) => {
      const { facts, usageParts, rejects } = await readImportText('usage', partsFile(...rows), {
        pieceBytes,
      });
      expect(rejects).toEqual([]);
      expect(facts.usage.map(({ position, fact }) => [position, fact])).toEqual([
        [
          2,
          {
            sourceId: 'import',
            deployment: 'chat',
            period: { startMs: Date.UTC(2026, 6, 1), endMs: Date.UTC(2026, 6, 1, 0, 5) },
            uncachedPromptTokens: 1020,
            cachedPromptTokens: 300,
            outputTokens: 133,
            requests: 8,
            replicaMs: 600_000,
          },
        ],
        [3, expect.objectContaining({ deployment: 'code', uncachedPromptTokens: 7 })],
      ]);
      expect(
        usageParts.map(({ position, fact: { demand, tenant, ...part } }) => [
          position,
          demand,
          tenant,
          part.uncachedPromptTokens,
          part.cachedPromptTokens,
          part.outputTokens,
          part.requests,
        ]),
      ).toEqual([
        [2, 'user', 'acme', 800, 200, 100, 5],
        [4, 'benchmark', undefined, 200, 100, 30, 2],
      ]);
    },
  );

  test('leave unknown in the whole what one of them lacks', async () => {
    const { facts } = await readImportText(
      'usage',
      partsFile(
        `chat,${START},${END},1000,200,100,,,user,`,
        `chat,${START},${END},300,,30,2,,batch,`,
      ),
    );
    const [whole] = facts.usage.map(({ fact }) => fact);
    expect(whole).toMatchObject({ uncachedPromptTokens: 1300, outputTokens: 130 });
    expect(whole).not.toHaveProperty('cachedPromptTokens');
    expect(whole).not.toHaveProperty('requests');
  });

  test('reject their whole interval where one of them is rejected', async () => {
    const { facts, usageParts, rejects, warnings } = await readImportText(
      'usage',
      partsFile(...rows, `chat,${START},${END},x,,1,,,user,globex`),
    );
    expect(rejects.map(({ position }) => position)).toEqual([6]);
    expect(facts.usage.map(({ fact }) => fact.deployment)).toEqual(['code']);
    expect(usageParts).toEqual([]);
    expect(warnings).toEqual(['1 interval skipped because of a rejected row.']);
  });

  test.each([
    [`chat,${START},${END},1,,1,,,users,`, 'demand is "users"; expected one of: user, batch'],
    [`chat,${START},${END},2,,1,,,user,acme`, 'conflicts with line 2'],
    [`chat,${START},${END},1,,1,,5,batch,`, 'replica_seconds is "5"; expected 600, as in another'],
  ])('like %s are rejected: %s', async (row, reason) => {
    const first = `chat,${START},${END},1,,1,,600,user,acme`;
    const { rejects } = await readImportText('usage', partsFile(first, row));
    expect(rejects.map((each) => each.reason)).toEqual([expect.stringContaining(reason)]);
  });

  test('come as JSON too, where the first of them has the keys', async () => {
    const json = (result: object) =>
      JSON.stringify({
        deployment: 'chat',
        start: START,
        end: END,
        prompt_tokens: 1,
        output_tokens: 1,
        ...result,
      });
    const lines = [json({ tenant: null }), json({ tenant: 'acme' })];
    const file = 'f.jsonl';
    const { facts, usageParts } = await readImportText('usage', lines.join('\n'), { file });
    expect(facts.usage.map(({ fact }) => fact.outputTokens)).toEqual([2]);
    expect(usageParts.map(({ fact }) => fact.tenant)).toEqual(['acme']);
    const array = await readImportText('usage', `[${lines.join(',')}]`, { file: 'f.json' });
    expect(array.usageParts.map(({ fact }) => fact.tenant)).toEqual(['acme']);
    const late = await readImportText('usage', [json({}), ...lines].join('\n'), { file });
    expect(late.rejects.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('tenant is "acme"; expected no value, because the first row'),
    ]);
  });
});
