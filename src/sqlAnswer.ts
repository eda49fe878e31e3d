/** The inside of a process for SQL: answers one question, batch by batch as they are asked for. */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { toldError } from './domain/toldError.ts';
import { openForQueries, type Queries } from './ledger/queries.ts';
import type { SqlQuestion, SqlWord } from './sqlSession.ts';

/**
 * A thread beside the statement, for SQLite does not stop by itself: it ends the process that holds
 * too much memory, or whose parent is gone.
 */
const WATCH = `
const { workerData: { mostBytes, parent } } = require('node:worker_threads');
setInterval(() => {
  if (process.memoryUsage.rss() > mostBytes || process.ppid !== parent) {
    process.kill(process.pid, 'SIGKILL');
  }
}, 50);`;

async function answer({ path, question, mostBytes }: SqlQuestion): Promise<void> {
  const watch = new Worker(WATCH, { eval: true, workerData: { mostBytes, parent: process.ppid } });
  watch.unref();
  let queries: Queries | undefined;
  try {
    queries = openForQueries(path);
    for (const batch of queries.ask(question)) {
      say({ batch });
      // The next one is asked for once this one is printed.
      await once(process, 'message');
    }
    say({ isOver: true });
  } catch (error) {
    say({ failed: toldError(error) });
  } finally {
    queries?.close();
    process.disconnect();
  }
}

function say(word: SqlWord): void {
  process.send?.(word);
}

process.once('message', (question) => void answer(question as SqlQuestion));
