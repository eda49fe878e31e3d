/** Imports a text in tests and returns the result. */

import { Failure } from '../../../src/domain/failure.ts';
import { pullWarningSentence } from '../../../src/report/copy/pullWarnings.ts';
import type { Fetched } from '../../../src/domain/provenance.ts';
import type { ImportForm, ImportName } from '../../../src/sources/import/factKind.ts';
import {
  type ImportBatch,
  type ImportRequest,
  readImport,
} from '../../../src/sources/import/readImport.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The time of the clock, unless a test sets another: 2027-01-01. */
const NOW = Date.UTC(2027, 0, 1);

export interface Imported {
  readonly batches: readonly ImportBatch[];
  readonly facts: { readonly [Name in ImportName]: NonNullable<Fetched[Name]> };
  readonly usageParts: NonNullable<Fetched['usageParts']>;
  readonly rejects: NonNullable<Fetched['rejects']>;
  readonly warnings: readonly string[];
}

export interface ImportOptions
  extends Partial<
    Pick<ImportRequest, 'file' | 'format' | 'deploymentOf' | 'nowMs' | 'take' | 'mapping'>
  > {
  readonly pieceBytes?: number;
}

/** Imports a text as if it were a file; pieces of any size must make no difference. */
export async function readImportText(
  kind: ImportForm,
  content: string | Uint8Array,
  { file = 'f.csv', pieceBytes = 65_536, nowMs = NOW, ...rest }: ImportOptions = {},
): Promise<Imported> {
  const stream = pieces(Buffer.from(content), pieceBytes);
  const request = { kind, stream, sourceId: 'import', file, nowMs, ...rest };
  const batches = await Array.fromAsync(readImport(request));
  const facts = batches.map((batch) => batch.facts);
  return {
    batches,
    facts: {
      charges: facts.flatMap(({ charges = [] }) => charges),
      usage: facts.flatMap(({ usage = [] }) => usage),
      requests: facts.flatMap(({ requests = [] }) => requests),
      prices: facts.flatMap(({ prices = [] }) => prices),
      rates: facts.flatMap(({ rates = [] }) => rates),
      ops: facts.flatMap(({ ops = [] }) => ops),
      exchangeRates: facts.flatMap(({ exchangeRates = [] }) => exchangeRates),
      invoice: facts.flatMap(({ invoice = [] }) => invoice),
    },
    usageParts: facts.flatMap(({ usageParts = [] }) => usageParts),
    rejects: facts.flatMap(({ rejects = [] }) => rejects),
    warnings: facts.flatMap(({ warnings = [] }) => warnings.map(pullWarningSentence)),
  };
}

/** The failure with which the whole file is refused. */
export async function refusedFile(
  kind: ImportForm,
  content: string | Uint8Array,
  options: ImportOptions = {},
): Promise<Failure> {
  const error: unknown = await readImportText(kind, content, options).then(
    () => new Error('it was not refused'),
    (failure: unknown) => failure,
  );
  if (!(error instanceof Failure)) throw error;
  return error;
}

const HEADERS: Readonly<Record<ImportName, string>> = {
  requests: 'time,request_id,model,status,prompt_tokens,completion_tokens',
  charges:
    'id,resource_id,resource_name,category,pricing_class,start,end,billed_cost,currency,' +
    'quantity,unit,gpu_type,gpu_count',
  usage:
    'deployment,start,end,prompt_tokens,cached_tokens,output_tokens,requests,' +
    'busy_seconds,replica_seconds',
  prices:
    'host,model,quantization,valid_from,input_usd_per_mtok,cached_usd_per_mtok,' +
    'output_usd_per_mtok,request_usd',
  rates: 'provider,gpu_type,pricing_class,valid_from,usd_per_gpu_hour',
  ops: 'date,deployment,hours,note',
  exchangeRates: 'currency,month,usd_per_unit',
  invoice: 'line_id,invoice_id,issued,start,end,amount,currency,resource_id,category',
};

/** A file with the documented header and the given rows. */
export function importCsv(kind: ImportName, ...rows: readonly string[]): string {
  return [HEADERS[kind], ...rows, ''].join('\n');
}

/** The one reject of a file with one row. */
export async function onlyRejection(kind: ImportName, row: string): Promise<string> {
  const { rejects, facts } = await readImportText(kind, importCsv(kind, row));
  if (facts[kind].length > 0 || rejects.length !== 1) throw new Error('the row was not rejected');
  return rejects[0]?.reason ?? '';
}

/** The one fact of a file with one row. */
export async function onlyFact<Name extends ImportName>(kind: Name, row: string) {
  const { rejects, facts } = await readImportText(kind, importCsv(kind, row));
  if (rejects.length > 0) throw new Error(rejects[0]?.reason);
  return facts[kind][0]?.fact as NonNullable<Imported['facts'][Name][number]>['fact'];
}
