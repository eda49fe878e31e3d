/** JSON to the letter: numbers keep their text, and what is not JSON is named as such. */

import { Failure } from '../domain/failure.ts';

/** In Node since 21, in the types not yet. */
interface RawWriter {
  rawJSON(text: string): unknown;
}

/** A JSON number as its source spells it, so that `0.1` stays one tenth. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Written back to the letter: `1.50` stays `1.50`. */
  toJSON(): unknown {
    return (JSON as unknown as RawWriter).rawJSON(this.text);
  }
}

type Revive = (key: string, value: unknown, context: { source?: string }) => unknown;

const keepText: Revive = (_key, value, context) =>
  typeof value === 'number' ? new JsonNumber(context.source ?? String(value)) : value;

/**
 * Reads a body whose numbers matter to the last digit: each becomes a {@link JsonNumber}.
 * @throws {Failure} `malformed`, saying what kind of thing came instead of JSON and from where. It
 *   quotes nothing: what cannot be read may hold anybody's secrets.
 */
export function parseLossless(body: Uint8Array, where: string): unknown {
  return parse(body, where, keepText as (key: string, value: unknown) => unknown);
}

/** {@link parseLossless} for a text at hand. Throws `SyntaxError` where it is not JSON. */
export function parseLosslessText(text: string): unknown {
  return JSON.parse(text, keepText as (key: string, value: unknown) => unknown) as unknown;
}

/**
 * Reads a big body fast; numbers are doubles, so never use it for money.
 * @throws {Failure} `malformed`, like {@link parseLossless}.
 */
export function parsePlain(body: Uint8Array, where: string): unknown {
  return parse(body, where);
}

function parse(
  body: Uint8Array,
  where: string,
  revive?: (key: string, value: unknown) => unknown,
): unknown {
  const text = decode(body, where);
  try {
    return JSON.parse(text, revive) as unknown;
  } catch (cause) {
    // The parser's own error quotes the text: it does not go along.
    throw malformed(`${where} returned ${whatCame(text, cause)}`, where);
  }
}

function decode(body: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    // The decoder says no more than that.
    const size = `${body.byteLength} bytes`;
    throw malformed(`${where} returned ${size} that are not UTF-8 text`, where);
  }
}

function malformed(message: string, where: string): Failure {
  return new Failure('malformed', message, { where, expected: 'JSON' });
}

/** Says in words what a text is that JSON.parse refused. */
function whatCame(text: string, cause: unknown): string {
  const start = text.trimStart();
  if (start === '') return 'an empty body instead of JSON';
  if (looksLikeHtml(start)) return 'an HTML page instead of JSON';
  if (/^[[{"]/.test(start) && breaksOff(text, cause)) {
    return `incomplete JSON that ends after ${text.length} characters`;
  }
  return 'text that is not JSON';
}

/** True for a text that a browser would take for a page. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml|!--)/i.test(text);
}

/** JSON.parse either speaks of the end or names a position, which then is the end of the text. */
function breaksOff(text: string, cause: unknown): boolean {
  const reason = cause instanceof Error ? cause.message : '';
  const position = /at position (\d+)/.exec(reason)?.[1];
  if (position === undefined) return reason.includes('end of JSON');
  return Number(position) >= text.trimEnd().length;
}

/** One line of at most `limit` characters, control characters and runs of space made one space. */
export function shortText(text: string, limit: number): string {
  const line = text
    .slice(0, limit * 4)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
