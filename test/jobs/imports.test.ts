/** What an import and an undo report: every row with its reason, every change with its amounts. */

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApp } from '../../src/main/app.ts';
import {
  renderImportLines,
  renderImportNotes,
  renderImportSummary,
  renderUndoNotes,
  renderUndoSummary,
} from '../../src/cli/importText.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { JobContext, JobResult } from '../../src/jobs/job.ts';
import { importJob } from '../../src/jobs/importFile.ts';
import type { IMPORT_KINDS } from '../../src/jobs/importKinds.ts';
import { undoImportJob } from '../../src/jobs/undoImport.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { filesIn, folderWith } from '../support/cli.ts';

const NOW = Date.UTC(2026, 9, 5);
const CONFIG = `
sources: { acme: { kind: import } }
deployments:
  chat-70b:
    model: m/m
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: import, match: { id: "pod-*" } }]
`;

async function stage() {
  const folder = await folderWith({ 'rentcheck.yaml': CONFIG });
  const clock = settableClock(NOW);
  const surroundings = { clock, env: {}, readonly: false, progress: () => undefined };
  const app = await openApp(join(folder, 'rentcheck.yaml'), surroundings);
  const { context } = app;
  onTestFinished(() => app.close());
  return {
    context,
    folder,
    ledger: context.ledger,
    take: async (kind: (typeof IMPORT_KINDS)[number], name: string, lines: readonly string[]) => {
      clock.set(clock.nowMs() + 1_000);
      await filesIn(folder, { [name]: `${lines.join('\n')}\n` });
      const path = join(folder, name);
      return done(await importJob.run(context, { kind, path, source: 'import', format: 'auto' }));
    },
    undo: async (fetch: number) => {
      clock.set(clock.nowMs() + 1_000);
      return done(await undoImportJob.run(context, { fetch }));
    },
    spend: async () => {
      const { rows } = await context.ledger.query('SELECT sum(spend_nano_usd) FROM spend_by_day');
      return Number(rows[0]?.[0] ?? 0) / 1e9;
    },
  };
}

function done<Result>(answer: JobResult<Result>): Result {
  if (answer.kind !== 'done') throw new Error(answer.reason);
  return answer.result;
}

const BILL = 'id,resource_id,category,start,end,billed_cost,currency';
const invoice = (month: number, cost = 3_333.34) => {
  const [from, to] = [`2026-0${month}-01`, `2026-${String(month + 1).padStart(2, '0')}-01`];
  return [BILL, ...[1, 2, 3].map((n) => `${n},pod-${n},compute,${from},${to},${cost},USD`)];
};

describe('three invoices whose rows are all numbered 1, 2, 3', () => {
  it('do not replace one another: the later ones are refused row by row', async () => {
    const { take, spend } = await stage();
    await take('charges', 'july.csv', invoice(7));
    const august = await take('charges', 'august.csv', invoice(8));
    const september = await take('charges', 'september.csv', invoice(9));
    for (const { added, restated, rejected, rejects } of [august, september]) {
      expect({ added, restated, rejected }).toEqual({ added: 0, restated: 0, rejected: 3 });
      expect(rejects.map(({ line }) => line)).toEqual([2, 3, 4]);
    }
    expect(renderImportLines(august)[0]).toBe(
      'august.csv:2: the id "1" is already used for "pod-1" from 2026-07-01T00:00:00Z to ' +
        '2026-08-01T00:00:00Z (line 2 of july.csv, fetch 1); expected the same resource and ' +
        'period; give each line its own id, or import the file with another --source; if ' +
        'this line corrects it, first run: rentcheck import --undo 1',
    );
    expect(await spend()).toBe(10_000.02);
  });

  it('add up once each row has its own id', async () => {
    const { take, spend } = await stage();
    for (const month of [7, 8, 9]) {
      const own = invoice(month).map((row, at) => (at === 0 ? row : `2026-0${month}-${row}`));
      expect(await take('charges', `${month}.csv`, own)).toMatchObject({ added: 3, rejected: 0 });
    }
    expect(await spend()).toBe(30_000.06);
  });
});

