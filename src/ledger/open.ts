/** Opens a ledger: checks the file, upgrades its tables, and puts its four parts together. */

import { resolve } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { createAuditStore } from './audits.ts';
import {
  type Connection,
  connectForReading,
  connectForWriting,
  connectToCopy,
  connectToEmpty,
  requireLedger,
} from './connection.ts';
import { createDeliveryStore } from './deliveries.ts';
import { createFactStore } from './factStore.ts';
import type { Ledger } from './ledger.ts';
import { migrate, requireTables } from './migration.ts';
import { BUSY_TIMEOUT_MS, createQueries } from './queries.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import { createStore } from './store.ts';
import { createTransactions } from './transactions.ts';
import { createWorkLog } from './work.ts';

export interface OpenLedgerOptions {
  readonly clock: Clock;
  /**
   * `readonly` never creates or changes a ledger. `copy` writes to a private copy that is gone when
   * it is closed, `empty` to an empty ledger of the same kind.
   */
  readonly mode?: Mode;
  /** Fail if the ledger does not exist, instead of creating it. */
  readonly mustExist?: boolean;
  /** How long a write waits for another program before it fails with `ledger-locked`. */
  readonly busyTimeoutMs?: number;
  /** Write only while holding the write lock, and never after another worker took it. */
  readonly fenced?: boolean;
}

type Mode = 'readwrite' | 'readonly' | 'copy' | 'empty';

/**
 * Opens the ledger at a path and creates it if needed (not in `readonly` mode).
 *
 * @throws {Failure} `ledger-locked`, `ledger-readonly`, `ledger-corrupt`, `ledger-newer`,
 * `ledger-foreign`, `disk-full`, or `no-data` if there is nothing to read yet. Each message names
 * the file.
 */
export async function openLedger(
  ledgerPath: string,
  { clock, ...overrides }: OpenLedgerOptions,
): Promise<Ledger> {
  const options = { clock, ...DEFAULTS, ...overrides };
  const { mode, mustExist, busyTimeoutMs } = options;
  const path = resolve(ledgerPath);
  if (mustExist) requireLedger(path);
  const connection = CONNECT[mode](path, busyTimeoutMs);
  try {
    return withLedgerErrors(path, () => {
      prepareTables(connection, path, { mode, nowMs: clock.nowMs() });
      return createLedger(connection, path, options);
    });
  } catch (error) {
    connection.close();
    throw error;
  }
}

const CONNECT = {
  readwrite: connectForWriting,
  readonly: connectForReading,
  copy: connectToCopy,
  empty: connectToEmpty,
} as const;

const DEFAULTS = {
  mode: 'readwrite',
  mustExist: false,
  busyTimeoutMs: BUSY_TIMEOUT_MS,
  fenced: false,
} as const;

function prepareTables(
  { db }: Connection,
  path: string,
  { mode, nowMs }: { mode: Mode; nowMs: number },
): void {
  if (mode !== 'readonly') return migrate(db, path, nowMs);
  requireTables(db, path);
}

function createLedger(
  connection: Connection,
  path: string,
  options: Required<OpenLedgerOptions>,
): Ledger {
  const isPrivateCopy = options.mode === 'copy' || options.mode === 'empty';
  const store = createStore(path, connection.db, {
    isReadOnly: options.mode === 'readonly',
    isPrivateCopy,
    ...(options.fenced ? { fence: { token: undefined } } : {}),
  });
  const transactions = createTransactions(store);
  const queries = createQueries(path, () =>
    isPrivateCopy
      ? { ...connection, close: () => undefined }
      : connectForReading(connection.openPath, options.busyTimeoutMs),
  );
  return {
    facts: createFactStore(store, transactions, options.clock),
    audits: createAuditStore(store, transactions),
    deliveries: createDeliveryStore(store, transactions),
    work: createWorkLog(store, transactions),
    query: queries.query,
    views: queries.views,
    async close() {
      queries.close();
      connection.close();
    },
  };
}
