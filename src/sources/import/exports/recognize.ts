/** Recognizes the tool that wrote a file of hours by its beginning. */

import { toLettersAndDigits } from '../columns.ts';
import { splitCsvCells } from '../csvReader.ts';

/** `csv` is our own format, as CSV or JSON. */
export type OpsFormat = 'csv' | 'pagerduty' | 'opsgenie';

/** The number of characters that are checked before a file counts as our own format. */
export const RECOGNITION_LENGTH = 65_536;

/**
 * Whether there is enough of the file to {@link recognizeOpsFormat} it: a whole first line, or
 * 64 KB of
 * JSON.
 */
export function isRecognizable(head: string): boolean {
  return (
    head.length >= RECOGNITION_LENGTH || (!looksLikeJson(head) && head.trimStart().includes('\n'))
  );
}

export function looksLikeJson(head: string): boolean {
  return /^\uFEFF?\s*[[{]/.test(head);
}

/** Keys that only these tools write. Inside a text, their quotes would be escaped. */
const TOOL_KEY =
  /"(?:(tinyId)|incidents|incident_number|engaged_seconds|user_defined_effort_seconds)"\s*:/;

const OPSGENIE_COLUMNS = ['tinyid', 'alertid'];
const PAGERDUTY_COLUMNS = [
  'incidentnumber',
  'engagedseconds',
  'userdefinedeffortseconds',
  'secondstoresolve',
];

/** The format, by column names or JSON keys. An unrecognized file counts as our own format. */
export function recognizeOpsFormat(head: string): OpsFormat {
  if (looksLikeJson(head)) {
    const found = TOOL_KEY.exec(head);
    if (found === null) return 'csv';
    return found[1] === undefined ? 'pagerduty' : 'opsgenie';
  }
  const [first = ''] = head.trimStart().split('\n', 1);
  const names = new Set((splitCsvCells(first.trim()) ?? []).map(toLettersAndDigits));
  if (names.has('date') && names.has('hours')) return 'csv';
  if (OPSGENIE_COLUMNS.some((name) => names.has(name))) return 'opsgenie';
  return PAGERDUTY_COLUMNS.some((name) => names.has(name)) ? 'pagerduty' : 'csv';
}