describe('a file that restates charges', () => {
  it('lists each with its old and new amount and place, and their sums', async () => {
    const { take } = await stage();
    await take('charges', 'july.csv', invoice(7, 10_000));
    const result = await take('charges', 'mended.csv', invoice(7, 10));
    expect(result).toMatchObject({
      restated: 3,
      restatementsNotListed: 0,
      restatedUsd: { was: '30000.000000', now: '30.000000' },
    });
    expect(result.restatements[2]).toMatchObject({
      line: 4,
      fact: 'charge',
      earlier: { fetch: 1, file: 'july.csv', line: 4 },
      changes: [{ column: 'billed_cost', was: '10000.00', now: '10.00' }],
    });
    expect(renderImportLines(result)[0]).toBe(
      'mended.csv:2: restates charge (id 1, resource_id pod-1, ' +
        'start 2026-07-01T00:00:00Z, end 2026-08-01T00:00:00Z): billed_cost from 10000.00 ' +
        'to 10.00; earlier value: line 2 of july.csv (fetch 1)',
    );
    expect(renderImportNotes(result, [])).toEqual([
      'Restated charges changed from $30,000.00 to $30.00. To undo this import: ' +
        'rentcheck import --undo 2',
    ]);
  });
});

describe('a file with known charges', () => {
  const bare = BILL.slice('id,'.length);
  const same = 'pod-9,compute,2026-07-01,2026-07-02,40.00,USD';

  it('says how many charges and dollars count once, and their source', async () => {
    const { take, spend } = await stage();
    await take('charges', 'a.csv', [bare, same, same]);
    const result = await take('charges', 'b.csv', [bare, same, same, same]);
    expect(result).toMatchObject({ added: 1, unchanged: 2 });
    expect(result.known).toEqual([{ fetch: 1, file: 'a.csv', rows: 2, usd: '80.000000' }]);
    expect(renderImportNotes(result, [])).toEqual([
      '2 charges ($80.00) were already imported from a.csv (fetch 1). They are counted once. ' +
        'If they are not the same, give each row its own ID, or import the file with another ' +
        '--source.',
    ]);
    expect(await spend()).toBe(120);
  });

  it('that is the same file says only that', async () => {
    const { take } = await stage();
    await take('charges', 'a.csv', [bare, same]);
    const again = await take('charges', 'copy.csv', [bare, same]);
    expect(renderImportSummary(again)).toBe(
      'copy.csv: 1 row, 0 new, 0 restated, 1 unchanged (fetch 2, same file as fetch 1)',
    );
    expect(renderImportNotes(again, [])).toEqual([]);
  });
});

describe('rejected rows', () => {
  it('have their line and reason, whether the reader or the ledger refused them', async () => {
    const { take } = await stage();
    const usage = 'deployment,start,end,prompt_tokens,output_tokens';
    const row = (from: string, to: string, tokens = '1') =>
      `chat-70b,2026-07-01T${from}Z,2026-07-01T${to}Z,${tokens},1`;
    await take('usage', 'u.csv', [usage, row('00:00:00', '01:00:00')]);
    const result = await take('usage', 'v.csv', [
      usage,
      row('00:30:00', '01:30:00'),
      row('02:00:00', '03:00:00', 'many'),
      row('03:00:00', '04:00:00'),
    ]);
    expect(result).toMatchObject({ added: 1, rejected: 2, rejectsNotListed: 0 });
    expect(result.rejects).toEqual([
      {
        line: 2,
        reason: expect.stringContaining('overlaps known usage from 2026-07-01T00:00:00Z'),
      },
      { line: 3, reason: expect.stringContaining('prompt_tokens is "many"') },
    ]);
  });

  it('are listed up to twenty; the rest is counted', async () => {
    const { take } = await stage();
    const rows = Array.from({ length: 50 }, () => 'nothing');
    const result = await take('ops', 'o.csv', ['date,hours', ...rows]);
    expect(result).toMatchObject({ rejected: 50, rejectsNotListed: 30 });
    expect(result.rejects).toHaveLength(20);
    expect(renderImportLines(result).at(-1)).toBe(
      '30 more rejected rows; list the first 1,000 with: rentcheck sql "SELECT * FROM reject"',
    );
  });
});

