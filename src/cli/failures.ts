/** Renders errors, and maps them to exit codes. */

import { Failure, type FailureCode } from '../domain/failure.ts';
import type { ExitCode } from './command.ts';
import { plainLines } from '../platform/plainText.ts';

const USAGE: readonly FailureCode[] = ['usage', 'config', 'file-unreadable'];
const INCOMPLETE: readonly FailureCode[] = ['no-data'];

/** 2 for invalid usage or config, 1 for missing data, 3 for everything else. */
export function toExitCode(error: unknown): ExitCode {
  if (!(error instanceof Failure)) return 3;
  if (USAGE.includes(error.code)) return 2;
  return INCOMPLETE.includes(error.code) ? 1 : 3;
}

/** The message, the place, what was expected and what to do; the stack if it is a bug. */
export function renderError(error: unknown): string {
  if (!(error instanceof Failure)) {
    return `rentcheck: ${BUG}\n${plainLines(stack(error))}\n`;
  }
  const lines = [`rentcheck: ${capitalized(error.message)}`];
  if (error.where !== undefined) lines.push(`  where:    ${error.where}`);
  if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`);
  lines.push(`  do:       ${error.hint}`);
  return `${plainLines(lines.join('\n'))}\n`;
}

/** Capitalizes a common first word. A message that starts with a URL, file or ID is unchanged. */
function capitalized(message: string): string {
  return message.replace(FIRST_WORDS, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

const FIRST_WORDS =
  /^(?:an?|cannot|could|invalid|missing|no|not|nothing|only|the|there|this|unknown)(?= )/;

const BUG = 'Internal error. Please report it with these lines:';

function stack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
