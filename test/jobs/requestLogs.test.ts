/** The import of access logs: each request once, without its text. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApp } from '../../src/main/app.ts';
import { Failure } from '../../src/domain/failure.ts';
import { importJob } from '../../src/jobs/importFile.ts';
import { undoImportJob } from '../../src/jobs/undoImport.ts';
import { examineLedger } from '../../src/ledger/examine.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { rawDatabase } from '../ledger/ledgerFixture.ts';
import { filesIn, folderWith } from '../support/cli.ts';
import '../support/laws.ts';

const NOW = Date.UTC(2026, 9, 5);
const CONFIG = `
deployments:
  chat:
    model: m/m
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: import, match: { id: "pod-*" } }]
    usage: { source: import, match: { model: "llama-*" } }
requestLogs:
  envoy:
    fields: { prompt_tokens: in, output_tokens: out, tenant: caller.id, demand: lane }
    demands: { nightly: batch }
`;

async function stage(config = CONFIG) {
  const folder = await folderWith({ 'rentcheck.yaml': config });
  const clock = settableClock(NOW);
  const surroundings = { clock, env: {}, readonly: false, progress: () => undefined };
  const app = await openApp(join(folder, 'rentcheck.yaml'), surroundings);
  const { context } = app;
  onTestFinished(() => app.close());
  const take = async (name: string, content: string, as?: string) => {
    clock.set(clock.nowMs() + 1_000);
    await filesIn(folder, { [name]: content });
    const named = as === undefined ? {} : { as };
    const request = { kind: 'requests', path: join(folder, name), source: 'import' } as const;
    const answer = await importJob.run(context, { ...request, format: 'auto', ...named });
    if (!('result' in answer)) throw new Error(answer.reason);
    return answer.result;
  };
  const undo = async (fetch: number) => {
    clock.set(clock.nowMs() + 1_000);
    return undoImportJob.run(context, { fetch });
  };
  const rows = async (query: string) => (await context.ledger.query(query)).rows;
  const usage = () =>
    rows(
      `SELECT prompt_tokens, cached_tokens, output_tokens, requests, intervals FROM usage_by_day
       ORDER BY day`,
    );
  const span = { startMs: Date.UTC(2026, 8, 1), endMs: NOW };
  const facts = async () =>
    context.ledger.facts.usageFacts(
      'chat',
      span,
      await context.ledger.facts.asOfNow(clock.nowMs()),
    );
  return { folder, context, take, undo, rows, usage, facts };
}

const SAID = 'the planted words of somebody';

/** A line as OpenAI-style gateways write it, with the full conversation. */
function line(id: string, time: string, changes: object = {}): string {
  return JSON.stringify({
    time: `2026-09-01T${time}Z`,
    request_id: id,
    model: 'llama-70b',
    status_code: 200,
    messages: [{ role: 'user', content: SAID }],
    response: { choices: [{ message: { content: SAID } }] },
    usage: {
      prompt_tokens: 100,
      completion_tokens: 10,
      prompt_tokens_details: { cached_tokens: 40 },
    },
    ...changes,
  });
}

const log = (...lines: readonly string[]) => `${lines.join('\n')}\n`;

