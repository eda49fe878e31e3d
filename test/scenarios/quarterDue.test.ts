/**
 * Scenario: a quarter is due, the worker was down on that day, or a bill comes late. With the real
 * jobs, ledger and mail server, in one process.
 */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/domain/period.ts';
import { JOBS } from '../../src/jobs/registry.ts';
import { runJobInline } from '../../src/schedule/inline.ts';
import { startMailServer } from '../support/mailServer.ts';
import { freePort } from '../support/ports.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';

const DUE_MS = Date.parse('2026-10-07T05:00:00Z');
const LATE = 'This report is late: due on ';
const BEGUN_MS = Date.parse('2026-09-01T00:00:00Z');

async function worker(more = '', sections = '') {
  const server = await startMailServer({ port: await freePort() });
  const config = `${WORKED_FILES['rentcheck.yaml']}
report: { from: a@example.com, to: [cfo@example.com], timeZone: Europe/Paris${more} }
smtp: { url: "smtp://127.0.0.1:${server.port}" }
policy: { minSavingUsd: 1 }
${sections}`;
  const office = await startScenario({ ...WORKED_FILES, 'rentcheck.yaml': config }, BEGUN_MS);
  const { context, clock } = office;
  const run = async (name: string, payload: object = {}) =>
    runJobInline({ jobs: JOBS, context, clock }, name, payload);
  /** The quarters that were overdue; they have been made when this returns. */
  const owedQuarters = async (): Promise<string[]> => {
    const { ordered } = (await run('owed')).result as { readonly ordered: readonly string[] };
    return ordered.filter((id) => id.includes('/quarter/'));
  };
  // The worker starts, sees everything for the first time, and has no backlog.
  expect(await owedQuarters()).toEqual([]);
  const texts = async () => {
    const mails = await Promise.all(server.received.map(({ message }) => simpleParser(message)));
    return mails.map(({ text = '' }) => text.replaceAll(/\s+/g, ' '));
  };
  const editions = async () =>
    (await context.ledger.deliveries.editions({ quarter: '2026-Q3' }))
      .map(({ id }) => id)
      .toReversed();
  return { ...office, run, owedQuarters, server, texts, editions };
}

describe('a quarter that is due', () => {
  it('is sent once, however often it is due or requested', async () => {
    const { run, owedQuarters, clock, server, editions } = await worker();
    clock.set(DUE_MS);
    const first = await run('quarter', { quarter: '2026-Q3', deliver: true, once: true });
    expect(first).toMatchObject({ kind: 'done', result: { figures: { edition: '2026-Q3.1' } } });
    clock.set(DUE_MS + DAY_MS);
    expect(await owedQuarters()).toEqual([]);
    const again = await run('quarter', { quarter: '2026-Q3', deliver: true, once: true });
    expect(again).toMatchObject({ result: { figures: { known: true } } });
    await run('quarter', { quarter: '2026-Q3', deliver: true });
    expect(server.received).toHaveLength(1);
    expect(await editions()).toEqual(['2026-Q3.1']);
  });

  it('is made without a source that fails, and the report says what is missing', async () => {
    const away =
      'sources: { pods: { kind: runpod, apiKey: "${KEY}", baseUrl: "http://127.0.0.1:1" } }';
    const { run, clock, texts } = await worker('', `${away}\nhttp: { retries: 0 }\n`);
    clock.set(DUE_MS);
    const answer = await run('quarter', { quarter: '2026-Q3', deliver: true, once: true });
    expect(answer).toMatchObject({
      kind: 'done',
      shortfalls: expect.arrayContaining([expect.stringMatching(/^pods\/charges\/.* is not set/)]),
    });
    expect((await texts())[0]).toMatch(/Source pods has \d+ failed requests of runpod/);
  });

  it("has its copies beside the ledger: the config's folder may be read-only", async () => {
    const data = mkdtempSync(join(tmpdir(), 'rentcheck-'));
    const config = `ledger: ${data}/rentcheck.db`;
    const { context } = await startScenario({ 'rentcheck.yaml': config }, DUE_MS);
    expect(context.reports.folder).toBe(join(data, 'reports'));
  });

  it('goes out though its copies cannot be written, and says so', async () => {
    const { run, clock, server, context } = await worker();
    writeFileSync(context.reports.folder, 'a file where a folder should be');
    clock.set(DUE_MS);
    const answer = await run('quarter', { quarter: '2026-Q3', deliver: true, once: true });
    expect(answer).toMatchObject({
      kind: 'done',
      shortfalls: expect.arrayContaining([
        expect.stringMatching(
          /^2026-Q3.1 is frozen, but its files were not written: .*a file, not a/,
        ),
      ]),
    });
    expect(server.received).toHaveLength(1);
  });

  it('while the worker was down goes out late, once, and no older one does', async () => {
    const { owedQuarters, clock, server, editions, ledger, texts } = await worker();
    clock.set(Date.parse('2026-11-26T09:00:00Z'));
    expect(await owedQuarters()).toEqual(['owed/2026-11-26/quarter/2026-Q3']);
    expect(server.received).toHaveLength(1);
    expect(await editions()).toEqual(['2026-Q3.1']);
    expect(await ledger.deliveries.editions({ quarter: '2026-Q2' })).toEqual([]);
    expect(await texts()).toEqual([expect.stringContaining(LATE)]);
    expect(await owedQuarters()).toEqual([]);
    expect(server.received).toHaveLength(1);
  });

  it('with an unreachable mail server is due the next day, as the same edition', async () => {
    const { run, owedQuarters, clock, server, editions, replace } = await worker();
    clock.set(DUE_MS);
    await server.close();
    const failed = await run('quarter', { quarter: '2026-Q3', deliver: true, once: true });
    expect(failed).toMatchObject({
      kind: 'never',
      reason: expect.stringMatching(/^The delivery failed: /),
    });
    await replace('charges', WORKED_FILES['charges.csv'].replace(',6.00,', ',9.00,'));
    clock.set(DUE_MS + DAY_MS);
    const revived = await startMailServer({ port: server.port });
    expect(await owedQuarters()).toEqual(['owed/2026-10-08/quarter/2026-Q3']);
    expect(revived.received).toHaveLength(1);
    expect(await editions()).toEqual(['2026-Q3.1']);
  });
});

