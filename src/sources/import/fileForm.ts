/** Selects the reader and the kind of fact for a file by its kind, its name and its format. */

import { Failure } from '../../domain/failure.ts';
import type { ImportMapping } from '../../domain/fileMapping.ts';
import { CsvReader, type RowReader } from './csvReader.ts';
import type { DeploymentFinder } from './exports/incident.ts';
import { JsonExportReader } from './exports/jsonExport.ts';
import {
  looksLikeJson,
  type OpsFormat,
  opsgenieKind,
  pagerDutyKind,
  RECOGNITION_LENGTH,
} from './exports/tools.ts';
import type { ImportColumns } from './columns.ts';
import type { FactKind, ImportName, ReadContext, StandaloneImportName } from './factKind.ts';
import { ecbKind, exchangeRatesKind, isEcbHistory } from './kinds/exchangeRates.ts';
import { JsonArraySplitter, LineSplitter } from './splitters.ts';
import { JsonReader } from './jsonReader.ts';
import { type LogImportOptions, requestsKind, toLogMapping } from './kinds/requests.ts';
import { AccessLogReader, CsvLogReader } from './logRecords.ts';
import { toMappedKind } from './mappedColumns.ts';
import { PART_COLUMNS, usageKind } from './kinds/usage.ts';
import { partedUsageKind } from './kinds/usageParts.ts';
import { chargesKind } from './kinds/charges.ts';
import { invoiceKind } from './kinds/invoice.ts';
import { opsKind } from './kinds/ops.ts';
import { pricesKind } from './kinds/prices.ts';
import { ratesKind } from './kinds/rates.ts';

export interface FileForm {
  readonly kind: FactKind<ImportName>;
  readonly reader: RowReader;
}

/**
 * Whether there is enough of a file for {@link ownColumnsForm}: its first line, or the first object
 * of an
 * array.
 */
export function isFormKnown(head: string): boolean {
  const text = head.trimStart();
  if (head.length >= RECOGNITION_LENGTH) return true;
  return text.startsWith('[') ? /^\[\s*[^\s{]|\}/.test(text) : text.includes('\n');
}

/** The form of a file with our own columns: JSON by its beginning or its name, otherwise CSV. */
export function ownColumnsForm(name: StandaloneImportName, begun: FileStart): FileForm {
  const hasParts = name === 'usage' && PART_COLUMN.test(firstRow(begun.head));
  return textForm(hasParts ? partedUsageKind() : importKinds[name], begun);
}

/** Matches one of the columns for parts, in a CSV header or as a JSON key. */
const PART_COLUMN = new RegExp(`(?:^|[,"\\s])(?:${PART_COLUMNS.join('|')})(?:[,"\\s]|$)`, 'i');

/** The first line, or the first object of an array. */
function firstRow(head: string): string {
  const text = head.trimStart();
  if (!text.startsWith('[')) return text.split('\n', 1)[0] ?? '';
  return text.slice(0, text.indexOf('}'));
}

/** The form of charges in custom columns. */
export function mappedForm(mapping: ImportMapping, begun: FileStart): FileForm {
  return textForm(toMappedKind(importKinds.charges, mapping), begun);
}

/** The form of an access log. Only the fields that are read are passed on. */
export function logForm(options: LogImportOptions, { file, head }: FileStart): FileForm {
  const kind = requestsKind(options);
  const mapping = toLogMapping(options);
  if (ARRAY.test(head))
    return { kind, reader: new AccessLogReader(new JsonArraySplitter(), mapping) };
  if (isJsonLines(file) || OBJECT.test(head)) {
    return { kind, reader: new AccessLogReader(new LineSplitter(), mapping) };
  }
  return { kind, reader: new CsvLogReader(new CsvReader(kind.columns, file), mapping) };
}

/** The form of a file of exchange rates: the ECB's file, or our own columns. */
export function ratesForm(begun: FileStart, frame: ReadContext): FileForm {
  return isEcbHistory(begun.head)
    ? textForm(ecbKind(frame), begun)
    : ownColumnsForm('exchangeRates', begun);
}

/** The form of a text file with the columns of its kind. */
export function textForm(kind: FactKind<ImportName>, begun: FileStart): FileForm {
  return { kind, reader: readerFor(kind.columns, begun) };
}

interface FileStart {
  readonly file: string;
  /** The beginning of the file. */
  readonly head: string;
}

function readerFor(columns: ImportColumns, { file, head }: FileStart): RowReader {
  if (ARRAY.test(head)) return new JsonReader(columns, new JsonArraySplitter());
  if (isJsonLines(file)) return new JsonReader(columns, new LineSplitter());
  if (!OBJECT.test(head)) return new CsvReader(columns, file);
  if (!isJson(head.trimStart().split('\n', 1)[0] ?? '')) throw oneObject(file);
  return new JsonReader(columns, new LineSplitter());
}

/** The beginnings of JSON files. No CSV header starts like these. */
const ARRAY = /^\s*\[\s*(?:[{\]]|$)/;
const OBJECT = /^\s*\{\s*"/;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function oneObject(file: string): Failure {
  return new Failure('usage', `${file} is one JSON object, expected a list of rows`, {
    where: file,
    expected: 'a JSON array of objects, or one object per line (.jsonl)',
    hint: `extract the list from it, e.g. jq '.data' ${file} > rows.json`,
  });
}

function isJsonLines(file: string): boolean {
  return /\.(?:jsonl|ndjson)$/i.test(file);
}

function unrecognized(file: string): Failure {
  return new Failure('usage', `${file} is JSON without incidents of a supported tool`, {
    where: file,
    expected: 'the response of PagerDuty or Opsgenie, or hours as CSV or JSON',
    hint: 'name the tool: --format pagerduty or --format opsgenie',
  });
}

/** A key of our own hours format, in JSON that is not named `.jsonl`. */
const OWN_HOURS_KEY = /"hours"\s*:/i;

interface OpsFile extends FileStart {
  readonly deploymentOf: DeploymentFinder;
}

/** The form of a file of hours. */
export function opsForm(format: OpsFormat, { file, head, deploymentOf }: OpsFile): FileForm {
  if (format === 'csv') {
    const isOwnFormat = isJsonLines(file) || OWN_HOURS_KEY.test(head);
    if (looksLikeJson(head) && !isOwnFormat) throw unrecognized(file);
    return ownColumnsForm('ops', { file, head });
  }
  const kind = format === 'pagerduty' ? pagerDutyKind(deploymentOf) : opsgenieKind(deploymentOf);
  const { columns } = kind;
  const reader = looksLikeJson(head)
    ? new JsonExportReader(columns, file)
    : new CsvReader(columns, file);
  return { kind, reader };
}

export const importKinds: { readonly [Name in StandaloneImportName]: FactKind<Name> } = {
  charges: chargesKind,
  exchangeRates: exchangeRatesKind,
  usage: usageKind,
  prices: pricesKind,
  rates: ratesKind,
  ops: opsKind,
  invoice: invoiceKind,
};
