/**
 * Tests which messages are overdue: those that should have gone out and have no delivery under way.
 */

import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/domain/delivery.ts';
import { findAbandonedDeliveries } from '../../src/calendar/backlog.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';

const NOW = Date.UTC(2026, 9, 20, 0, 50);

function letter(change: Partial<Delivery>): Delivery {
  return {
    id: '2026-Q3.2-1',
    edition: '2026-Q3.2',
    channel: 'mail',
    recipient: 'cfo@example.com',
    role: 'leader',
    state: 'waiting',
    tries: 0,
    plannedAtMs: NOW - DAY_MS,
    changedAtMs: NOW - DAY_MS,
    ...change,
  };
}

const ORDER = {
  name: 'deliver',
  payload: { edition: '2026-Q3.2', to: 'cfo@example.com' },
  id: 'owed/2026-10-20/deliver/2026-Q3.2/cfo@example.com',
};

describe('a message is overdue', () => {
  it.each([
    ['waits', {}],
    ['should have been tried again', { state: 'deferred', nextTryAtMs: NOW - 7 * HOUR_MS }],
    ['was taken by a worker that died', { state: 'claimed', leaseUntilMs: NOW - 7 * HOUR_MS }],
    ['was being handed over', { state: 'handing', leaseUntilMs: NOW - 7 * HOUR_MS }],
  ] as const)('to its reader only, where it %s and no delivery followed', (_, change) => {
    expect(findAbandonedDeliveries([letter(change)], NOW)).toEqual([ORDER]);
  });

  it('once, however many messages a reader is to get', () => {
    const owner = letter({ id: '2026-Q3.2-2', role: 'owner', deployment: 'chat-70b' });
    expect(findAbandonedDeliveries([letter({}), owner], NOW)).toEqual([ORDER]);
  });

  it.each([
    ['is on its way', { changedAtMs: NOW - HOUR_MS }],
    ['is put off until later', { state: 'deferred', nextTryAtMs: NOW + HOUR_MS }],
    ['is in hand', { state: 'handing', leaseUntilMs: NOW + HOUR_MS }],
    ['is sent', { state: 'sent', sentAtMs: NOW - DAY_MS }],
    ['was refused', { state: 'refused' }],
    ['was given up', { state: 'failed' }],
    ['is in doubt', { state: 'ambiguous' }],
    ['is of a report that the next one has replaced', { changedAtMs: NOW - 100 * DAY_MS }],
  ] as const)('no longer where it %s', (_, change) => {
    expect(findAbandonedDeliveries([letter(change)], NOW)).toEqual([]);
  });
});
