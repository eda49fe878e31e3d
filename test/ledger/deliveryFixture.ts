/** A report small enough to freeze in a test, and a ledger with its audit. */

import type { DeliveryAddress } from '../../src/domain/delivery.ts';
import type { ReportToFreeze } from '../../src/domain/edition.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { auditRecord } from './auditFixture.ts';
import { scratchLedger } from './ledgerFixture.ts';

export const QUARTER = '2026-Q3';
/** 2026-10-07T05:00:00Z. */
export const FROZEN_AT = Date.UTC(2026, 9, 7, 5);

export const CFO: DeliveryAddress = {
  channel: 'mail',
  recipient: 'cfo@example.com',
  role: 'leader',
};
export const OWNER: DeliveryAddress = {
  channel: 'mail',
  recipient: 'owner@example.com',
  role: 'owner',
  deployment: 'chat-70b',
};

const encode = (text: string) => new TextEncoder().encode(text);

export function reportToFreeze(overrides: Partial<ReportToFreeze> = {}): ReportToFreeze {
  const letter = { text: 'Delete 2 of 4.\n', html: '<p>Delete 2 of 4.</p>', pictures: [] };
  return {
    quarter: QUARTER,
    number: 1,
    runId: 'run-1',
    subject: 'Rent check Q3 2026: delete 2 of 4',
    headline: 'Delete 2 of 4.',
    letters: [
      { ...letter, role: 'leader', subject: 'To a leader', attachments: ['report.json'] },
      { ...letter, role: 'owner', deployment: 'chat-70b', subject: 'To an owner', attachments: [] },
    ],
    brief: { title: 'Q3 2026', headline: 'Delete 2 of 4.', figures: [], steps: [] },
    files: [
      { name: 'report.html', contentType: 'text/html', bytes: encode('<p>Delete 2 of 4.</p>') },
      { name: 'report.json', contentType: 'application/json', bytes: encode('{"a":1}') },
    ],
    ...overrides,
  };
}

/** A ledger with audits of a whole quarter: `run-1`, `run-2`, and so on. */
export async function auditedLedger(runs = 1) {
  const scratch = await scratchLedger();
  for (let run = 1; run <= runs; run += 1) await saveRun(scratch.ledger, run);
  return scratch;
}

function saveRun(ledger: Ledger, run: number) {
  return ledger.audits.save(auditRecord({ runId: `run-${run}`, quarter: QUARTER, partial: false }));
}

/** A ledger with the first edition and one planned message to the CFO. */
export async function plannedLedger(addresses: readonly DeliveryAddress[] = [CFO]) {
  const scratch = await auditedLedger(2);
  await scratch.ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
  await scratch.ledger.deliveries.plan('2026-Q3.1', addresses, FROZEN_AT);
  return scratch;
}
