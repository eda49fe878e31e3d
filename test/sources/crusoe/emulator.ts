/**
 * Crusoe's API v1 for tests, from its Go client: signed requests, costs of all days in one answer,
 * usage by day, VMs by page token. Not specified there, so chosen by seed: the order of rows, how a
 * day is written, whether a number is in quotes, whether a line is split by price, whether a cost
 * of zero is listed, page sizes, and whether the last requested day is included.
 */

import { createHmac } from 'node:crypto';
import { DAY_MS, dayText } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type SeededChoice,
  type EmulatedApi,
  emulateApi,
  pageOfList,
  type EmulatedReply,
} from '../../support/emulator.ts';
import { json, type Reply, type ReceivedRequest } from '../../support/httpServer.ts';

export const KEY_ID = 'crusoe-key-id-0123456789';
export const SECRET_KEY = 'c2VjcmV0LWtleS1vZi1hLXRlc3QtMDEyMzQ1Njc4OQ';
export const ORGANIZATION = '0a1b2c3d-0000-4000-8000-00000000000f';

/** One line of one day; millionths of a dollar, `undefined` where a reservation pays. */
export interface PlantedLine {
  readonly dayMs: number;
  readonly project: string;
  readonly region: string;
  readonly type: string;
  readonly metric: string;
  readonly quantity: number;
  readonly microUsd?: number;
  readonly reservation?: string;
}

export interface PlantedOrganization {
  readonly lines: readonly PlantedLine[];
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  readonly types: readonly object[];
  readonly vms: readonly { readonly project_id: string }[];
  readonly lastUpdated?: string;
}

/** The organization as one seed answers it, for any request signed with the secret key. */
export function crusoeApi(planted: PlantedOrganization, seed: string): Reply {
  return signedOnly(emulateApi(crusoeDocument(planted), seed));
}

/** Answers only requests that are signed as the client's own code signs them. */
export function signedOnly(reply: Reply): Reply {
  return (response, request) => {
    if (isSigned(request)) reply(response, request);
    else json({ code: 'unauthorized', message: 'bad credential' }, 401)(response, request);
  };
}

function isSigned({ path, query, headers }: ReceivedRequest): boolean {
  const time = String(headers['x-crusoe-timestamp']);
  const [version, , signature] = String(headers.authorization).replace('Bearer ', '').split(':');
  const names = [...new Set(query.keys())].toSorted();
  const pairs = names.flatMap((name) =>
    query.getAll(name).map((value) => new URLSearchParams({ [name]: value }).toString()),
  );
  const message = [path, pairs.join('&'), 'GET', time, ''].join('\n');
  const key = Buffer.from(SECRET_KEY, 'base64');
  const right = createHmac('sha256', key).update(message).digest('base64url');
  return version === '1.0' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) && signature === right;
}

/** The organization's answers, by the client's code. */
export function crusoeDocument(planted: PlantedOrganization): EmulatedApi {
  const organization = `/organizations/${ORGANIZATION}`;
  return {
    // Signatures are checked before.
    auth: { header: 'accept', value: 'application/json', status: 401 },
    errorBody: (_status, message) => ({ code: 'bad_request', message, error_id: 'e1' }),
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/organizations/projects': ({ query, choose }) => ({
        body: {
          items: query.get('org_id') === ORGANIZATION ? choose.shuffled(planted.projects) : [],
        },
      }),
      '/projects/:project/compute/vms/types': ({ choose }) => ({
        body: { items: choose.shuffled(planted.types) },
      }),
      '/projects/:project/compute/vms/instances': vmsOf(planted),
      [`${organization}/usage`]: usageOf(planted),
      [`${organization}/billing/costs`]: costsOf(planted),
    },
  };
}

function vmsOf({ vms }: PlantedOrganization) {
  return ({ named, query, choose }: EmulatedRequest): EmulatedReply => {
    const own = vms.filter(({ project_id }) => project_id === named['project']);
    const options = { limit: 2, cursor: query.get('next_token'), name: 'vms' };
    const page = pageOfList(own, options, choose);
    if (page === undefined) return { status: 400, body: { code: 'bad_token', message: 'no' } };
    const end = choose.oneOf<object>({}, { next_page_token: '' });
    return { body: { items: page.rows, ...(page.next ? { next_page_token: page.next } : end) } };
  };
}

function rowOf(line: PlantedLine, choose: SeededChoice) {
  const day = dayText(line.dayMs);
  return {
    date: choose.oneOf(day, `${day}T00:00:00Z`),
    project_id: line.project,
    region: line.region,
    resource_type: line.type,
    billable_metric: line.metric,
  };
}

function usageOf({ lines }: PlantedOrganization) {
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const [from, to] = ['start_date', 'end_date'].map((name) => Date.parse(query.get(name) ?? ''));
    if (from === undefined || to === undefined || !(from <= to)) {
      return { status: 400, body: { code: 'bad_request', message: 'invalid dates' } };
    }
    const endMs = to + choose.oneOf(0, DAY_MS);
    const asked = lines.filter(({ dayMs }) => dayMs >= from && dayMs < endMs);
    const items = choose.shuffled(asked).map((line) => ({
      ...rowOf(line, choose),
      quantity: line.quantity,
      ...(line.reservation === undefined
        ? choose.oneOf<object>({}, { reservation_id: '' })
        : { reservation_id: line.reservation }),
    }));
    return { body: { items } };
  };
}

function costsOf({ lines, lastUpdated }: PlantedOrganization) {
  return ({ choose }: EmulatedRequest): EmulatedReply => {
    const data = choose.shuffled(lines).flatMap((line) => costRows(line, choose));
    return { body: { data, ...(lastUpdated === undefined ? {} : { last_updated: lastUpdated }) } };
  };
}

/** A line as one row, or as two with different prices. */
function costRows(line: PlantedLine, choose: SeededChoice): object[] {
  const { quantity, microUsd } = line;
  const spelled = (value: number) => choose.oneOf<number | string>(value, String(value));
  if (microUsd === undefined) return [{ ...rowOf(line, choose), quantity: spelled(quantity) }];
  const parts = choose.oneOf([microUsd], [microUsd - 1, 1]);
  return parts.map((micro, at) => ({
    ...rowOf(line, choose),
    quantity: spelled(at === 0 ? quantity : 0),
    unit_price: spelled(at === 0 ? micro / 1e6 / quantity : 0),
    cost: spelled(micro / 1e6),
  }));
}
