/** Reads the prices file: what hosted APIs charge for tokens, each price from a day on. */

import type { NanoUsd, NanoUsdPerMtok } from '../../../domain/money.ts';
import {
  type DailyWindow,
  type HostedPrice,
  type PriceOverride,
  SERVICE_TIERS,
  type ServiceTier,
  type TokenPrices,
  toNanoUsdPerMtok,
  toNanoUsdPerRequest,
} from '../../../domain/price.ts';
import {
  readCount,
  readNonNegative,
  refuseCell,
  readRequiredText,
  readText,
  readValidFrom,
} from '../cells.ts';
import { doubtText } from '../../tokenPrices.ts';
import type { FactKind, ReadContext, ReadRow } from '../factKind.ts';
import { type FileRow, RowFault } from '../columns.ts';

const CONDITIONS = ['min_prompt_tokens', 'utc_start', 'utc_end', 'utc_days'];
const IDENTITY = ['host', 'model', 'quantization', 'service_tier', 'valid_from'];

export const pricesKind: FactKind<'prices'> = {
  name: 'prices',
  columns: {
    required: ['host', 'model', 'valid_from', 'input_usd_per_mtok', 'output_usd_per_mtok'],
    optional: [
      'quantization',
      'cached_usd_per_mtok',
      'request_usd',
      'cache_write_usd_per_mtok',
      'service_tier',
      ...CONDITIONS,
      'second_hand',
    ],
    keepsExtras: false,
  },
  continues: hasConditions,
  warningsAbout: doubtText,
  read: readPrice,
};

function hasConditions(row: FileRow): boolean {
  return CONDITIONS.some((column) => row.cell(column) !== '');
}

/**
 * Reads a price. A row without any price means that the provider stopped selling the model at that
 * time. Rows with conditions below it are its prices under those conditions.
 */
function readPrice(
  row: FileRow,
  { sourceId, nowMs }: ReadContext,
  further: readonly FileRow[] = [],
): ReadRow<HostedPrice> {
  if (hasConditions(row)) throw new RowFault(NO_BASE);
  const { input, output, cached, prices } = readPrices(row);
  const offered = input !== undefined || output !== undefined;
  refuseExpensiveCache(row, input, cached);
  if (!offered && Object.keys(prices).length > 0) throw new RowFault(HALF_A_PRICE);
  const overrides = further.map((other) => readOverride(other, row));
  if (!offered && overrides.length > 0) throw new RowFault(HALF_A_PRICE);
  const serviceTier = tierOf(row);
  const fact: HostedPrice = {
    sourceId,
    model: readRequiredText(row, 'model'),
    host: readRequiredText(row, 'host'),
    quantization: readText(row, 'quantization')?.toLowerCase() ?? 'unknown',
    ...(serviceTier === undefined ? {} : { serviceTier }),
    validFromMs: readValidFrom(row, nowMs),
    ...prices,
    ...(overrides.length === 0 ? {} : { overrides }),
    free: offered && Object.values(prices).every((price) => price === 0n),
    offered,
    ...(readSecondHand(row) ? { secondHand: true } : {}),
  };
  const name = [fact.model, fact.host, fact.quantization, fact.validFromMs];
  const key = JSON.stringify(serviceTier === undefined ? name : [...name, serviceTier]);
  return { fact, key, values: JSON.stringify(fact, (_, value: unknown) => bigintText(value)) };
}

const NO_BASE =
  'no base price for this price with conditions. Add a row above it ' +
  'without conditions, ' +
  'with the same "host", "model", ' +
  '"quantization", "service_tier" and "valid_from"';

function readPrices(row: FileRow) {
  const input = perMtok(row, 'input_usd_per_mtok');
  const cached = perMtok(row, 'cached_usd_per_mtok');
  const cacheWrite = perMtok(row, 'cache_write_usd_per_mtok');
  const output = perMtok(row, 'output_usd_per_mtok');
  const request = perRequest(row);
  const prices: TokenPrices = {
    ...(input === undefined ? {} : { inputPerMtok: input }),
    ...(cached === undefined ? {} : { cachedInputPerMtok: cached }),
    ...(cacheWrite === undefined ? {} : { cacheWritePerMtok: cacheWrite }),
    ...(output === undefined ? {} : { outputPerMtok: output }),
    ...(request === undefined ? {} : { perRequest: request }),
  };
  return { input, output, cached, prices };
}

/** The price of a row with conditions. An empty price stays that of the base row. */
function readOverride(row: FileRow, base: FileRow): PriceOverride {
  const other = IDENTITY.find((column) => row.cell(column) !== base.cell(column));
  if (other !== undefined) {
    const expected = `${JSON.stringify(base.cell(other))}, as in line ${base.line} above it`;
    withLineNumber(row, () =>
      refuseCell(row, other, { expected, todo: 'keep both rows together' }),
    );
  }
  return withLineNumber(row, () => {
    const minPromptTokens = readCount(row, 'min_prompt_tokens');
    const utc = readDailyWindow(row);
    const { input, cached, prices } = readPrices(row);
    refuseExpensiveCache(row, input, cached);
    return {
      ...(minPromptTokens === undefined ? {} : { minPromptTokens }),
      ...(utc === undefined ? {} : { utc }),
      ...prices,
    };
  });
}