describe('an access log', () => {
  it('becomes usage in intervals of five minutes, with failures next to it', async () => {
    const { take, usage, facts } = await stage();
    const result = await take(
      'a.jsonl',
      log(
        line('1', '08:00:00'),
        line('2', '08:04:59.999'),
        line('3', '08:05:00'),
        line('4', '08:06:00', { status_code: 503, usage: undefined }),
      ),
    );
    expect(result).toMatchObject({ rows: 4, rejected: 0 });
    expect(await usage()).toEqual([[300, 120, 30, 3, 2]]);
    const { requestCounts } = await facts();
    expect(requestCounts.map(({ answered, failed }) => [answered, failed])).toEqual([
      [2, 0],
      [1, 1],
    ]);
  });

  it('counts the whole prompt if Anthropic reports its cached parts separately', async () => {
    const { take, usage } = await stage();
    const answer = (usage: object) => ({
      usage: { input_tokens: 100, output_tokens: 10, ...usage },
    });
    const cache = { cache_read_input_tokens: 900, cache_creation_input_tokens: 50 };
    await take('a.jsonl', log(line('1', '08:00:00', answer(cache))));
    expect(await usage()).toEqual([[1_050, 900, 10, 1, 1]]);
    // An engine that answers in the same format without such parts reports them as null.
    const none = { cache_read_input_tokens: null, cache_creation_input_tokens: null };
    await take('b.jsonl', log(line('2', '09:00:00', answer(none))));
    expect(await usage()).toEqual([[1_150, 900, 20, 2, 2]]);
    const header = 'time,id,model,status,input_tokens,cache_read_input_tokens,output_tokens';
    const row = '2026-09-01T10:00:00Z,3,llama-70b,2xx,100,20,10';
    await take('c.csv', log(header, row));
    expect(await usage()).toEqual([[1_270, 920, 30, 3, 3]]);
  });

  it('omits what the gateway answered from its own cache, and says how much', async () => {
    const { take, usage } = await stage();
    const hits = [
      line('2', '08:01:00', { cache_hit: true }),
      line('3', '08:02:00', { cache_hit: 'HIT' }),
    ];
    const others = [
      line('1', '08:00:00', { cache_hit: false }),
      line('4', '08:03:00', { cache_hit: null }),
    ];
    const { warnings } = await take('a.jsonl', log(...hits, ...others));
    expect(warnings).toEqual(["2 requests served from the gateway's cache are not counted."]);
    expect(await usage()).toEqual([[200, 80, 20, 2, 1]]);
  });

  it('may be the answers of Ollama, which have neither a status nor an id', async () => {
    const { take, usage } = await stage();
    const answer = { model: 'llama-3', created_at: '2026-09-01T08:00:00.123456789Z', done: true };
    const counts = { prompt_eval_count: 26, eval_count: 298, response: SAID };
    await take('a.jsonl', log(JSON.stringify({ ...answer, ...counts })));
    expect(await usage()).toEqual([[26, null, 298, 1, 1]]);
  });

  it('counts a request once that is in two files, and sums a shared interval', async () => {
    const { take, usage, rows } = await stage();
    await take('a.jsonl', log(line('1', '08:00:00'), line('2', '08:01:00')));
    await take('b.jsonl', log(line('2', '08:01:00'), line('3', '08:02:00')));
    expect(await usage()).toEqual([[300, 120, 30, 3, 1]]);
    const again = await take('c.jsonl', log(line('2', '08:01:00'), line('3', '08:02:00')));
    expect(again).toMatchObject({ added: 0, restated: 0, rejected: 0 });
    expect(await usage()).toEqual([[300, 120, 30, 3, 1]]);
    expect(await rows('SELECT count(*) FROM request_batch')).toEqual([[2]]);
  });

  it('gives the same usage however it is split into files', async () => {
    const one = fc.record({
      id: fc.integer({ min: 1, max: 30 }).map(String),
      second: fc.integer({ min: 0, max: 59 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: 1, maxLength: 12 }),
        fc.nat(12),
        async (all, cut) => {
          const lines = all.map(({ id }) => line(id, `08:${id.padStart(2, '0')}:00`));
          const whole = await stage();
          await whole.take('a.jsonl', log(...lines));
          const parts = await stage();
          for (const [name, part] of [lines.slice(0, cut), lines.slice(cut)].entries()) {
            if (part.length > 0) await parts.take(`${name}.jsonl`, log(...part));
          }
          expect(await parts.usage()).toEqual(await whole.usage());
        },
      ),
      { numRuns: 8 },
    );
  });

  it('is undone newest first, since later sums build on earlier ones', async () => {
    const { take, undo, usage, rows } = await stage();
    await take('a.jsonl', log(line('1', '08:00:00')));
    await take('b.jsonl', log(line('2', '08:01:00')));
    const refs = await rows(
      `SELECT fetch_ref FROM fetch WHERE kind = 'import.requests' ORDER BY fetch_ref`,
    );
    const [a, b] = refs.map(([ref]) => Number(ref));
    await expect(undo(a ?? 0)).rejects.toThrow(Failure);
    expect(await usage()).toEqual([[200, 80, 20, 2, 1]]);
    await undo(b ?? 0);
    expect(await usage()).toEqual([[100, 40, 10, 1, 1]]);
    await undo(a ?? 0);
    expect(await usage()).toEqual([]);
    await take('b2.jsonl', log(line('2', '08:01:00')));
    expect(await usage()).toEqual([[100, 40, 10, 1, 1]]);
  });

  it('is grouped by tenant and team if config names the field, in JSON and in CSV', async () => {
    const { take, facts } = await stage(
      CONFIG.replace(
        'usage: { source: import, match: { model: "llama-*" } }',
        `usage:
      source: import
      match: { model: "llama-*" }
      tenantLabel: caller.id
      teamLabel: status
      demand: { label: lane, kinds: { nightly: batch } }`,
      ),
    );
    await take(
      'a.jsonl',
      log(
        line('1', '08:00:00', { caller: { id: 'acme' }, lane: 'nightly', tenant: 'other' }),
        line('2', '08:01:00', { status: 'gold', tenant: 'globex' }),
        line('3', '08:02:00', { lane: 'toString' }),
      ),
    );
    const header = 'time,id,model,status_code,prompt_tokens,completion_tokens,caller.id';
    await take('c.csv', log(header, '2026-09-01T08:03:00Z,4,llama-70b,200,7,1,initech'));
    const { parts } = await facts();
    expect(
      parts
        .toSorted((a, b) => ((a.tenant ?? '') < (b.tenant ?? '') ? -1 : 1))
        .map(({ tenant, team, demand, outputTokens }) => [tenant, team, demand, outputTokens]),
    ).toEqual([
      ['acme', undefined, 'batch', 10],
      ['globex', 'gold', undefined, 10],
      ['initech', undefined, undefined, 1],
    ]);
  });

  it('applies again if its undo is undone', async () => {
    const { take, undo, usage, facts } = await stage();
    const escalated = line('2', '08:01:00', { model: 'gpt-5', trace_id: 't' });
    await take('a.jsonl', log(line('1', '08:00:00', { trace_id: 't', tenant: 'acme' }), escalated));
    const [before, stored] = [await usage(), await facts()];
    expect(stored.parts).toMatchObject([{ tenant: 'acme' }]);
    expect(stored.requestCounts).toMatchObject([{ answered: 1, escalated: 1 }]);
    await undo(1);
    expect(await facts()).toEqual({ parts: [], latency: [], gpuActivity: [], requestCounts: [] });
    await undo(2);
    expect(await usage()).toEqual(before);
    expect(await facts()).toEqual(stored);
  });

  it.each([
    ['UPDATE request_batch SET prompt_tokens = 90', { code: 'fact-changed' }],
    ["UPDATE request_batch SET ids = x'0011223344556677'", { code: 'fact-changed' }],
    ["UPDATE request_batch SET tenant = 'globex'", { code: 'fact-changed' }],
    ['DELETE FROM request_batch', { code: 'facts-missing', rows: 1 }],
  ])('whose requests were changed by another program is found: %s', async (sql, wrong) => {
    const { take, folder } = await stage();
    const path = join(folder, 'rentcheck.db');
    await take('a.jsonl', log(line('1', '08:00:00')));
    expect(examineLedger(path).faults).toEqual([]);
    rawDatabase(path).exec(sql);
    const faults = examineLedger(path).faults.filter(({ table }) => table === 'request_batch');
    expect(faults).toMatchObject([{ fetchRef: 1, wrong }]);
  });

  it('leaves no word of a prompt or an answer in the ledger or the terminal', async () => {
    const { take, folder, rows, context } = await stage();
    const cut = line('9', '08:09:00').slice(0, -20);
    const result = await take(
      'a.jsonl',
      log(
        line('1', '08:00:00'),
        cut,
        SAID,
        line('2', '08:01:00', { usage: undefined, note: SAID }),
        line('3', '08:02:00', { model: 'gpt-5' }),
      ),
    );
    expect(result.rejected).toBe(3);
    expect(JSON.stringify(result)).not.toContain(SAID);
    const csv = `time,request_id,model,status,prompt_tokens,completion_tokens,prompt\n${[
      `2026-09-02T00:00:00Z,r1,llama-70b,200,5,1,"${SAID}"`,
      `2026-09-02T00:00:01Z,r2,llama-70b,200,,,"${SAID}"`,
      `"${SAID}"`,
    ].join('\n')}\n`;
    expect(JSON.stringify(await take('b.csv', csv))).not.toContain(SAID);
    for (const [ref] of await rows('SELECT fetch_ref FROM fetch')) {
      const body = await context.ledger.facts.rawBody(Number(ref));
      const text = body === undefined ? '' : new TextDecoder().decode(body);
      expect(text).not.toContain(SAID);
    }
    const tables = await rows(`SELECT name FROM sqlite_master WHERE type = 'table'`);
    for (const [table] of tables) {
      expect(JSON.stringify(await rows(`SELECT * FROM ${String(table)}`), bigints)).not.toContain(
        SAID,
      );
    }
    for (const name of readdirSync(folder).filter((one) => one.startsWith('rentcheck.db'))) {
      expect(readFileSync(join(folder, name)).includes(SAID)).toBe(false);
    }
  });

  it('keeps the fields it read of each line, so that each figure leads to them', async () => {
    const { take, rows, context } = await stage();
    await take('a.jsonl', log(line('1', '08:00:00', { trace_id: 't' })));
    const [[ref] = []] = await rows(`SELECT fetch_ref FROM fetch WHERE kind = 'import.requests'`);
    const body = await context.ledger.facts.rawBody(Number(ref));
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual({
      line: 1,
      read: {
        time: '2026-09-01T08:00:00Z',
        id: '1',
        session: 't',
        model: 'llama-70b',
        status: '200',
        prompt_tokens: '100',
        cached_tokens: '40',
        output_tokens: '10',
      },
    });
  });

  it('says whose requests they were, by the configured fields', async () => {
    const { take, facts, usage } = await stage();
    const own = (id: string, caller: string, lane: string) =>
      line(id, '08:00:00', { usage: undefined, in: 100, out: 10, caller: { id: caller }, lane });
    await take(
      'a.jsonl',
      log(own('1', 'acme', 'nightly'), own('2', 'acme', 'x'), own('3', 'b', 'x')),
      'envoy',
    );
    const { parts } = await facts();
    expect(parts.map(({ tenant, demand, requests }) => [tenant, demand, requests])).toEqual([
      ['acme', undefined, 1],
      ['b', undefined, 1],
      ['acme', 'batch', 1],
    ]);
    expect(await usage()).toEqual([[300, null, 30, 3, 1]]);
  });

  it('shows which requests a hosted API answered again', async () => {
    const { take, facts } = await stage();
    const session = (name: string) => ({ trace_id: name });
    const hosted = { model: 'gpt-5', upstream: 'api.openai.com' };
    await take(
      'a.jsonl',
      log(
        line('1', '08:00:00', session('a')),
        line('2', '08:00:01', { ...session('b'), status_code: 500 }),
        line('2', '08:00:03', { ...session('b'), ...hosted }),
        line('4', '08:20:00', { ...session('a'), ...hosted }),
      ),
    );
    const { requestCounts } = await facts();
    expect(requestCounts).toMatchObject([{ answered: 1, failed: 1, escalated: 1 }]);
  });

  it('may be OTLP, of which only model calls count, not the agents around them', async () => {
    const { take, usage } = await stage();
    const attribute = (key: string, value: object) => ({ key, value });
    const span = (id: string, operation: string) => ({
      traceId: 't',
      spanId: id,
      startTimeUnixNano: '1788249600000000000',
      endTimeUnixNano: '1788249601000000000',
      status: {},
      attributes: [
        attribute('gen_ai.operation.name', { stringValue: operation }),
        attribute('gen_ai.request.model', { stringValue: 'llama-70b' }),
        attribute('gen_ai.usage.input_tokens', { intValue: '100' }),
        attribute('gen_ai.usage.output_tokens', { intValue: 10 }),
        attribute('gen_ai.input.messages', { stringValue: SAID }),
      ],
    });
    const spans = [span('1', 'chat'), span('2', 'chat'), span('3', 'invoke_agent')];
    await take('a.jsonl', `${JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })}\n`);
    expect(await usage()).toEqual([[200, null, 20, 2, 1]]);
  });

  it('is refused if no deployment declares which requests are its own', async () => {
    const { context, folder } = await stage();
    await filesIn(folder, { 'a.jsonl': log(line('1', '08:00:00')) });
    const request = { kind: 'requests', path: join(folder, 'a.jsonl'), source: 'other' } as const;
    await expect(importJob.run(context, { ...request, format: 'auto' })).rejects.toThrow(
      'no deployment matches requests of this log',
    );
  });
});

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
