import { expect, test } from 'vitest';
import type { Resource } from '../../src/domain/charge.ts';
import { toDecimal } from '../../src/domain/exact.ts';
import { nanoUsd, usd } from '../../src/domain/money.ts';
import { HOUR_MS, instantText, MINUTE_MS } from '../../src/domain/period.ts';
import { UPTIME_EVENT, GONE_STATUS, type UptimeRule } from '../../src/domain/uptime.ts';
import {
  type RebuiltCharges,
  rebuildFromUptime,
  type UptimeFacts,
} from '../../src/economics/uptime/rebuildFromUptime.ts';
import { uptimeNote } from '../../src/report/copy/bills.ts';
import { STORED_FORMAT } from '../../src/report/locale.ts';

const said = ({ warnings }: Pick<RebuiltCharges, 'warnings'>) =>
  warnings.map((note) => uptimeNote(note, STORED_FORMAT));

const at = (text: string) => Date.parse(`2026-09-${text}Z`);
/** $35.92 an hour for the whole machine. */
const PRICE = nanoUsd(35_920_000_000n);

const RULE: UptimeRule = {
  kind: 'fake.uptime',
  listing: 'fake.list',
  of: 'instance',
  window: { startMs: at('01T00:00'), endMs: at('04T00:00') },
  keyPrefix: 'instances/',
  idle: ['terminated'],
  starting: ['booting'],
  oneLife: true,
  unitMs: MINUTE_MS,
  pricingClass: 'on-demand',
  except: [],
};

function seen(time: string, status: string, changes: Partial<Resource> = {}): Resource {
  const isListed = status !== GONE_STATUS && !status.startsWith('event');
  return {
    sourceId: 's',
    resourceId: 'i-1',
    kind: 'instance',
    name: isListed ? 'trainer' : 'i-1',
    gpuType: isListed ? 'H100 (80 GB SXM5)' : 'gpu_8x_h100_sxm5',
    gpuCount: 8,
    ...(isListed ? { usdPerHour: PRICE } : {}),
    status,
    seenAtMs: at(time),
    ...changes,
  };
}

/** An inventory every ten minutes, from the first of September to the third at noon. */
const LISTED = Array.from({ length: 361 }, (_, count) => at('01T00:00') + count * 10 * MINUTE_MS);

function rebuilt(sightings: readonly Resource[], changes: Partial<UptimeFacts> = {}, rule = RULE) {
  return rebuildFromUptime({ sightings, listedAtMs: LISTED, rates: [], ...changes }, rule);
}

const dollars = (nano: bigint) => toDecimal(usd(nano), 2);

function resultOf(result: ReturnType<typeof rebuilt>) {
  return result.resources.flatMap(({ charges }) =>
    charges.map(
      ({ charge, low, high }) =>
        `${charge.key} ${instantText(charge.period.startMs).slice(8, 16)} to ` +
        `${instantText(charge.period.endMs).slice(8, 16)} $${dollars(charge.billed)} ` +
        `(${dollars(low)} to ${dollars(high)})`,
    ),
  );
}

test('from the logged start to the logged end it is charged to the minute, by day', () => {
  const result = rebuilt([
    seen('01T23:30', UPTIME_EVENT.started),
    seen('01T23:40', 'active'),
    seen('02T00:00', 'active'),
    seen('02T00:45', UPTIME_EVENT.ended),
  ]);
  expect(resultOf(result)).toEqual([
    'instances/i-1/2026-09-01T00:00:00Z 01T23:30 to 02T00:00 $17.96 (17.96 to 17.96)',
    'instances/i-1/2026-09-02T00:00:00Z 02T00:00 to 02T00:45 $26.94 (26.94 to 26.94)',
  ]);
  expect(said(result)).toEqual([]);
  expect(result.resources[0]?.charges[0]?.charge).toMatchObject({
    sourceId: 's',
    resourceId: 'i-1',
    resourceName: 'trainer',
    category: 'compute',
    pricingClass: 'on-demand',
    basis: 'uptime',
    unit: 'Hours',
    quantity: { num: 1n, den: 2n },
    gpuType: 'H100 (80 GB SXM5)',
    gpuCount: 8,
  });
});

test('a start and an end without a log are charged as seen, and the rest is a range', () => {
  const result = rebuilt([seen('01T10:10', 'active'), seen('01T11:20', GONE_STATUS)]);
  // Listed at 10:10 and 11:10; not at 10:00 and 11:20: an hour is certain, 20 minutes are not.
  expect(resultOf(result)).toEqual([
    'instances/i-1/2026-09-01T00:00:00Z 01T10:10 to 01T11:10 $35.92 (35.92 to 47.89)',
  ]);
  expect(said(result)).toEqual([
    'Inventories missed a start, an end or a price change of 1 resource. The ' +
      'estimate is $35.92. The bill may be between $35.92 and $47.89.',
  ]);
});

