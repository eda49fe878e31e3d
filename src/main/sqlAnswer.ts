/**
 * Runs one SQL statement of a user in its own process, which can be killed at any time, and sends
 * its rows batch by batch on request.
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { serializeError } from '../domain/failure.ts';
import { openForQueries, type SqlQueries } from '../ledger/queries.ts';
import type { SqlReply, SqlRequest } from './sqlSession.ts';

/**
 * Watchdog thread, because SQLite does not stop by itself. It kills the process if it uses too much
 * memory or its parent has exited.
 */
const WATCH = `
const { workerData: { mostBytes, parent } } = require('node:worker_threads');
setInterval(() => {
  if (process.memoryUsage.rss() > mostBytes || process.ppid !== parent) {
    process.kill(process.pid, 'SIGKILL');
  }
}, 50);`;

async function runStatement({ path, question, mostBytes }: SqlRequest): Promise<void> {
  const watch = new Worker(WATCH, { eval: true, workerData: { mostBytes, parent: process.ppid } });
  watch.unref();
  let queries: SqlQueries | undefined;
  try {
    queries = openForQueries(path);
    for (const batch of queries.batches(question)) {
      reply({ batch });
      // The parent requests the next batch after it has printed this one.
      await once(process, 'message');
    }
    reply({ isOver: true });
  } catch (error) {
    reply({ failed: serializeError(error) });
  } finally {
    queries?.close();
    process.disconnect();
  }
}

function reply(message: SqlReply): void {
  process.send?.(message);
}

process.once('message', (question) => void runStatement(question as SqlRequest));
