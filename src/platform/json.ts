/** Exact JSON: numbers keep their digits, and errors say what was received instead of JSON. */

import { Failure } from '../domain/failure.ts';

/** In Node since 21, but not in its types yet. */
interface RawWriter {
  rawJSON(text: string): unknown;
}

/** A JSON number with the digits of its source, so `0.1` stays one tenth. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Serialized with the same digits: `1.50` stays `1.50`. */
  toJSON(): unknown {
    return (JSON as unknown as RawWriter).rawJSON(this.text);
  }
}

type Revive = (key: string, value: unknown, context: { source?: string }) => unknown;

const keepText: Revive = (_key, value, context) =>
  typeof value === 'number' ? new JsonNumber(context.source ?? String(value)) : value;

/**
 * Parses a body in which every digit matters: each number becomes a {@link JsonNumber}.
 * @throws {Failure} `malformed`, with what was received instead of JSON. It quotes nothing, because
 * unreadable text may contain secrets.
 */
export function parseLossless(body: Uint8Array, where: string): unknown {
  return parse(body, where, keepText as (key: string, value: unknown) => unknown);
}

/** {@link parseLossless} for a text. Throws `SyntaxError` if it is not JSON. */
export function parseLosslessText(text: string): unknown {
  return JSON.parse(text, keepText as (key: string, value: unknown) => unknown) as unknown;
}

/**
 * Parses a large body quickly. Numbers are doubles, so never use it for money.
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
    // The error of the parser quotes the text and is dropped.
    throw malformed(`${where} returned ${describe(text, cause)}`, where);
  }
}

function decode(body: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    // The error of the decoder has no further detail.
    const size = `${body.byteLength} bytes`;
    throw malformed(`${where} returned ${size} that are not UTF-8 text`, where);
  }
}

function malformed(message: string, where: string): Failure {
  return new Failure('malformed', message, { where, expected: 'JSON' });
}

/** Describes a text that JSON.parse rejected. */
function describe(text: string, cause: unknown): string {
  const start = text.trimStart();
  if (start === '') return 'an empty body instead of JSON';
  if (looksLikeHtml(start)) return 'an HTML page instead of JSON';
  if (/^[[{"]/.test(start) && isIncomplete(text, cause)) {
    return `incomplete JSON that ends after ${text.length} characters`;
  }
  return 'text that is not JSON';
}

/** True for a text that a browser would show as a page. */
export function looksLikeHtml(text: string): boolean {
  return /^\s*<(?:!doctype|html|head|body|\?xml|!--)/i.test(text);
}

/** JSON.parse reports the end of input, or a position that is the end of the text. */
function isIncomplete(text: string, cause: unknown): boolean {
  const reason = cause instanceof Error ? cause.message : '';
  const position = /at position (\d+)/.exec(reason)?.[1];
  if (position === undefined) return reason.includes('end of JSON');
  return Number(position) >= text.trimEnd().length;
}

/** One line of at most `limit` characters. Control characters and white space become one space. */
export function shortText(text: string, limit: number): string {
  const line = text
    .slice(0, limit * 4)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
