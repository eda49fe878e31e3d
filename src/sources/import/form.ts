/** Knows which reader and which kind of fact a file takes: by its kind, its name and its format. */

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
  const isJsonLines = /\.(?:jsonl|ndjson)$/i.test(file);
  const { columns } = kind;
  return {
    kind,
    reader: isJsonLines ? new JsonLinesReader(columns) : new CsvReader(columns, file),
  };
}

interface OpsFile {
  readonly file: string;
  /** How the file begins. */
  readonly head: string;
  readonly deploymentOf: DeploymentOf;
}

/** The form of a file of hours. */
export function opsForm(format: OpsFormat, { file, head, deploymentOf }: OpsFile): Form {
  if (format === 'csv') return ownForm('ops', file);
  const kind = format === 'pagerduty' ? pagerDutyKind(deploymentOf) : opsgenieKind(deploymentOf);
  const { columns } = kind;
  const reader = looksLikeJson(head)
    ? new JsonExportReader(columns, file)
    : new CsvReader(columns, file);
  return { kind, reader };
}