test('a minute that has begun counts, and a running machine is charged to the last list', () => {
  const ended = rebuilt([
    seen('01T10:00', UPTIME_EVENT.started),
    seen('01T10:00', 'active', { seenAtMs: at('01T10:00') + 1 }),
    seen('01T10:01', UPTIME_EVENT.ended, { seenAtMs: at('01T10:01') + 30_000 }),
  ]);
  expect(ended.resources[0]?.charges[0]?.charge.quantity).toEqual({ num: 1n, den: 30n });
  const running = rebuilt([seen('03T00:00', UPTIME_EVENT.started), seen('03T00:10', 'active')]);
  expect(resultOf(running)).toEqual([
    'instances/i-1/2026-09-03T00:00:00Z 03T00:00 to 03T12:00 $431.04 (431.04 to 431.04)',
  ]);
});

test('time in which a list still called it booting may not have been billed', () => {
  const result = rebuilt([
    seen('01T10:00', UPTIME_EVENT.started),
    seen('01T10:10', 'booting'),
    seen('01T10:20', 'active'),
    seen('01T11:00', UPTIME_EVENT.ended),
  ]);
  expect(resultOf(result)).toEqual([
    'instances/i-1/2026-09-01T00:00:00Z 01T10:00 to 01T11:00 $35.92 (23.95 to 35.92)',
  ]);
});

test('a new price counts from the sample that has it, and never for time before', () => {
  const twice = nanoUsd(71_840_000_000n);
  const result = rebuilt([
    seen('01T10:00', UPTIME_EVENT.started),
    seen('01T10:10', 'active'),
    seen('01T10:40', 'active', { usdPerHour: twice }),
    seen('01T11:00', UPTIME_EVENT.ended),
  ]);
  // 40 minutes at $35.92 and 20 at $71.84; it may have risen at 10:30.
  expect(resultOf(result)).toEqual([
    'instances/i-1/2026-09-01T00:00:00Z 01T10:00 to 01T11:00 $47.89 (47.89 to 53.88)',
  ]);
});

test('one that only the log has gets the rate of its type at the time, or no charge', () => {
  const log = [seen('01T10:01', UPTIME_EVENT.started), seen('01T10:09', UPTIME_EVENT.ended)];
  const rate = {
    sourceId: 's',
    provider: 'lambda',
    gpuType: 'gpu_8x_h100_sxm5',
    pricingClass: 'on-demand',
  } as const;
  const rates = [
    { ...rate, validFromMs: at('01T00:00'), usdPerGpuHour: nanoUsd(4_490_000_000n) },
    { ...rate, validFromMs: at('02T00:00'), usdPerGpuHour: nanoUsd(9_000_000_000n) },
  ];
  expect(resultOf(rebuilt(log, { rates }))).toEqual([
    'instances/i-1/2026-09-01T00:00:00Z 01T10:01 to 01T10:09 $4.79 (4.79 to 4.79)',
  ]);
  const unpriced = rebuilt([
    seen('01T10:01', UPTIME_EVENT.started),
    seen('01T15:01', UPTIME_EVENT.ended),
  ]);
  expect(resultOf(unpriced)).toEqual([]);
  expect(said(unpriced)).toEqual([
    'No price is known for 1 resource that ran for 5 hours (i-1). They are not ' +
      'charged. Import their charges from the invoice.',
  ]);
});

test('one that the log mentions and no list shows is not charged for the time since', () => {
  const mentioned = rebuilt([
    seen('01T10:01', UPTIME_EVENT.mentioned),
    seen('03T12:00', GONE_STATUS),
  ]);
  expect(resultOf(mentioned)).toEqual([]);
  const started = rebuilt([seen('01T10:01', UPTIME_EVENT.started), seen('03T12:00', GONE_STATUS)]);
  expect(resultOf(started)).toEqual([]);
});

