/** Reduces the lines of an access log to records of a few known fields. */

import { JsonNumber, parseLosslessText } from '../../platform/json.ts';
import { labelCell, LOG_FIELDS, type LogField, type LogMapping } from '../../domain/fileMapping.ts';
import type { RowReader } from './csvReader.ts';
import type { Splitter } from './jsonReader.ts';
import type { TextLine } from './splitters.ts';
import { type BrokenLine, excerptText, type FileRow, isBroken } from './columns.ts';

/** Paths of each field, unless a mapping sets another. The first one present is used. */
const DEFAULT_PATHS: Readonly<Record<LogField, readonly string[]>> = {
  time: [
    'time',
    'timestamp',
    'start_time',
    'startTime',
    '@timestamp',
    'ts',
    'request_created_at',
    'created_at',
    'created',
  ],
  end: ['end_time', 'endTime'],
  id: ['request_id', 'requestId', 'x-request-id', 'x_request_id', 'id'],
  session: ['trace_id', 'traceId', 'session_id', 'sessionId'],
  model: ['model', 'response_model', 'request_model', 'response.model', 'request.model'],
  upstream: ['upstream', 'api_base', 'upstream_host', 'upstream_cluster', 'backend'],
  provider: ['provider', 'custom_llm_provider'],
  status: ['status_code', 'response_code', 'http_status', 'response_status', 'status'],
  cache_hit: ['cache_hit'],
  prompt_tokens: tokens('prompt_tokens', 'input_tokens', 'prompt_eval_count'),
  cached_tokens: [
    ...tokens('prompt_tokens_details.cached_tokens', 'input_tokens_details.cached_tokens'),
    ...tokens('cached_tokens', 'prompt_cache_read_tokens'),
  ],
  output_tokens: tokens('completion_tokens', 'output_tokens', 'eval_count'),
  total_tokens: tokens('total_tokens'),
  demand: ['demand'],
  tenant: ['tenant', 'tenant_id'],
  team: ['team', 'team_alias', 'metadata.user_api_key_team_alias', 'team_id'],
  adapter: ['adapter'],
};

/** Paths of a token count, beside the request or inside the stored response. */
function tokens(...names: readonly string[]): string[] {
  const paths = ['usage.', 'response.usage.', 'response.body.usage.', 'response_body.usage.', ''];
  return names.flatMap((name) => paths.map((path) => `${path}${name}`));
}

/** Fields that Anthropic's API reports beside `input_tokens`, which excludes them there. */
export const CACHE_PARTS = ['cache_read_input_tokens', 'cache_creation_input_tokens'] as const;

/** A request of a log, reduced to the fields that are read. */
export class AccessLogRow implements FileRow {
  readonly line: number;
  readonly #cells: ReadonlyMap<string, string>;

  constructor(line: number, cells: ReadonlyMap<string, string>) {
    this.line = line;
    this.#cells = cells;
  }

  cell(column: string): string {
    return this.#cells.get(column) ?? '';
  }

  extras(): undefined {
    return undefined;
  }

  excerpt(): string {
    return excerptText(this.kept());
  }