describe('a bill that comes after the report', () => {
  const late = (to: string) => WORKED_FILES['charges.csv'].replace(',6.00,', `,${to},`);

  async function reported(more = '') {
    const office = await worker(more);
    office.clock.set(DUE_MS);
    await office.run('quarter', { quarter: '2026-Q3', deliver: true, once: true });
    office.clock.set(DUE_MS + 20 * DAY_MS);
    return office;
  }

  it('and changes nothing makes no other edition', async () => {
    const { run, editions, server } = await reported();
    const answer = await run('correct', { quarter: '2026-Q3' });
    expect(answer).toMatchObject({ kind: 'done', result: { why: 'Nothing changed' } });
    expect(await editions()).toEqual(['2026-Q3.1']);
    expect(server.received).toHaveLength(1);
  });

  it('and changes little is stored and not mailed', async () => {
    const { run, editions, server, replace } = await reported();
    await replace('charges', late('6.40'));
    const answer = await run('correct', { quarter: '2026-Q3' });
    expect(answer).toMatchObject({ result: { why: 'The changes are too small to report' } });
    expect(await editions()).toEqual(['2026-Q3.1']);
    expect(server.received).toHaveLength(1);
  });

  it('and changes much is sent as the next edition, once', async () => {
    const { run, editions, replace, texts } = await reported();
    await replace('charges', late('9.00'));
    const answer = await run('correct', { quarter: '2026-Q3' });
    expect(answer).toMatchObject({ kind: 'done', result: { figures: { edition: '2026-Q3.2' } } });
    expect(await run('correct', { quarter: '2026-Q3' })).toMatchObject({
      result: { why: 'Nothing changed' },
    });
    expect(await editions()).toEqual(['2026-Q3.1', '2026-Q3.2']);
    const [first, second] = await texts();
    expect(first).not.toMatch(/is late|corrects/);
    expect(second).toMatch(/corrects edition 1/);
  });

  it('is due and goes out where the mail server was down and the queue lost it', async () => {
    const { run, replace, clock, server, texts } = await reported();
    await replace('charges', late('9.00'));
    await server.close();
    expect(await run('correct', { quarter: '2026-Q3' })).toMatchObject({ kind: 'never' });
    clock.set(clock.nowMs() + DAY_MS);
    const revived = await startMailServer({ port: server.port });
    expect(await run('correct', { quarter: '2026-Q3' })).toMatchObject({
      result: { why: 'Nothing changed' },
    });
    expect(revived.received).toEqual([]);
    expect(await run('owed')).toMatchObject({
      result: {
        ordered: expect.arrayContaining(['owed/2026-10-28/deliver/2026-Q3.2/cfo@example.com']),
      },
    });
    expect(revived.received.map(({ recipient }) => recipient)).toEqual(['cfo@example.com']);
    expect(await texts()).toHaveLength(1);
    expect(await run('owed')).toMatchObject({ result: { ordered: [] } });
  });

  it('waits for an approval where the config requires it', async () => {
    const { run, editions, server, replace } = await reported(', corrections: ask');
    await replace('charges', late('9.00'));
    const answer = await run('correct', { quarter: '2026-Q3' });
    expect(answer).toMatchObject({
      shortfalls: [expect.stringMatching(/^2026-Q3\.2 is ready\. To send it: rentcheck send/)],
    });
    expect(await editions()).toEqual(['2026-Q3.1', '2026-Q3.2']);
    expect(server.received).toHaveLength(1);
  });
});
