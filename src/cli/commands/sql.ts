/** `rentcheck sql`: runs read-only SQL on the ledger, as a table, CSV or JSON. */

import type { Command } from 'commander';
import { formatCount } from '../../domain/figures.ts';
import { Failure } from '../../domain/failure.ts';
import type { RowBatch } from '../../ledger/queries.ts';
import type { CliCommand, CommonOptions, Services, SqlLimits } from '../command.ts';
import { ExitWith, printNote, withCommonOptions } from '../session.ts';
import { plainText, safeJson } from '../../platform/text.ts';
import { renderTextTable } from '../textTable.ts';

interface SqlOptions extends CommonOptions {
  readonly format?: string;
  readonly timeout?: string;
  readonly maxRows?: string;
}

interface Printing {
  /** Whether this is the first batch. */
  readonly isFirst: boolean;
  readonly toTerminal: boolean;
}

interface Format {
  readonly mostRows: number;
  /** Renders a batch of rows. */
  readonly print: (batch: RowBatch, at: Printing) => string | Promise<string>;
  /** Text after the last batch. */
  readonly end?: (hasRows: boolean) => string;
}

/** The default row limit of a table, which a person reads. */
const TABLE_ROWS = 10_000;
const PIPE_ROWS = 1_000_000;
const TIMEOUT_SECONDS = 60;

const FORMATS: Readonly<Record<string, Format>> = {
  table: { mostRows: TABLE_ROWS, print: ({ columns, rows }) => renderTextTable(columns, rows) },
  csv: {
    mostRows: PIPE_ROWS,
    print: async ({ columns, rows }, { isFirst, toTerminal }) => {
      const { rowsCsv } = await import('../../report/csv/csv.ts');
      const all = [...(isFirst ? [[...columns]] : []), ...rows.map((row) => row.map(exportCell))];
      return rowsCsv(toTerminal ? all.map((row) => row.map(escapeControls)) : all);
    },
  },
  json: {
    mostRows: PIPE_ROWS,
    print: (batch, { isFirst }) => {
      const texts = records(batch).map((record) => JSON.stringify(record, null, 2));
      if (texts.length === 0) return '';
      const indented = texts.map((text) => `  ${text.replaceAll('\n', '\n  ')}`).join(',\n');
      return `${isFirst ? '[' : ','}\n${safeJson(indented)}`;
    },
    end: (hasRows) => (hasRows ? '\n]\n' : '[]\n'),
  },
  ndjson: {
    mostRows: PIPE_ROWS,
    print: (batch) =>
      records(batch)
        .map((record) => `${safeJson(JSON.stringify(record))}\n`)
        .join(''),
  },
};

export const sqlCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('[query]', 'the statement, or - for standard input')
      .option('-f, --format <format>', `one of ${Object.keys(FORMATS).join(', ')}`)
      .option('--timeout <seconds>', `time limit; 0 is none (default: ${TIMEOUT_SECONDS})`)
      .option('--max-rows <n>', 'rows to print; 0 is all (default: table 10000, others 1000000)');
    withCommonOptions(command).action(async (query: string | undefined, options: SqlOptions) => {
      const format = formatOf(options);
      const limits = limitsOf(options, format);
      const session = await services.openSql(options.config);
      const sql = query === '-' ? await services.files.standardInput() : query;
      if (await printResult(session.query(sql, limits), format, services)) {
        const rows = formatCount(limits.maxRows, 'row');
        const what = `Only the first ${rows} are printed. To print all, use --max-rows 0.`;
        printNote(services, 'incomplete', what);
        throw new ExitWith(1);
      }
    });
  },
};

type Batches = AsyncIterable<RowBatch>;

/**
 * Prints rows as they arrive, except a table, whose widths depend on all rows. Returns whether the
 * row limit was exceeded.
 */
async function printResult(batches: Batches, format: Format, services: Services): Promise<boolean> {
  const { print, end } = format;
  let isCut = false;
  let hasRows = false;
  let isFirst = true;
  for await (const batch of format === FORMATS['table'] ? collectBatches(batches) : batches) {
    services.stdout(await print(batch, { isFirst, toTerminal: services.terminalOut }));
    isFirst = false;
    hasRows ||= batch.rows.length > 0;
    isCut ||= batch.isCut;
    if (!(await services.drainOutput())) return false;
  }
  if (end !== undefined) services.stdout(end(hasRows));
  return isCut;
}

async function* collectBatches(batches: Batches): Batches {
  let all: RowBatch = { columns: [], rows: [], isCut: false };
  const rows: RowBatch['rows'][number][] = [];
  for await (const batch of batches) {
    for (const row of batch.rows) rows.push(row);
    all = { ...batch, rows };
  }
  yield all;
}

function formatOf({ format, json }: SqlOptions): Format {
  const name = format ?? (json === true ? 'json' : 'table');
  const known = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (known !== undefined) return known;
  throw new Failure('usage', `Unknown format "${name}"`, {
    expected: `one of ${Object.keys(FORMATS).join(', ')}`,
    hint: 'e.g. --format csv',
  });
}

function limitsOf({ timeout, maxRows }: SqlOptions, { mostRows }: Format): SqlLimits {
  const seconds = wholeNumber('--timeout', timeout, TIMEOUT_SECONDS);
  return {
    timeoutMs: seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000,
    maxRows: wholeNumber('--max-rows', maxRows, mostRows),
  };
}

/** In seconds. A timer cannot wait for more than about 24 days. */
const MOST_SECONDS = 2_000_000;

function wholeNumber(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const most = option === '--timeout' ? MOST_SECONDS : Number.MAX_SAFE_INTEGER;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw new Failure('usage', `Invalid value "${text}" for ${option}`, {
    expected: `a whole number from 0 to ${most.toLocaleString('en-US')}; 0 means no limit`,
    hint: `e.g. ${option} ${fallback}`,
  });
}

/** Integers beyond 2^53 stay exact: they become text. */
function exportCell(value: string | number | bigint | null): string | number | null {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Makes control characters visible, because a terminal would interpret them. */
function escapeControls(value: string | number | null): string | number | null {
  return typeof value === 'string' ? plainText(value) : value;
}

/** @throws {Failure} `usage` if two columns have the same name, which a record cannot represent. */
function records({ columns, rows }: RowBatch) {
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) {
    throw new Failure('usage', `Two columns have the name "${twice}"`, {
      expected: 'a different name for each column, as JSON needs',
      hint: 'rename one, e.g. SELECT a.day AS a_day, or use --format csv',
    });
  }
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column, exportCell(row[index] ?? null)])),
  );
}