test('one that is listed again was not gone, and one that ended never runs again', () => {
  const back = rebuilt([
    seen('01T10:00', 'active'),
    seen('01T10:30', GONE_STATUS),
    seen('01T10:40', 'active'),
    seen('01T11:00', UPTIME_EVENT.ended),
  ]);
  expect(resultOf(back)).toEqual([
    'instances/i-1/2026-09-01T00:00:00Z 01T10:00 to 01T11:00 $35.92 (35.92 to 41.91)',
  ]);
  const late = rebuilt([
    seen('01T10:00', UPTIME_EVENT.started),
    seen('01T10:10', 'active'),
    seen('01T11:00', UPTIME_EVENT.ended),
    // A list that lags behind the log.
    seen('01T11:10', 'active'),
    seen('01T11:20', GONE_STATUS),
  ]);
  expect(resultOf(late)).toEqual([
    'instances/i-1/2026-09-01T00:00:00Z 01T10:00 to 01T11:00 $35.92 (35.92 to 35.92)',
  ]);
});

test('what may stop and start again under one id has a charge for each run', () => {
  const result = rebuilt(
    [
      seen('01T10:00', UPTIME_EVENT.started),
      seen('01T10:10', 'active'),
      seen('01T11:00', UPTIME_EVENT.ended),
      seen('01T12:00', UPTIME_EVENT.started),
      seen('01T12:10', 'active'),
      seen('01T12:30', UPTIME_EVENT.ended),
    ],
    {},
    { ...RULE, oneLife: false },
  );
  expect(resultOf(result)).toEqual([
    'instances/i-1/2026-09-01T00:00:00Z 01T10:00 to 01T11:00 $35.92 (35.92 to 35.92)',
    'instances/i-1/2026-09-01T00:00:00Z/2 01T12:00 to 01T12:30 $17.96 (17.96 to 17.96)',
  ]);
});

test('an unknown start is reported, and what a reservation pays for is left out', () => {
  const since = rebuilt([seen('01T10:10', 'active'), seen('01T11:10', UPTIME_EVENT.ended)], {
    listedAtMs: LISTED.filter((ms) => ms >= at('01T10:10')),
  });
  expect(resultOf(since)).toHaveLength(1);
  expect(said(since)).toEqual([
    'Start times are unknown for 1 resource that already ran when first seen, on ' +
      '2026-09-01 at the earliest. Charges begin when each was first seen. Import earlier ' +
      'charges from the invoice.',
  ]);
  const sightings = [seen('01T10:10', 'active'), seen('01T11:10', UPTIME_EVENT.ended)];
  expect(rebuilt(sightings, {}, { ...RULE, except: ['train*'] }).resources).toEqual([]);
});

test('time before the first price is charged at that price, and reported where it is long', () => {
  const result = rebuilt([seen('01T10:00', UPTIME_EVENT.started), seen('03T10:00', 'active')], {
    listedAtMs: [at('03T10:00'), at('03T10:00') + HOUR_MS],
  });
  expect(resultOf(result).at(-1)).toBe(
    'instances/i-1/2026-09-03T00:00:00Z 03T00:00 to 03T11:00 $395.12 (395.12 to 395.12)',
  );
  expect(said(result)).toEqual([
    'No price was sampled yet when 1 resource started to run. Time before ' +
      '2026-09-03 is charged at the first sampled price.',
  ]);
});

test('days that a bill covers are not rebuilt, and those around it are', () => {
  const log = [
    seen('01T10:00', UPTIME_EVENT.started),
    seen('01T12:00', 'active'),
    seen('03T06:00', UPTIME_EVENT.ended),
  ];
  const day = (date: string, end: string) => ({
    startMs: at(`${date}T00:00`),
    endMs: at(`${end}T00:00`),
  });
  const keys = (billed: UptimeFacts['billed'] & object) =>
    resultOf(rebuilt(log, { billed })).map((line) =>
      line.replace('instances/i-1/2026-09-', '').slice(0, 2),
    );
  expect(keys([])).toEqual(['01', '02', '03']);
  expect(keys([day('02', '03')])).toEqual(['01', '03']);
  expect(keys([{ startMs: at('01T00:00') - HOUR_MS, endMs: at('02T00:00') }])).toEqual([
    '02',
    '03',
  ]);
  expect(keys([day('01', '02'), day('03', '04')])).toEqual(['02']);
  expect(keys([{ startMs: at('01T00:00'), endMs: at('09T00:00') }])).toEqual([]);
});

test('a minimum price has the maximum beside it', () => {
  const rule = { ...RULE, most: new Map([['i-1', nanoUsd(107_760_000_000n)]]) };
  const samples = [seen('01T10:00', 'active'), seen('01T11:00', UPTIME_EVENT.ended)];
  // An hour of one replica at $35.92, of three at most; listed without it at 09:50.
  expect(resultOf(rebuilt(samples, {}, rule))).toEqual([
    'instances/i-1/2026-09-01T00:00:00Z 01T10:00 to 01T11:00 $35.92 (35.92 to 125.72)',
  ]);
});
