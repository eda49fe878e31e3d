/** Whatever the clock does, views, audits and the newest facts agree, and the past is unchanged. */

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY_MS } from '../../src/domain/period.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { EVER, fetched, JULY_1, scratchFolder } from '../ledger/ledgerFixture.ts';
import { size } from '../support/size.ts';
import {
  factsOfFile,
  importHistories,
  readableFacts,
  importFacts,
  viewRows,
} from './importUndo.ts';

type Life = typeof importHistories extends fc.Arbitrary<infer L> ? L : never;

/** The clock at each step, in days from 1 July: it jumps arbitrarily. */
const clocks = fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 9, maxLength: 9 });

/** Dollars and tokens by the views, which ignore time, and by what an audit reads. */
async function sums(ledger: Ledger, asOfMs: number) {
  const total = async (sql: string) => Number((await ledger.query(sql)).rows[0]?.[0] ?? 0);
  const charges = await ledger.facts.charges(EVER, asOfMs);
  const [series] = [...(await ledger.facts.usage('chat-70b', EVER, asOfMs)).values()];
  const read = {
    nano: Number(charges.reduce((sum, { billed }) => sum + billed, 0n)),
    output: [...(series?.outputTokens ?? [])].reduce((sum, tokens) => sum + tokens, 0),
  };
  const view = {
    nano: await total('SELECT sum(spend_nano_usd) FROM spend_by_day'),
    output: await total('SELECT sum(output_tokens) FROM usage_by_day'),
  };
  return { read, view };
}

interface Living {
  readonly path: string;
  readonly life: Life;
  /** The clock at each step. */
  readonly days: readonly number[];
}

/** Pulls, imports and undos, each by a separate program; returns what is left at the end. */
async function live({ path, life: { files, steps }, days }: Living) {
  const clock = settableClock(JULY_1);
  const taken: number[] = [];
  const seen: { atMs: number; facts: string }[] = [];
  for (const [at, step] of steps.entries()) {
    clock.set(JULY_1 + (days[at] ?? 0) * DAY_MS);
    const ledger = await openLedger(path, { clock });
    if ('take' in step) {
      const which = step.take % files.length;
      const facts = factsOfFile(files[which] as (typeof files)[number]);
      if (at % 2 === 0) taken.push((await importFacts(ledger, facts, `file-${which}`)).fetchRef);
      else await ledger.facts.append(fetched(facts, { sourceId: 'import' }), clock.nowMs());
    } else {
      const ref = taken[step.undo % Math.max(1, taken.length)];
      // An undo that collides with what a later pull provided is refused, and changes nothing.
      if (ref !== undefined) await ledger.facts.undoImport(ref, clock.nowMs()).catch(refusal);
    }
    const atMs = await ledger.facts.asOfNow(clock.nowMs());
    const { read, view } = await sums(ledger, atMs);
    expect(read).toEqual(view);
    seen.push({ atMs, facts: await readableFacts(ledger, atMs) });
    await ledger.close();
  }
  const ledger = await openLedger(path, { clock });
  for (const { atMs, facts } of seen) expect(await readableFacts(ledger, atMs)).toBe(facts);
  const views = await viewRows(ledger);
  await ledger.close();
  expect(examineLedger(path).faults).toEqual([]);
  return { views, facts: seen.at(-1)?.facts };
}

function refusal(error: unknown): void {
  expect(error).toMatchObject({ name: 'Failure', code: 'refused' });
}

it('a clock that jumps changes neither what counts nor what counted', async () => {
  const folder = await scratchFolder();
  let id = 0;
  await fc.assert(
    fc.asyncProperty(importHistories, clocks, async (life, days) => {
      id += 1;
      const jumping = await live({ path: `${folder}/${id}-jumps.db`, life, days });
      const steady = days.map((_, at) => at);
      const calm = await live({ path: `${folder}/${id}-calm.db`, life, days: steady });
      expect(jumping).toEqual(calm);
    }),
    { numRuns: size({ short: 15, full: 300 }) },
  );
});
