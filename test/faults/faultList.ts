/** The faults that every source and every channel is put through, from the socket to the digits. */

import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { HOUR_MS } from '../../src/domain/period.ts';
import { changeRecords, type Codec, findAll, findOne, hasNoRecords, JSON_CODEC } from './codecs.ts';
import { type CleanAnswer, type AnswerFault, untouched } from './faultServer.ts';

/** Where things are in an answer: places as in `codecs.ts`, or why there is no such place. */
export interface FaultPage {
  /** E.g. `the bill of pods`. */
  readonly name: string;
  readonly path: RegExp;
  /** How it is encoded, where it is not JSON. */
  readonly codec?: Codec;
  /**
   * Its records: a list, or an object with one member per record; the answer itself where it is
   * empty.
   */
  readonly list: string;
  /** An amount that becomes part of a fact. */
  readonly amount: Place;
  /** A field that a valid record must have. */
  readonly required: Place;
  /** An id or a name that becomes one in a fact. */
  readonly id: Place;
  /** A field with a closed set of values. */
  readonly choice: Place;
  /** Every time in it. */
  readonly times: readonly string[] | NoPlace;
  /** The marker of an answer that is not the last page. */
  readonly nextPage: object | NoPlace;
  /** Which record is changed, 0 for the first to 1 for the last; the middle one by default. */
  readonly share?: number;
  /** Faults that this answer alone cannot show, by name: why, and what shows them. */
  readonly blind?: Readonly<Record<string, string>>;
  /** Faults that change nothing that is read of this answer, by name: why. */
  readonly harmless?: Readonly<Record<string, string>>;
}

export interface NoPlace {
  readonly none: string;
}
type Place = string | NoPlace;

export function isNoPlace(place: unknown): place is NoPlace {
  return typeof place === 'object' && place !== null && 'none' in place;
}

/** One thing that can go wrong. */
export type Fault = {
  readonly name: string;
  /** Why the fault does not apply to this page; absent where it does. */
  readonly sparing?: (page: FaultPage) => string | undefined;
  /** The provider never answers: the pull gets a short timeout. */
  readonly isSlow?: boolean;
  /** Nothing listens on the port. */
  readonly isAway?: boolean;
  /** An answer with this fault can be read as if it had none. */
  readonly isBearable?: boolean;
} & (
  | { readonly at: 'socket'; readonly way: AnswerFault }
  | { readonly at: 'bytes'; readonly edit: (body: Buffer) => Buffer }
  /** Changes the parsed answer in place, or returns what replaces it. */
  | { readonly at: 'value'; readonly edit: (value: unknown, page: FaultPage) => unknown }
);

function status(code: number, body: string, headers: Record<string, string> = {}): Fault {
  const isHtml = body.startsWith('<');
  return {
    name: `status ${code}${isHtml ? ' with HTML' : ''}`,
    at: 'socket',
    way(response) {
      response.writeHead(code, {
        'content-type': isHtml ? 'text/html' : 'application/json',
        ...headers,
      });
      response.end(body);
    },
  };
}

const HTML = '<!DOCTYPE html><html><body>Just a moment...</body></html>';
const PROBLEM = '{"title":"Oops","detail":"something went wrong","message":"no"}';

/** Most answers are no plain text, but a scrape is. */
const otherType = ({ type }: CleanAnswer) =>
  type.startsWith('text/plain') ? 'application/octet-stream' : 'text/plain';

/** Sends bytes with compression. */
function packed(response: ServerResponse, type: string, body: Buffer): void {
  response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
  response.end(body);
}