  /** All that is stored of the request. */
  kept(): string {
    return JSON.stringify(Object.fromEntries(this.#cells));
  }
}

/** A log in JSON: one object per line, or an array. Also OTLP, where a line has many spans. */
export class AccessLogReader implements RowReader {
  readonly #lines: Splitter;
  readonly #mapping: LogMapping | undefined;

  constructor(lines: Splitter, mapping: LogMapping | undefined) {
    this.#lines = lines;
    this.#mapping = mapping;
  }

  push(bytes: Uint8Array): (FileRow | BrokenLine)[] {
    return this.#lines.push(bytes).flatMap((line) => this.#rows(line));
  }

  end(): (FileRow | BrokenLine)[] {
    return this.#lines.end().flatMap((line) => this.#rows(line));
  }

  ignoredColumns(): readonly string[] {
    return [];
  }

  /** The text of an unreadable line is not passed on, since it may contain a prompt. */
  #rows({ number: line, text, problem }: TextLine): (FileRow | BrokenLine)[] {
    if (problem !== undefined) return [{ line, problem, text: '' }];
    if (text.trim() === '') return [];
    const value = parseLine(text);
    if (typeof value !== 'object' || value === null) {
      return [{ line, problem: 'not a JSON object; write each request as one', text: '' }];
    }
    const spans = spansIn(value);
    if (spans === undefined) return [toLogRow(line, value, this.#mapping)];
    return spans.map((span) => toLogRow(line, span, this.#mapping));
  }
}

/** The rows of a CSV log, reduced to the fields that are read. */
export class CsvLogReader implements RowReader {
  readonly #rows: RowReader;
  readonly #mapping: LogMapping | undefined;

  constructor(rows: RowReader, mapping: LogMapping | undefined) {
    this.#rows = rows;
    this.#mapping = mapping;
  }

  push(bytes: Uint8Array): (FileRow | BrokenLine)[] {
    return this.#rows.push(bytes).map((row) => this.#reduce(row));
  }

  end(): (FileRow | BrokenLine)[] {
    return this.#rows.end().map((row) => this.#reduce(row));
  }

  ignoredColumns(): readonly string[] {
    return [];
  }

  #reduce(row: FileRow | BrokenLine): FileRow | BrokenLine {
    if (isBroken(row)) return { ...row, text: '' };
    const cellAt = (path: string) => row.cell(path) || undefined;
    return new AccessLogRow(row.line, readFields(cellAt, this.#mapping));
  }
}

/** All paths of a field, in order. */
export function fieldPaths(field: LogField, mapping: LogMapping | undefined): readonly string[] {
  const own = mapping?.fields[field];
  return own === undefined ? DEFAULT_PATHS[field] : [own];
}

function toLogRow(line: number, record: object, mapping: LogMapping | undefined): AccessLogRow {
  return new AccessLogRow(
    line,
    readFields((path) => textOf(valueAt(record, path)), mapping),
  );
}

function readFields(
  textAt: (path: string) => string | undefined,
  mapping: LogMapping | undefined,
): Map<string, string> {
  const cells = new Map<string, string>();
  for (const label of mapping?.labels ?? []) cells.set(labelCell(label), textAt(label) ?? '');
  for (const field of LOG_FIELDS) {
    for (const path of fieldPaths(field, mapping)) {
      const text = textAt(path);
      if (text === undefined || text === '') continue;
      cells.set(field, text);
      if (isAnthropicInput(field, path, mapping)) {
        for (const part of CACHE_PARTS) {
          const count = textAt(path.replace(/input_tokens$/, part));
          if (count !== undefined && count !== '') cells.set(part, count);
        }
      }
      break;
    }
  }
  return cells;
}

/** Anthropic's input count excludes cached tokens. A mapped field is the whole prompt. */
function isAnthropicInput(field: LogField, path: string, mapping: LogMapping | undefined): boolean {
  const isInputCount = field === 'prompt_tokens' && /(?:^|\.)input_tokens$/.test(path);
  return isInputCount && mapping?.fields.prompt_tokens === undefined;
}

/** Longer texts are content, not names. */
const MAX_TEXT_LENGTH = 300;

function textOf(value: unknown): string | undefined {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.trim().slice(0, MAX_TEXT_LENGTH) : undefined;
}

/** The value at a path: `a.b` is the key `a.b`, or the key `b` inside `a`. */
function valueAt(holder: unknown, path: string): unknown {
  if (typeof holder !== 'object' || holder === null || holder instanceof JsonNumber)
    return undefined;
  if (Object.hasOwn(holder, path)) return (holder as Readonly<Record<string, unknown>>)[path];
  for (let at = path.indexOf('.'); at > 0; at = path.indexOf('.', at + 1)) {
    const head = path.slice(0, at);
    if (!Object.hasOwn(holder, head)) continue;
    const found = valueAt((holder as Readonly<Record<string, unknown>>)[head], path.slice(at + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function parseLine(text: string): unknown {
  try {
    return parseLosslessText(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Operations that are one call to a model. Spans around them sum the tokens of several calls. */
const CALLS = ['chat', 'text_completion', 'generate_content', 'embeddings'];

/** The model calls among the spans of one OTLP message; `undefined` if it is not one. */
function spansIn(value: object): Readonly<Record<string, string>>[] | undefined {
  const { resourceSpans } = value as { readonly resourceSpans?: unknown };
  if (!Array.isArray(resourceSpans)) return undefined;
  const spans = listsIn(resourceSpans, 'scopeSpans').flatMap((scope) => listsIn([scope], 'spans'));
  return spans.flatMap((span) => {
    const attributes = attributesOf(span);
    const operation = attributes.get('gen_ai.operation.name');
    const isCall = operation === undefined ? hasTokens(attributes) : CALLS.includes(operation);
    return isCall ? [toRecord(span, attributes)] : [];
  });
}

function listsIn(holders: readonly unknown[], name: string): unknown[] {
  return holders.flatMap((holder) => {
    const list = valueAt(holder, name);
    return Array.isArray(list) ? (list as unknown[]) : [];
  });
}

function hasTokens(attributes: ReadonlyMap<string, string>): boolean {
  return (
    attributes.has('gen_ai.usage.input_tokens') || attributes.has('gen_ai.usage.prompt_tokens')
  );
}

/** Only the attributes that are read. Others contain message texts. */
function attributesOf(span: unknown): Map<string, string> {
  return new Map(
    listsIn([span], 'attributes').flatMap((one) => {
      const key = textOf(valueAt(one, 'key'));
      const value = ['stringValue', 'intValue', 'doubleValue', 'boolValue']
        .map((name) => textOf(valueAt(one, `value.${name}`)))
        .find((text) => text !== undefined);
      return key !== undefined && value !== undefined && SPAN_KEYS.has(key) ? [[key, value]] : [];
    }),
  );
}

const SPAN_KEYS = new Set([
  'gen_ai.operation.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.provider.name',
  'gen_ai.system',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.prompt_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.completion_tokens',
  'gen_ai.usage.cache_read.input_tokens',
  'server.address',
  'error.type',
]);

function toRecord(span: unknown, attributes: ReadonlyMap<string, string>) {
  const get = (name: string) => textOf(valueAt(span, name));
  const first = (...names: readonly string[]) =>
    names.map((name) => attributes.get(name)).find((text) => text !== undefined);
  const code = get('status.code');
  const isError = code === '2' || code === 'STATUS_CODE_ERROR' || attributes.has('error.type');
  const fields: Readonly<Record<string, string | undefined>> = {
    time: get('startTimeUnixNano'),
    end_time: get('endTimeUnixNano'),
    request_id: get('spanId') === undefined ? undefined : `${get('traceId')} ${get('spanId')}`,
    trace_id: get('traceId'),
    model: first('gen_ai.request.model', 'gen_ai.response.model'),
    upstream: first('server.address'),
    provider: first('gen_ai.provider.name', 'gen_ai.system'),
    status: isError ? 'error' : 'ok',
    prompt_tokens: first('gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'),
    output_tokens: first('gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'),
    cached_tokens: first('gen_ai.usage.cache_read.input_tokens'),
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}
