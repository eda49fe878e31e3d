/**
 * A provider's API for tests, written from its official documentation. The seed chooses what that
 * leaves open, the same for the same request: page sizes, orders, errors, optional fields.
 */

import { type Random, seededRandom } from '../../src/platform/random.ts';
import { json, type Reply, type ReceivedRequest } from './httpServer.ts';

/** Choices for what the documentation leaves open. */
export interface SeededChoice extends Pick<Random, 'integer'> {
  oneOf<T>(first: T, ...others: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
}

export interface EmulatedRequest {
  readonly query: URLSearchParams;
  /** The JSON body. `undefined` for a request without one. */
  readonly sent?: unknown;
  /** The named segments of the route's path: `id` of `/v2/serverless/:id/workers`. */
  readonly named: Readonly<Record<string, string>>;
  readonly choose: SeededChoice;
}

export type EmulatedReply = { readonly status?: number; readonly body: unknown };

export interface EmulatedApi {
  /** Required authentication: one header with one value. All other requests get this status. */
  readonly auth: { readonly header: string; readonly value: string; readonly status: number };
  /** The body of an error, in the documented format. */
  errorBody(status: number, words: string): unknown;
  /** Paths with `:name` segments. */
  readonly routes: Readonly<Record<string, (asked: EmulatedRequest) => EmulatedReply>>;
  /** The documented reply to too many requests. Some requests get it on their first attempt. */
  readonly busy?: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
}

/** The API with the choices of one seed. */
export function emulateApi(api: EmulatedApi, seed: string): Reply {
  const tried = new Set<string>();
  return (response, request) => {
    const question = `${request.path}?${request.query.toString()}${request.body}`;
    const choose = choiceOf(`${seed} ${question}`);
    const isFirst = !tried.has(question);
    tried.add(question);
    const { status, body, headers } = answerTo(api, request, { choose, isFirst });
    json(body, status, headers)(response, request);
  };
}

function answerTo(
  api: EmulatedApi,
  request: ReceivedRequest,
  { choose, isFirst }: { choose: SeededChoice; isFirst: boolean },
) {
  const problem = (status: number, words: string, headers = {}) => ({
    status,
    body: api.errorBody(status, words),
    headers,
  });
  if (request.headers[api.auth.header] !== api.auth.value) {
    return problem(api.auth.status, 'the key is not known');
  }
  const { busy } = api;
  if (busy !== undefined && isFirst && choose.integer(1, 5) === 1) {
    return problem(busy.status, 'asked too often', busy.headers);
  }
  for (const [path, route] of Object.entries(api.routes)) {
    const named = matched(path, request.path);
    if (named === undefined) continue;
    const sent = request.body === '' ? {} : { sent: JSON.parse(request.body) as unknown };
    const { status = 200, body } = route({ query: request.query, ...sent, named, choose });
    return { status, body, headers: {} };
  }
  return problem(404, 'there is no such path');
}

function matched(path: string, requested: string): Record<string, string> | undefined {
  const [wanted, given] = [path, requested].map((one) => one.split('/'));
  if (wanted === undefined || given?.length !== wanted.length) return undefined;
  const named: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const value = given[at] ?? '';
    if (segment.startsWith(':')) named[segment.slice(1)] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return named;
}

function choiceOf(seed: string): SeededChoice {
  const random = seededRandom(seed);
  const integer = (low: number, high: number) => random.integer(low, high);
  return {
    integer,
    oneOf: (first, ...others) => [first, ...others][integer(0, others.length)] ?? first,
    shuffled(items) {
      const left = [...items];
      return items.map(() => left.splice(integer(0, left.length - 1), 1)[0]).filter(isThere);
    },
  };
}

function isThere<T>(item: T | undefined): item is T {
  return item !== undefined;
}

/**
 * One page of a list: at most `limit` rows and sometimes fewer, though more follow. `undefined` for
 * a cursor that this list never returned.
 */
export function pageOfList<T>(
  rows: readonly T[],
  { limit, cursor, name }: { limit: number; cursor: string | null; name: string },
  choose: SeededChoice,
): { readonly rows: readonly T[]; readonly next?: string } | undefined {
  const given = cursor === null ? `${name}:0` : Buffer.from(cursor, 'base64url').toString();
  const start = Number(/^(.*):(\d+)$/.exec(given)?.[2] ?? Number.NaN);
  if (!given.startsWith(`${name}:`) || Number.isNaN(start)) return undefined;
  const end = Math.min(rows.length, start + choose.integer(1, limit));
  const page = rows.slice(start, end);
  if (end >= rows.length) return { rows: page };
  return { rows: page, next: Buffer.from(`${name}:${end}`).toString('base64url') };
}
