/** How the lines of an access log become records of a few named fields, and no more of them. */

import { JsonNumber, parseLosslessText } from '../../platform/json.ts';
import { LOG_FIELDS, type LogField, type LogMapping, labelCell } from '../../domain/logMapping.ts';
import type { RowReader } from './csvReader.ts';
import type { Cutter } from './jsonReader.ts';
import type { Line } from './lines.ts';
import { type BrokenLine, excerptText, isBroken, type Row } from './row.ts';

/** Where logs have a field, unless a mapping says otherwise; the first that is told counts. */
const USUAL: Readonly<Record<LogField, readonly string[]>> = {
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

/** Beside the request, or in what is kept of its answer. */
function tokens(...names: readonly string[]): string[] {
  const inside = ['usage.', 'response.usage.', 'response.body.usage.', 'response_body.usage.', ''];
  return names.flatMap((name) => inside.map((path) => `${path}${name}`));
}

/** What Anthropic's API tells beside `input_tokens`, which there is without it. */
export const CACHE_PARTS = ['cache_read_input_tokens', 'cache_creation_input_tokens'] as const;

/** A request of a log: what is read of it, and nothing else. */
export class LogRow implements Row {
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

  /** All that is kept of the request. */
  kept(): string {
    return JSON.stringify(Object.fromEntries(this.#cells));
  }
}

/** A log in JSON: one object a line, or an array; also OTLP, of which a line has many spans. */
export class LogReader implements RowReader {
  readonly #lines: Cutter;
  readonly #mapping: LogMapping | undefined;

  constructor(lines: Cutter, mapping: LogMapping | undefined) {
    this.#lines = lines;
    this.#mapping = mapping;
  }

  push(bytes: Uint8Array): (Row | BrokenLine)[] {
    return this.#lines.push(bytes).flatMap((line) => this.#rows(line));
  }

  end(): (Row | BrokenLine)[] {
    return this.#lines.end().flatMap((line) => this.#rows(line));
  }

  ignoredColumns(): readonly string[] {
    return [];
  }

  /** Of a line that cannot be read no letter is handed on: it may be somebody's words. */
  #rows({ number: line, text, problem }: Line): (Row | BrokenLine)[] {
    if (problem !== undefined) return [{ line, problem, text: '' }];
    if (text.trim() === '') return [];
    const value = parsed(text);
    if (typeof value !== 'object' || value === null) {
      return [{ line, problem: 'not a JSON object; write each request as one', text: '' }];
    }
    const spans = spansIn(value);
    if (spans === undefined) return [rowOf(line, value, this.#mapping)];
    return spans.map((span) => rowOf(line, span, this.#mapping));
  }
}

/** The rows of a CSV log, without what is not read of them. */
export class LogCells implements RowReader {
  readonly #rows: RowReader;
  readonly #mapping: LogMapping | undefined;

  constructor(rows: RowReader, mapping: LogMapping | undefined) {
    this.#rows = rows;
    this.#mapping = mapping;
  }

  push(bytes: Uint8Array): (Row | BrokenLine)[] {
    return this.#rows.push(bytes).map((row) => this.#kept(row));
  }

  end(): (Row | BrokenLine)[] {
    return this.#rows.end().map((row) => this.#kept(row));
  }

  ignoredColumns(): readonly string[] {
    return [];
  }

  #kept(row: Row | BrokenLine): Row | BrokenLine {
    if (isBroken(row)) return { ...row, text: '' };
    const told = (path: string) => row.cell(path) || undefined;
    return new LogRow(row.line, cellsOf(told, this.#mapping));
  }
}

/** All paths that may stand for a field. */
export function pathsOf(field: LogField, mapping: LogMapping | undefined): readonly string[] {
  const own = mapping?.fields[field];
  return own === undefined ? USUAL[field] : [own];
}

function rowOf(line: number, record: object, mapping: LogMapping | undefined): LogRow {
  return new LogRow(
    line,
    cellsOf((path) => textOf(valueAt(record, path)), mapping),
  );
}

function cellsOf(
  told: (path: string) => string | undefined,
  mapping: LogMapping | undefined,
): Map<string, string> {
  const cells = new Map<string, string>();
  for (const label of mapping?.labels ?? []) cells.set(labelCell(label), told(label) ?? '');
  for (const field of LOG_FIELDS) {
    for (const path of pathsOf(field, mapping)) {
      const text = told(path);
      if (text === undefined || text === '') continue;
      cells.set(field, text);
      if (isAnthropics(field, path, mapping)) {
        for (const part of CACHE_PARTS) {
          const beside = told(path.replace(/input_tokens$/, part));
          if (beside !== undefined && beside !== '') cells.set(part, beside);
        }
      }
      break;
    }
  }
  return cells;
}

/** A mapping says what the whole prompt is. */
function isAnthropics(field: LogField, path: string, mapping: LogMapping | undefined): boolean {
  const isTheirs = field === 'prompt_tokens' && /(?:^|\.)input_tokens$/.test(path);
  return isTheirs && mapping?.fields.prompt_tokens === undefined;
}

/** Longer ones are words, not names. */
const LONGEST = 300;

function textOf(value: unknown): string | undefined {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.trim().slice(0, LONGEST) : undefined;
}

/** `a.b` is the key `a.b`, or `b` inside of `a`. */
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

function parsed(text: string): unknown {
  try {
    return parseLosslessText(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Operations that are one call to a model; those around them sum the tokens of several. */
const CALLS = ['chat', 'text_completion', 'generate_content', 'embeddings'];

/** The calls to models among the spans of one OTLP message; `undefined` where it is none. */
function spansIn(value: object): Readonly<Record<string, string>>[] | undefined {
  const { resourceSpans } = value as { readonly resourceSpans?: unknown };
  if (!Array.isArray(resourceSpans)) return undefined;
  const spans = listsIn(resourceSpans, 'scopeSpans').flatMap((scope) => listsIn([scope], 'spans'));
  return spans.flatMap((span) => {
    const attributes = attributesOf(span);
    const operation = attributes.get('gen_ai.operation.name');
    const isCall = operation === undefined ? hasTokens(attributes) : CALLS.includes(operation);
    return isCall ? [recordOf(span, attributes)] : [];
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

/** Only of attributes that are read: others hold what was said. */
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

function recordOf(span: unknown, attributes: ReadonlyMap<string, string>) {
  const told = (name: string) => textOf(valueAt(span, name));
  const first = (...names: readonly string[]) =>
    names.map((name) => attributes.get(name)).find((text) => text !== undefined);
  const code = told('status.code');
  const isError = code === '2' || code === 'STATUS_CODE_ERROR' || attributes.has('error.type');
  const fields: Readonly<Record<string, string | undefined>> = {
    time: told('startTimeUnixNano'),
    end_time: told('endTimeUnixNano'),
    request_id: told('spanId') === undefined ? undefined : `${told('traceId')} ${told('spanId')}`,
    trace_id: told('traceId'),
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
