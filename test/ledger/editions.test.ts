/** An edition is frozen once and numbered per quarter, and a changed byte is detected. */

import { describe, expect, it } from 'vitest';
import { auditRecord } from './auditFixture.ts';
import { auditedLedger, FROZEN_AT, QUARTER, reportToFreeze } from './deliveryFixture.ts';
import { rawDatabase } from './ledgerFixture.ts';

describe('freezing a report', () => {
  it('keeps bytes, text and their digests', async () => {
    const { ledger } = await auditedLedger();
    const frozen = await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
    expect(frozen).toMatchObject({
      isNew: true,
      edition: {
        id: '2026-Q3.1',
        quarter: QUARTER,
        number: 1,
        runId: 'run-1',
        frozenAtMs: FROZEN_AT,
        files: [
          { name: 'report.html', bytes: 21 },
          { name: 'report.json', bytes: 7 },
        ],
      },
    });
    expect(frozen?.edition).not.toHaveProperty('corrects');
    expect(await ledger.deliveries.edition('2026-Q3.1')).toEqual(frozen?.edition);
    const { letters, brief } = reportToFreeze();
    expect(await ledger.deliveries.editionContent('2026-Q3.1')).toEqual({ letters, brief });
    const page = await ledger.deliveries.editionFile('2026-Q3.1', 'report.html');
    expect(page?.contentType).toBe('text/html');
    expect(new TextDecoder().decode(page?.bytes)).toBe('<p>Delete 2 of 4.</p>');
    expect(await ledger.deliveries.editionFile('2026-Q3.1', 'no.such')).toBeUndefined();
  });

  it('of the same audit again returns the existing edition, whatever the bytes', async () => {
    const { ledger, path } = await auditedLedger();
    const first = await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
    const again = await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT + 1);
    const other = await ledger.deliveries.freezeEdition(
      reportToFreeze({ subject: 'Other words' }),
      FROZEN_AT + 2,
    );
    expect(again).toEqual({ edition: first?.edition, isNew: false });
    expect(other).toEqual({ edition: first?.edition, isNew: false });
    expect(rawDatabase(path).prepare('SELECT count(*) FROM edition').pluck().get()).toBe(1);
  });

  it('of a new audit makes the next edition, which corrects the previous one', async () => {
    const { ledger } = await auditedLedger(2);
    const first = await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
    const late = reportToFreeze({ runId: 'run-2', number: 2, subject: 'Edition 2' });
    const second = await ledger.deliveries.freezeEdition(late, FROZEN_AT + 1);
    expect(second?.edition).toMatchObject({ id: '2026-Q3.2', number: 2, corrects: '2026-Q3.1' });
    expect(await ledger.deliveries.edition('2026-Q3.1')).toEqual(first?.edition);
    const newestFirst = (await ledger.deliveries.editions({ quarter: QUARTER })).map(
      ({ id }) => id,
    );
    expect(newestFirst).toEqual(['2026-Q3.2', '2026-Q3.1']);
    expect(await ledger.deliveries.editions({ runId: 'run-2' })).toEqual([second?.edition]);
    expect(await ledger.deliveries.editions({ quarter: '2026-Q2' })).toEqual([]);
  });

  it('stores bytes that two editions share once', async () => {
    const { ledger, path } = await auditedLedger(2);
    await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
    const count = () => rawDatabase(path).prepare('SELECT count(*) FROM frozen_bytes').pluck();
    const before = count().get();
    await ledger.deliveries.freezeEdition(reportToFreeze({ runId: 'run-2', number: 2 }), FROZEN_AT);
    expect(count().get()).toBe(before);
  });

  it('is refused if the report prints an edition number that is not the next', async () => {
    const { ledger } = await auditedLedger(2);
    expect(
      await ledger.deliveries.freezeEdition(reportToFreeze({ number: 2 }), FROZEN_AT),
    ).toBeUndefined();
    await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
    expect(
      await ledger.deliveries.freezeEdition(reportToFreeze({ runId: 'run-2' }), FROZEN_AT),
    ).toBeUndefined();
    expect(await ledger.deliveries.editions()).toHaveLength(1);
  });

  it('is refused for part of a quarter, another quarter and an unknown audit', async () => {
    const { ledger } = await auditedLedger();
    await ledger.audits.save(auditRecord({ runId: 'half', quarter: '2026-Q4', partial: true }));
    const { quarter: _, ...window } = auditRecord({ runId: 'window', partial: false });
    await ledger.audits.save(window);
    const freeze = (runId: string, quarter: string) =>
      ledger.deliveries.freezeEdition(reportToFreeze({ runId, quarter }), FROZEN_AT);
    await expect(freeze('half', '2026-Q4')).rejects.toMatchObject({ code: 'usage' });
    await expect(freeze('window', QUARTER)).rejects.toMatchObject({ code: 'usage' });
    await expect(freeze('run-1', '2026-Q4')).rejects.toMatchObject({ code: 'usage' });
    await expect(freeze('no-such', QUARTER)).rejects.toMatchObject({ code: 'no-data' });
  });
});

describe('an edition', () => {
  it.each([
    ['UPDATE edition SET subject = $x', 'an edition is frozen'],
    ['DELETE FROM edition', 'an edition is frozen'],
    ['UPDATE edition_file SET name = $x', 'an edition is frozen'],
    ['DELETE FROM edition_file', 'an edition is frozen'],
    ['UPDATE frozen_bytes SET digest = $x', 'an edition is frozen'],
    ['DELETE FROM frozen_bytes', 'an edition is frozen'],
  ])('refuses %s', async (sql, problem) => {
    const { ledger, path } = await auditedLedger();
    await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
    const db = rawDatabase(path);
    expect(() => db.prepare(sql.replace('$x', "'x'")).run()).toThrow(problem);
  });

  it.each([
    [
      'bytes',
      'frozen_bytes',
      'UPDATE frozen_bytes SET zstd = (SELECT max(zstd) FROM frozen_bytes)',
    ],
    ['bytes beyond unpacking', 'frozen_bytes', "UPDATE frozen_bytes SET zstd = x'00'"],
    ['subject', 'edition', "UPDATE edition SET subject = 'keep all'"],
    ['list of files', 'edition_file', "UPDATE edition_file SET content_type = 'text/plain'"],
  ])('is not returned if its %s was changed', async (_, table, sql) => {
    const { ledger, path } = await auditedLedger();
    await ledger.deliveries.freezeEdition(reportToFreeze(), FROZEN_AT);
    const db = rawDatabase(path);
    const triggers = db
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?`)
      .pluck();
    for (const name of triggers.all(table)) db.exec(`DROP TRIGGER ${String(name)}`);
    db.exec(sql);
    const files = ['report.html', 'report.json'].map((name) =>
      ledger.deliveries.editionFile('2026-Q3.1', name),
    );
    const read = await Promise.allSettled([
      ...files,
      ledger.deliveries.editionContent('2026-Q3.1'),
    ]);
    const refused = read.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const one of refused) {
      expect(one).toMatchObject({ reason: { code: 'ledger-corrupt', where: path } });
    }
  });

  it('that does not exist fails and says where to look', async () => {
    const { ledger } = await auditedLedger();
    expect(await ledger.deliveries.edition('2026-Q3.9')).toBeUndefined();
    await expect(ledger.deliveries.editionFile('2026-Q3.9', 'x')).rejects.toMatchObject({
      code: 'no-data',
    });
    await expect(ledger.deliveries.editionContent('2026-Q3.9')).rejects.toMatchObject({
      code: 'no-data',
    });
  });
});
