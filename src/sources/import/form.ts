/** Which reader and which kind of fact a file takes: by its kind, its name and its format. */

import { Failure } from '../../domain/failure.ts';
import type { ImportMapping } from '../../domain/importMapping.ts';
import { CsvReader, type RowReader } from './csvReader.ts';
import type { DeploymentOf } from './exports/incident.ts';
import { JsonExportReader } from './exports/jsonExport.ts';
import { opsgenieKind } from './exports/opsgenie.ts';
import { pagerDutyKind } from './exports/pagerDuty.ts';
import { LOOKED_AT, looksLikeJson, type OpsFormat } from './exports/recognize.ts';
import type { Columns } from './columns.ts';
import type { FactKind, Frame, ImportName, OwnName } from './factKind.ts';
import { importKinds } from './importKinds.ts';
import { ecbKind, isEcbHistory } from './kinds/exchangeRates.ts';
import { ArrayCutter } from './arrayCutter.ts';
import { JsonReader } from './jsonReader.ts';
import { type LogWish, mappingOf, requestsKind } from './kinds/requests.ts';
import { LogCells, LogReader } from './logRecords.ts';
import { mappedKind } from './mapping.ts';
import { PART_COLUMNS } from './kinds/usage.ts';
import { partedUsageKind } from './kinds/usageParts.ts';
import { LineCutter } from './lines.ts';

export interface Form {
  readonly kind: FactKind<ImportName>;
  readonly reader: RowReader;
}

/** Is there enough of a file for {@link ownForm}? Its first line, of an array its first object. */
export function tellsForm(head: string): boolean {
  const begun = head.trimStart();
  if (head.length >= LOOKED_AT) return true;
  return begun.startsWith('[') ? /^\[\s*[^\s{]|\}/.test(begun) : begun.includes('\n');
}

/** The form of a file with our own columns: JSON by how it begins or is called, else CSV. */
export function ownForm(name: OwnName, begun: Begun): Form {
  const isParted = name === 'usage' && TELLS_PARTS.test(firstRow(begun.head));
  return formOf(isParted ? partedUsageKind() : importKinds[name], begun);
}

/** One of the columns of parts, in a header of CSV or as a key of JSON. */
const TELLS_PARTS = new RegExp(`(?:^|[,"\\s])(?:${PART_COLUMNS.join('|')})(?:[,"\\s]|$)`, 'i');

/** The first line, or the first object of an array. */
function firstRow(head: string): string {
  const begun = head.trimStart();
  if (!begun.startsWith('[')) return begun.split('\n', 1)[0] ?? '';
  return begun.slice(0, begun.indexOf('}'));
}

/** The form of charges in somebody else's columns. */
export function mappedForm(mapping: ImportMapping, begun: Begun): Form {
  return formOf(mappedKind(importKinds.charges, mapping), begun);
}

/** The form of an access log, of which only the fields that are read are handed on. */
export function logForm(wish: LogWish, { file, head }: Begun): Form {
  const kind = requestsKind(wish);
  const mapping = mappingOf(wish);
  if (ARRAY.test(head)) return { kind, reader: new LogReader(new ArrayCutter(), mapping) };
  if (isJsonLines(file) || OBJECT.test(head)) {
    return { kind, reader: new LogReader(new LineCutter(), mapping) };
  }
  return { kind, reader: new LogCells(new CsvReader(kind.columns, file), mapping) };
}

/** The form of a file of exchange rates: the ECB's, or our own columns. */
export function ratesForm(begun: Begun, frame: Frame): Form {
  return isEcbHistory(begun.head) ? formOf(ecbKind(frame), begun) : ownForm('exchangeRates', begun);
}

/** The form of a file of text with the columns of its kind. */
export function formOf(kind: FactKind<ImportName>, begun: Begun): Form {
  return { kind, reader: ownReader(kind.columns, begun) };
}

interface Begun {
  readonly file: string;
  /** How the file begins. */
  readonly head: string;
}

function ownReader(columns: Columns, { file, head }: Begun): RowReader {
  if (ARRAY.test(head)) return new JsonReader(columns, new ArrayCutter());
  if (isJsonLines(file)) return new JsonReader(columns, new LineCutter());
  if (!OBJECT.test(head)) return new CsvReader(columns, file);
  if (!isJson(head.trimStart().split('\n', 1)[0] ?? '')) throw oneObject(file);
  return new JsonReader(columns, new LineCutter());
}

/** No header of CSV begins like these. */
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

/** Of our own hours, where JSON is not called `.jsonl`. */
const OUR_KEY = /"hours"\s*:/i;

interface OpsFile extends Begun {
  readonly deploymentOf: DeploymentOf;
}

/** The form of a file of hours. */
export function opsForm(format: OpsFormat, { file, head, deploymentOf }: OpsFile): Form {
  if (format === 'csv') {
    const isOurs = isJsonLines(file) || OUR_KEY.test(head);
    if (looksLikeJson(head) && !isOurs) throw unrecognized(file);
    return ownForm('ops', { file, head });
  }
  const kind = format === 'pagerduty' ? pagerDutyKind(deploymentOf) : opsgenieKind(deploymentOf);
  const { columns } = kind;
  const reader = looksLikeJson(head)
    ? new JsonExportReader(columns, file)
    : new CsvReader(columns, file);
  return { kind, reader };
}
