/** Knows `rentcheck sql`: read-only SQL on the ledger, for people and for pipes. */

import type { Command } from 'commander';
import { Failure } from '../../domain/failure.ts';
import type { QueryResult } from '../../ledger/ledger.ts';
import type { CliCommand, CommonOptions, Services, SqlSession } from '../command.ts';
import { safeJson, withCommonOptions } from '../outcome.ts';
import { textTable } from '../textTable.ts';

interface SqlOptions extends CommonOptions {
  readonly format?: string;
}

type Print = (result: QueryResult) => string | Promise<string>;

const FORMATS: Readonly<Record<string, Print>> = {
  table: ({ columns, rows }) => textTable(columns, rows),
  csv: async ({ columns, rows }) => {
    const { plainCsv } = await import('../../report/csv/csv.ts');
    return plainCsv([[...columns], ...rows.map((row) => row.map(cell))]);
  },
  json: (result) => `${safeJson(JSON.stringify(records(result), null, 2))}\n`,
  ndjson: (result) =>
    records(result)
      .map((record) => `${safeJson(JSON.stringify(record))}\n`)
      .join(''),
};

export const sqlCommand: CliCommand = {
  register(program: Command, services: Services) {
    const command = program
      .command('sql')
      .description('run one read-only SQL statement on the ledger; without one, list the views')
      .argument('[query]', 'the statement, or - to read it from standard input')
      .option('-f, --format <format>', `one of ${Object.keys(FORMATS).join(', ')}`);
    withCommonOptions(command).action(async (query: string | undefined, options: SqlOptions) => {
      const print = formatOf(options);
      const ledger = await services.openSql(options.config);
      try {
        services.stdout(await print(await resultOf(ledger, query, services)));
      } finally {
        await ledger.close();
      }
    });
  },
};

async function resultOf(
  ledger: SqlSession,
  query: string | undefined,
  { files }: Services,
): Promise<QueryResult> {
  if (query === undefined) return viewList(await ledger.views());
  return ledger.query(query === '-' ? await files.standardInput() : query);
}

function formatOf({ format, json }: SqlOptions) {
  const name = format ?? (json === true ? 'json' : 'table');
  const print = FORMATS[name];
  if (print !== undefined) return print;
  throw new Failure('usage', `unknown format "${name}"`, {
    expected: `one of ${Object.keys(FORMATS).join(', ')}`,
    hint: 'e.g. --format csv',
  });
}

function viewList(views: readonly { name: string; grain: string }[]): QueryResult {
  return { columns: ['view', 'holds'], rows: views.map(({ name, grain }) => [name, grain]) };
}

/** Integers beyond 2^53 stay whole: as text in JSON, as digits in CSV. */
function cell(value: string | number | bigint | null): string | number | null {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** @throws {Failure} `usage` where two columns have one name: a record would keep one of them. */
function records({ columns, rows }: QueryResult) {
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) {
    throw new Failure('usage', `two columns are called "${twice}"`, {
      expected: 'a name of its own for each column, as JSON has them',
      hint: 'name one anew, e.g. SELECT a.day AS a_day; or print them with --format csv',
    });
  }
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column, cell(row[index] ?? null)])),
  );
}
