/**
 * DigitalOcean's API v2 for tests, from its OpenAPI document: lists by page number, amounts as
 * texts, daily estimates until a month has its invoice. Not specified there, so chosen by seed: the
 * order of rows of a page, and whether the last day of estimates is included.
 */

import { DAY_MS, dayText } from '../../../src/domain/period.ts';
import {
  type EmulatedRequest,
  type EmulatedApi,
  emulateApi,
  type EmulatedReply,
} from '../../support/emulator.ts';
import type { Reply } from '../../support/httpServer.ts';

export const KEY = 'dop_v1_0123456789abcdef';
export const TEAM = '12345678-1234-1234-1234-123456789012';

export interface PlantedInvoice {
  readonly uuid: string;
  readonly id: string;
  /** `2026-06`. */
  readonly month: string;
  readonly issued: string;
  readonly items: readonly { readonly amount: string }[];
  readonly summary: object;
}

export interface PlantedTeam {
  readonly estimates: readonly { readonly start_date: string; readonly total_amount: string }[];
  readonly invoices: readonly PlantedInvoice[];
  readonly droplets: readonly object[];
  readonly sizes: readonly object[];
  /** The most rows of a page, below the number requested. */
  readonly longestPage?: number;
}

export function digitaloceanApi(planted: PlantedTeam, seed: string): Reply {
  return emulateApi(digitaloceanDocument(planted), seed);
}

export function digitaloceanDocument(planted: PlantedTeam): EmulatedApi {
  const { invoices, droplets, sizes, longestPage = 200 } = planted;
  const list = (name: string, rows: readonly object[]) => listOf(name, rows, longestPage);
  const my = '/v2/customers/my';
  return {
    auth: { header: 'authorization', value: `Bearer ${KEY}`, status: 401 },
    errorBody: (status, message) => ({ id: status === 404 ? 'not_found' : 'error', message }),
    busy: { status: 429, headers: { 'retry-after': '1' } },
    routes: {
      '/v2/sizes': list('sizes', sizes),
      '/v2/droplets': (asked) =>
        list('droplets', asked.query.get('type') === 'gpus' ? droplets : [])(asked),
      [`${my}/invoices`]: list('invoices', invoices.map(preview)),
      [`${my}/billing_history`]: list('billing_history', invoices.flatMap(entries)),
      [`${my}/invoices/:uuid`]: (asked) => {
        const one = invoices.find(({ uuid }) => uuid === asked.named['uuid']);
        return one === undefined ? NOT_FOUND : list('invoice_items', one.items)(asked);
      },
      [`${my}/invoices/:uuid/summary`]: ({ named }) => {
        const one = invoices.find(({ uuid }) => uuid === named['uuid']);
        return one === undefined ? NOT_FOUND : { body: one.summary };
      },
      [`/v2/billing/do:team:${TEAM}/insights/:from/:to`]: insightsOf(planted),
    },
  };
}

const NOT_FOUND = { status: 404, body: { id: 'not_found', message: 'no such invoice' } };

function preview({ uuid, id, month }: PlantedInvoice) {
  return { invoice_uuid: uuid, invoice_id: id, amount: '0.00', invoice_period: month };
}

function entries({ uuid, id, issued }: PlantedInvoice): object[] {
  const entry = { amount: '1.00', invoice_id: id, invoice_uuid: uuid, date: issued };
  return [
    { ...entry, description: 'Invoice', type: 'Invoice' },
    { description: 'Payment', amount: '-1.00', date: issued, type: 'Payment' },
  ];
}

function pageOf(rows: readonly object[], query: URLSearchParams, longest: number) {
  const [asked = 20, page = 1] = ['per_page', 'page'].map((name) => Number(query.get(name) ?? '1'));
  const size = Math.min(asked, longest);
  const start = (page - 1) * size;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  return { rows: rows.slice(start, start + size), page, pages };
}

function listOf(name: string, all: readonly object[], longest: number) {
  return ({ query, choose }: EmulatedRequest): EmulatedReply => {
    const { rows, page, pages } = pageOf(all, query, longest);
    const next = `https://api.digitalocean.com/v2/x?page=${page + 1}&per_page=${longest}`;
    const links = page < pages ? { pages: { next, last: next } } : {};
    return { body: { [name]: choose.shuffled(rows), links, meta: { total: all.length } } };
  };
}

function insightsOf({ estimates, longestPage = 200 }: PlantedTeam) {
  return ({ named, query, choose }: EmulatedRequest): EmulatedReply => {
    const [from = 0, to = 0] = ['from', 'to'].map((name) => Date.parse(named[name] ?? ''));
    if (!(to >= from) || to - from > 31 * DAY_MS) {
      return { status: 400, body: { id: 'bad_request', message: 'at most 31 days' } };
    }
    // The same on every page, so that only a list on one page varies.
    const isInclusive = longestPage >= 200 && choose.oneOf(true, false);
    const last = dayText(isInclusive ? to : to - DAY_MS);
    const result = estimates.filter(({ start_date: day }) => day >= dayText(from) && day <= last);
    const { rows, page, pages } = pageOf(result, query, longestPage);
    const counts = { total_items: result.length, total_pages: pages, current_page: page };
    return { body: { data_points: choose.shuffled(rows), ...counts } };
  };
}
