/** Knows the prices file: what hosts ask for tokens, each from a day on. */

import { compare, decimal, type Exact, isZero } from '../../../domain/exact.ts';
import { nanoFromUsd, nanoUsdPerMtok } from '../../../domain/money.ts';
import type { HostedPrice } from '../../../domain/price.ts';
import { notNegative, refuse, requiredText, text, validFrom } from '../cells.ts';
import type { FactKind, Frame, ReadRow } from '../factKind.ts';
import { BadRow, type Row } from '../row.ts';

export const pricesKind: FactKind<'prices'> = {
  name: 'prices',
  columns: {
    required: ['host', 'model', 'valid_from', 'input_usd_per_mtok', 'output_usd_per_mtok'],
    optional: ['quantization', 'cached_usd_per_mtok', 'request_usd'],
    keepsExtras: false,
  },
  read: readPrice,
};

/** A row without any price says that the host sells the model no longer, from that moment on. */
function readPrice(row: Row, { sourceId, nowMs }: Frame): ReadRow<HostedPrice> {
  const input = perMtok(row, 'input_usd_per_mtok');
  const cached = perMtok(row, 'cached_usd_per_mtok');
  const output = perMtok(row, 'output_usd_per_mtok');
  const request = perRequest(row);
  const offered = input !== undefined || output !== undefined;
  refuseDearCache(row, input, cached);
  if (!offered && (cached !== undefined || request !== undefined)) throw new BadRow(HALF_A_PRICE);
  const fact: HostedPrice = {
    sourceId,
    model: requiredText(row, 'model'),
    host: requiredText(row, 'host'),
    quantization: text(row, 'quantization')?.toLowerCase() ?? 'unknown',
    validFromMs: validFrom(row, nowMs),
    ...(input === undefined ? {} : { inputPerMtok: nano(input) }),
    ...(cached === undefined ? {} : { cachedInputPerMtok: nano(cached) }),
    ...(output === undefined ? {} : { outputPerMtok: nano(output) }),
    ...(request === undefined ? {} : { perRequest: nanoFromUsd(request) }),
    free:
      offered && [input, output, request].every((price) => price === undefined || isZero(price)),
    offered,
  };
  const key = JSON.stringify([fact.model, fact.host, fact.quantization, fact.validFromMs]);
  return { fact, key, says: JSON.stringify(fact, (_, value: unknown) => bigintText(value)) };
}

const HALF_A_PRICE =
  'input_usd_per_mtok and output_usd_per_mtok are both empty; expected at least one price; ' +
  'write 0 where tokens are free, or leave all prices empty where the host stopped selling';

/** A cache that costs more than none is a slip: two columns swapped, or the price of writing. */
function refuseDearCache(row: Row, input: Exact | undefined, cached: Exact | undefined): void {
  if (input === undefined || cached === undefined || compare(cached, input) <= 0) return;
  const expected = `at most input_usd_per_mtok (${row.cell('input_usd_per_mtok')})`;
  const todo = 'give the price of reading from the cache, not of writing to it; check the columns';
  refuse(row, 'cached_usd_per_mtok', { expected, todo });
}

const nano = (usd: Exact) => nanoUsdPerMtok(nanoFromUsd(usd));

function bigintText(value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** Dearer than any model sold, or cheaper: then the price is for one token, or a thousand. */
const DEAREST = decimal('200');
const CHEAPEST = decimal('0.001');

function perMtok(row: Row, column: string): Exact | undefined {
  const price = notNegative(row, column);
  if (price === undefined || isZero(price)) return price;
  if (compare(price, CHEAPEST) < 0) {
    const todo = 'this looks like dollars for one token; multiply by 1,000,000';
    return refuse(row, column, { expected: 'US dollars for a million tokens', todo });
  }
  if (compare(price, DEAREST) <= 0) return price;
  const todo = 'no host asks over 200; check the unit and the decimal point';
  return refuse(row, column, { expected: 'US dollars for a million tokens', todo });
}

function perRequest(row: Row): Exact | undefined {
  const column = 'request_usd';
  const price = notNegative(row, column);
  if (price === undefined || compare(price, DEAREST) <= 0) return price;
  const todo = 'no host asks over 200; check the unit and the decimal point';
  return refuse(row, column, { expected: 'US dollars for one request', todo });
}