const SOCKET: readonly Fault[] = [
  { name: 'nothing listens', at: 'socket', isAway: true, way: untouched },
  {
    name: 'connection reset',
    at: 'socket',
    way: (response) => void response.socket?.resetAndDestroy(),
  },
  { name: 'no answer', at: 'socket', isSlow: true, way: () => undefined },
  {
    name: 'half a body, then silence',
    at: 'socket',
    isSlow: true,
    way(response, { type, body }) {
      response.writeHead(200, { 'content-type': type, 'content-length': body.length });
      response.write(body.subarray(0, body.length / 2));
    },
  },
  {
    name: 'a slow drip',
    at: 'socket',
    isSlow: true,
    way(response, { type, body }) {
      response.writeHead(200, { 'content-type': type });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(body.subarray(sent, sent + 1));
        sent += 1;
      }, 20);
      response.on('close', () => clearInterval(timer));
    },
  },
  {
    name: 'half a body, then a closed connection',
    at: 'socket',
    way(response, { type, body }) {
      response.writeHead(200, { 'content-type': type, 'content-length': body.length });
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    },
  },
  status(400, PROBLEM),
  status(401, HTML),
  status(403, HTML),
  status(404, HTML),
  status(429, PROBLEM, { 'retry-after': '1' }),
  status(500, HTML),
  status(502, HTML),
  status(302, '', { location: 'http://127.0.0.1:1/elsewhere' }),
  { ...status(200, HTML), name: 'status 200 with HTML' },
  { ...status(200, '{"error":{"code":500,"message":"inside"}}'), name: 'an error in status 200' },
  {
    name: 'truncated compressed bytes',
    at: 'socket',
    way: (response, { type, body }) => {
      const whole = gzipSync(body);
      packed(response, type, whole.subarray(0, whole.length / 2));
    },
  },
  {
    name: 'plain bytes labeled as compressed',
    at: 'socket',
    way: (response, { type, body }) => packed(response, type, body),
  },
  {
    name: 'another content type',
    at: 'socket',
    isBearable: true,
    way: (response, answer) => untouched(response, { ...answer, type: otherType(answer) }),
  },
];

const BYTES: readonly Fault[] = [
  { name: 'an empty body', at: 'bytes', edit: () => Buffer.alloc(0) },
  {
    name: 'a truncated text',
    at: 'bytes',
    edit: (body) => body.subarray(0, Math.floor(body.length * 0.6)),
  },
  { name: 'bytes that are not text', at: 'bytes', edit: (body) => gzipSync(body) },
];

/** Skips a page without such a place; on the others puts another value there. */
function changed(
  name: string,
  where: 'amount' | 'required' | 'id' | 'choice',
  change: (at: { holder: Record<string, unknown>; name: string }) => void,
): Fault {
  return {
    name,
    at: 'value',
    sparing: ({ [where]: place }) => (typeof place === 'string' ? undefined : place.none),
    edit(value, { [where]: place, list, share }) {
      if (typeof place !== 'string') return value;
      const isBeyond = findAll(value, place).length === 0 && hasNoRecords(value, list);
      if (!isBeyond) change(findOne(value, place, share));
      return value;
    },
  };
}

const setTo =
  (make: (old: unknown) => unknown) =>
  ({ holder, name }: { holder: Record<string, unknown>; name: string }) =>
    void (holder[name] = make(holder[name]));

/** Written without quotes: JSON has no such number, but some writers emit it. */
export const BARE = 'bare:';

/** The same kind of value (text or number) with other digits. */
const digits = (text: string) => (old: unknown) =>
  typeof old === 'string' ? text : `${BARE}${text}`;

const UNIX_TIME = /^\d{10}$/;

function movedBy(old: unknown, ms: number): unknown {
  if (typeof old === 'number') return old + ms / 1000;
  if (UNIX_TIME.test(String(old))) return String(Number(old) + ms / 1000);
  return new Date(Date.parse(String(old)) + ms).toISOString().replace('.000Z', 'Z');
}

function shifted(name: string, ms: number): Fault {
  return {
    name,
    at: 'value',
    sparing: ({ times }) => ('none' in times ? times.none : undefined),
    edit(value, { times, list }) {
      for (const place of 'none' in times ? [] : times) {
        const all = findAll(value, place);
        if (all.length === 0 && !hasNoRecords(value, list)) throw new Error(`nothing at ${place}`);
        for (const { holder, name: key } of all) holder[key] = movedBy(holder[key], ms);
      }
      return value;
    },
  };
}

/** The same answer with other records. */
function replaced(
  value: unknown,
  list: string,
  change: (records: readonly unknown[]) => readonly unknown[],
): unknown {
  changeRecords(value, list, change);
  return value;
}

/** How many of so many records are left: half of them, rounded up for a list that continues. */
const firstHalf = (records: readonly unknown[], round: (half: number) => number) =>
  records.slice(0, round(records.length / 2));