/** Adds the line number to a reject, since the whole price is rejected under its first row. */
function withLineNumber<T>(row: FileRow, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowFault) throw new RowFault(`line ${row.line}: ${error.message}`);
    throw error;
  }
}

function readDailyWindow(row: FileRow): DailyWindow | undefined {
  const [start, end] = [readMinute(row, 'utc_start'), readMinute(row, 'utc_end')];
  const days = readDays(row);
  if (start === undefined && end === undefined && days === undefined) return undefined;
  const [startMinute, endMinute] = [start ?? 0, end ?? DAY_MINUTES];
  return { startMinute, endMinute, ...(days === undefined ? {} : { days }) };
}

const DAY_MINUTES = 1_440;

/** Parses a time of day to minutes: `16:30` is 990, and `24:00` is the end of a day. */
function readMinute(row: FileRow, column: string): number | undefined {
  const cell = row.cell(column);
  if (cell === '') return undefined;
  const [, hours = '', minutes = ''] = /^(\d{1,2}):([0-5]\d)$/.exec(cell) ?? [];
  const at = Number(hours) * 60 + Number(minutes);
  if (hours !== '' && at <= DAY_MINUTES) return at;
  return refuseCell(row, column, {
    expected: 'a time of day in UTC like 16:30',
    todo: 'write hh:mm',
  });
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Parses weekdays in order and without duplicates: `mon tue` is 1 and 2. */
function readDays(row: FileRow): readonly number[] | undefined {
  const cell = row.cell('utc_days').toLowerCase();
  if (cell === '') return undefined;
  const found = cell.split(/[ ;|+]+/).map((name) => DAYS.indexOf(name));
  if (!found.includes(-1)) return DAYS.map((_, day) => day).filter((day) => found.includes(day));
  const expected = 'days of the week like "sat sun"';
  return refuseCell(row, 'utc_days', { expected, todo: `write them as ${DAYS.join(', ')}` });
}

function tierOf(row: FileRow): ServiceTier | undefined {
  const cell = row.cell('service_tier').toLowerCase();
  if (cell === '' || cell === 'standard') return undefined;
  const tier = SERVICE_TIERS.find((name) => name === cell);
  const expected = `standard, ${SERVICE_TIERS.join(', ')} or nothing`;
  return tier ?? refuseCell(row, 'service_tier', { expected, todo: 'leave it empty for standard' });
}

/** Whether the row states that a catalog, not the provider, lists the price. */
export function readSecondHand(row: FileRow): boolean {
  const cell = row.cell('second_hand').toLowerCase();
  if (['', 'no', 'false', '0'].includes(cell)) return false;
  if (['yes', 'true', '1'].includes(cell)) return true;
  const todo = 'write yes if a catalog lists the price without its seller';
  return refuseCell(row, 'second_hand', { expected: 'yes or no', todo });
}

const HALF_A_PRICE =
  'input_usd_per_mtok and output_usd_per_mtok are both empty; expected ' +
  'at least one price. ' +
  'Write 0 if tokens are free, or leave all ' +
  'prices empty if the provider stopped selling';

/**
 * Refuses a cached price above the uncached price. Either two columns are swapped, or it is the
 * price of cache writes.
 */
function refuseExpensiveCache(
  row: FileRow,
  input: NanoUsdPerMtok | undefined,
  cached: NanoUsdPerMtok | undefined,
): void {
  if (input === undefined || cached === undefined || cached <= input) return;
  const expected = `at most input_usd_per_mtok (${row.cell('input_usd_per_mtok')})`;
  const todo = 'give the price of reading from the cache, not of writing to it; check the columns';
  refuseCell(row, 'cached_usd_per_mtok', { expected, todo });
}

function bigintText(value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

/**
 * A price per million tokens. A price out of the ordinary is stored as doubtful, as for a source.
 * An impossible price is refused.
 */
function perMtok(row: FileRow, column: string): NanoUsdPerMtok | undefined {
  const usd = readNonNegative(row, column);
  if (usd === undefined) return undefined;
  const expected = 'US dollars per million tokens';
  return toNanoUsdPerMtok(usd) ?? refuseCell(row, column, { expected, todo: NO_PRICE });
}

function perRequest(row: FileRow): NanoUsd | undefined {
  const usd = readNonNegative(row, 'request_usd');
  if (usd === undefined) return undefined;
  const expected = 'US dollars per request';
  return toNanoUsdPerRequest(usd) ?? refuseCell(row, 'request_usd', { expected, todo: NO_PRICE });
}

const NO_PRICE = 'no provider charges that much; check the unit and the decimal point';
