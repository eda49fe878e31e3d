/** Knows which reader and which kind of fact a file takes: by its kind, its name and its format. */

import { Failure } from '../../domain/failure.ts';
import { CsvReader, type RowReader } from './csvReader.ts';
import type { DeploymentOf } from './exports/incident.ts';
import { JsonExportReader } from './exports/jsonExport.ts';
import { opsgenieKind } from './exports/opsgenie.ts';
import { pagerDutyKind } from './exports/pagerDuty.ts';
import { looksLikeJson, type OpsFormat } from './exports/recognize.ts';
import type { FactKind, ImportName } from './factKind.ts';
import { importKinds } from './importKinds.ts';
import { JsonLinesReader } from './jsonReader.ts';

export interface Form {
  readonly kind: FactKind<ImportName>;
  readonly reader: RowReader;
}

/** The form of a file with our own columns. */
export function ownForm(name: ImportName, file: string): Form {
  const kind = importKinds[name];
  const { columns } = kind;
  return {
    kind,
    reader: isJsonLines(file) ? new JsonLinesReader(columns) : new CsvReader(columns, file),
  };
}

function isJsonLines(file: string): boolean {
  return /\.(?:jsonl|ndjson)$/i.test(file);
}

function unrecognized(file: string): Failure {
  return new Failure('usage', `${file} is JSON without an incident of a known tool`, {
    where: file,
    expected: 'the answer of PagerDuty or Opsgenie, or hours as CSV or JSON lines (.jsonl)',
    hint: 'say which tool wrote it: --format pagerduty or --format opsgenie',
  });
}

interface OpsFile {
  readonly file: string;
  /** How the file begins. */
  readonly head: string;
  readonly deploymentOf: DeploymentOf;
}

/** The form of a file of hours. */
export function opsForm(format: OpsFormat, { file, head, deploymentOf }: OpsFile): Form {
  if (format === 'csv') {
    if (looksLikeJson(head) && !isJsonLines(file)) throw unrecognized(file);
    return ownForm('ops', file);
  }
  const kind = format === 'pagerduty' ? pagerDutyKind(deploymentOf) : opsgenieKind(deploymentOf);
  const { columns } = kind;
  const reader = looksLikeJson(head)
    ? new JsonExportReader(columns, file)
    : new CsvReader(columns, file);
  return { kind, reader };
}