describe('names that rentcheck.yaml does not know', () => {
  it('are listed with their rows and the nearest name', async () => {
    const { take } = await stage();
    const usage = 'deployment,start,end,prompt_tokens,output_tokens';
    const rows = ['00', '01'].map(
      (at) => `chat-7b,2026-07-01T${at}:00:00Z,2026-07-01T${at}:30:00Z,1,1`,
    );
    const result = await take('usage', 'u.csv', [usage, ...rows]);
    expect(result.undeclared).toEqual([{ fact: 'usage', deployment: 'chat-7b', rows: 2 }]);
    expect(renderImportNotes(result, ['chat-70b'])).toEqual([
      'rentcheck.yaml has no deployment "chat-7b", so 2 rows of usage are not counted. ' +
        'Did you mean "chat-70b"?',
    ]);
  });

  it('are listed up to ten, however many the file has', async () => {
    const { take } = await stage();
    const rows = Array.from({ length: 25 }, (_, n) => `2026-07-01,team-${n},1`);
    const result = await take('ops', 'o.csv', ['date,deployment,hours', ...rows]);
    expect(result).toMatchObject({ added: 25, undeclaredRowsNotListed: 15 });
    expect(renderImportNotes(result, []).at(-1)).toBe(
      '15 more rows name other deployments that are not configured.',
    );
  });

  it('and a price that starts later is listed with its date', async () => {
    const { take } = await stage();
    const prices = 'host,model,valid_from,input_usd_per_mtok,output_usd_per_mtok';
    const result = await take('prices', 'p.csv', [prices, 'h,m,2026-12-01,0.1,0.2']);
    expect(result.notYetInForce).toEqual({ rows: 1, latest: '2026-12-01T00:00:00Z' });
  });
});

describe('an import that is undone', () => {
  it('says what it removed, in dollars, and how to restore it', async () => {
    const { take, undo, spend } = await stage();
    await take('charges', 'july.csv', invoice(7, 100));
    await take('charges', 'wrong.csv', [
      ...invoice(7, 1),
      '4,pod-4,compute,2026-07-01,2026-07-02,5,USD',
    ]);
    expect(await spend()).toBe(8);
    const result = await undo(2);
    expect(renderUndoSummary(result)).toBe(
      'wrong.csv (fetch 2) no longer counts: 1 withdrawn, 3 restored; charges changed from ' +
        '$8.00 to $300.00 (fetch 3)',
    );
    expect(renderUndoNotes(result)).toEqual(['To reverse this undo: rentcheck import --undo 3']);
    expect(await spend()).toBe(300);
    expect(renderUndoSummary(await undo(2))).toBe(
      'Fetch 2 was already undone by fetch 3. Nothing changed.',
    );
    expect(renderUndoSummary(await undo(3))).toContain(
      'wrong.csv (fetch 2) counts again: 0 withdrawn, 4',
    );
    expect(await spend()).toBe(8);
  });
});

describe('a file that breaks off while it is read', () => {
  const HEADER = 'id,resource_id,category,start,end,billed_cost,currency';
  const HOUR = '2026-07-01T00:00:00Z,2026-07-01T01:00:00Z';

  it('counts not at all, says so in its fetch, and comes in whole the next time', async () => {
    const { context, folder, take, spend } = await stage();
    const rows = Array.from({ length: 6_000 }, (_, i) => `${i},pod-1,compute,${HOUR},1.00,USD`);
    const breaking: JobContext = {
      ...context,
      async *readImport(request) {
        for await (const batch of context.readImport(request)) {
          yield batch;
          throw new Failure('file-unreadable', 'july.csv cannot be read: EIO');
        }
      },
    };
    await filesIn(folder, { 'july.csv': `${[HEADER, ...rows].join('\n')}\n` });
    const path = join(folder, 'july.csv');
    const request = { kind: 'charges', path, source: 'import', format: 'auto' } as const;
    await expect(importJob.run(breaking, request)).rejects.toThrow('EIO');
    expect(await spend()).toBe(0);
    const { rows: fetches } = await context.ledger.query(
      "SELECT finished, failure_message FROM fetch WHERE kind = 'import.charges'",
    );
    expect(fetches).toEqual([
      [
        1,
        'the import of july.csv was interrupted after 5,000 rows; none of them count; ' +
          'import it again',
      ],
    ]);
    expect((await take('charges', 'july.csv', [HEADER, ...rows])).added).toBe(6_000);
    expect(await spend()).toBe(6_000);
  });
});