const VALUES: readonly Fault[] = [
  { name: 'a list instead of the response', at: 'value', edit: (value) => [value] },
  { name: 'null instead of the response', at: 'value', edit: () => null },
  {
    name: 'an empty list',
    at: 'value',
    edit: (value, { list }) => replaced(value, list, () => []),
  },
  {
    name: 'half of the records',
    at: 'value',
    edit: (value, { list }) => replaced(value, list, (all) => firstHalf(all, Math.floor)),
  },
  {
    name: 'endless pages',
    at: 'value',
    sparing: ({ nextPage }) => (isNoPlace(nextPage) ? nextPage.none : undefined),
    edit(value, { list, nextPage }) {
      const half = replaced(value, list, (all) => firstHalf(all, Math.ceil));
      return { ...(half as object), ...nextPage };
    },
  },
  {
    name: 'every record twice',
    at: 'value',
    isBearable: true,
    edit: (value, { list }) => replaced(value, list, (all) => [...all, ...structuredClone(all)]),
  },
  {
    name: 'records in another order',
    at: 'value',
    isBearable: true,
    edit: (value, { list }) => replaced(value, list, (all) => all.toReversed()),
  },
  {
    name: 'a record that is a text',
    at: 'value',
    edit: (value, { list }) =>
      replaced(value, list, (all) => all.toSpliced(Math.floor(all.length / 2), 1, 'surprise')),
  },
  changed('NaN', 'amount', setTo(digits('NaN'))),
  changed('1e308', 'amount', setTo(digits('1e308'))),
  changed('a number of a thousand digits', 'amount', setTo(digits('9'.repeat(1000)))),
  changed(
    'a negative amount',
    'amount',
    setTo((old) => (typeof old === 'string' ? `-${old}` : `${BARE}-${String(old)}`)),
  ),
  changed(
    'a word instead of a number',
    'amount',
    setTo(() => 'plenty'),
  ),
  {
    ...changed(
      'the other spelling of a number',
      'amount',
      setTo((old) => (typeof old === 'string' ? `${BARE}${old}` : String(old))),
    ),
    isBearable: true,
  },
  changed(
    'null instead of a number',
    'amount',
    setTo(() => null),
  ),
  changed(
    'a list instead of a number',
    'amount',
    setTo((old) => [old]),
  ),
  changed('a missing field', 'required', ({ holder, name }) => void delete holder[name]),
  changed('a field with another name', 'required', ({ holder, name }) => {
    holder[`${name}New`] = holder[name];
    delete holder[name];
  }),
  changed(
    'an unknown choice',
    'choice',
    setTo(() => 'quantum'),
  ),
  changed(
    'an id of a million letters',
    'id',
    setTo(() => 'x'.repeat(1_000_000)),
  ),
  changed(
    'an id that is a number',
    'id',
    setTo(() => `${BARE}12345678901234567890`),
  ),
  changed(
    'an id with right-to-left characters',
    'id',
    setTo((old) => `${String(old)}\u202e\u0000`),
  ),
  changed(
    'an id with half a character',
    'id',
    setTo((old) => `${String(old)}\ud800`),
  ),
  shifted('a clock that is an hour ahead', HOUR_MS),
  shifted('a year other than requested', -365 * 24 * HOUR_MS),
  shifted('times of 2099', (2099 - 2026) * 365 * 24 * HOUR_MS),
];

export const FAULTS: readonly Fault[] = [...SOCKET, ...BYTES, ...VALUES];

/** What the fault leaves of an answer. `onDamage` is called for each that is not what it was. */
export function applyFault(fault: Fault, page: FaultPage, onDamage: () => void): AnswerFault {
  if (fault.at === 'socket') {
    const { way } = fault;
    return (response, answer) => {
      onDamage();
      way(response, answer);
    };
  }
  return (response, answer) => {
    const body = spoiled(fault, page, answer);
    if (body !== undefined) onDamage();
    untouched(response, { ...answer, body: body ?? answer.body });
  };
}

/** The body after the fault; `undefined` where it says the same as before. */
function spoiled(
  fault: Exclude<Fault, { at: 'socket' }>,
  page: FaultPage,
  { status: code, body }: CleanAnswer,
): Buffer | undefined {
  if (fault.at === 'bytes') {
    const edited = fault.edit(body);
    return edited.equals(body) ? undefined : edited;
  }
  // An error has no records to damage. The cursor of an endless page may lead to one.
  if (code >= 400) return undefined;
  const { parse, write } = page.codec ?? JSON_CODEC;
  const clean = parse(body.toString('utf8'));
  const before = JSON.stringify(clean);
  const value = fault.edit(clean, page);
  if (JSON.stringify(value) === before) return undefined;
  const isKept = typeof value === 'object' && value !== null && !Array.isArray(value);
  // A table or a text cannot be a list or null, but a server may answer with JSON.
  const text = (isKept ? write(value) : JSON.stringify(value)).replaceAll(
    new RegExp(`"${BARE}([^"]*)"`, 'g'),
    '$1',
  );
  // Only JSON has numbers without quotes.
  return Buffer.from(page.codec === undefined ? text : text.replaceAll(BARE, ''));
}
