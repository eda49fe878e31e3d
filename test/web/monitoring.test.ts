/** Alerts and dashboard use existing metrics, and a real Prometheus reads them. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { startWebServer } from '../../src/web/server.ts';
import { METRICS } from '../../src/web/metrics/metrics.ts';
import { readSourceFile } from '../house/tree.ts';
import { fetched } from '../ledger/ledgerFixture.ts';
import { promtool, startPrometheusWith } from '../support/prometheus.ts';
import { NOW, OPEN, createSite, TOKEN } from './siteFixture.ts';

const alerts = readSourceFile('deploy/alerts.yml').text;
const dashboard = z
  .object({
    panels: z.array(
      z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() }),
    ),
  })
  .parse(JSON.parse(readSourceFile('deploy/grafana-dashboard.json').text));
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr })),
);
const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            labels: z.object({ severity: z.enum(['critical', 'warning']) }),
            annotations: z.object({ summary: z.string(), action: z.string() }),
          }),
        ),
      }),
    ),
  })
  .parse(parse(alerts))
  .groups.flatMap(({ rules }) => rules);

function unknownNames(texts: readonly string[]): string[] {
  const names = METRICS.map(({ name }) => name);
  const queried = texts.flatMap((text) =>
    [...text.matchAll(/\brentcheck_\w+/g)].map(([name]) => name),
  );
  return [...new Set(queried)].filter((name) => !names.includes(name));
}

test('alerts, dashboard and documents query only existing metrics', () => {
  expect(queries.length).toBeGreaterThan(15);
  expect(rules.length).toBeGreaterThan(10);
  const page = readSourceFile('docs/monitoring.md').text;
  const expressions = [...queries, ...rules].map(({ expr }) => expr);
  expect(unknownNames([...expressions, page])).toEqual([]);
  expect(unknownNames(['rentcheck_no_such_thing'])).toEqual(['rentcheck_no_such_thing']);
});

test('every metric and every alert is documented', () => {
  const page = readSourceFile('docs/monitoring.md').text;
  expect(METRICS.map(({ name }) => name).filter((name) => !page.includes(`\`${name}\``))).toEqual(
    [],
  );
  expect(rules.map(({ alert }) => alert).filter((name) => !page.includes(`\`${name}\``))).toEqual(
    [],
  );
});

describe('promtool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-rules-'));
  const run = async (...args: readonly string[]) =>
    execFileSync(await promtool(), [...args], { cwd: folder, stdio: 'pipe' }).toString();

  test('accepts the alerts', async () => {
    writeFileSync(join(folder, 'alerts.yml'), alerts);
    expect(await run('check', 'rules', 'alerts.yml')).toContain(`SUCCESS: ${rules.length} rules`);
  });

  test('sees each alert fire when it must, and none otherwise', async () => {
    writeFileSync(join(folder, 'alerts.yml'), alerts);
    writeFileSync(join(folder, 'story.yml'), readSourceFile('test/web/alerts.story.yml').text);
    expect(await run('test', 'rules', 'story.yml')).toContain('SUCCESS');
  });

  test('the alert test covers every alert', () => {
    const story = readSourceFile('test/web/alerts.story.yml').text;
    const fired = [...story.matchAll(/alertname: (\w+)/g)].map(([, name]) => name);
    expect(rules.map(({ alert }) => alert).filter((alert) => !fired.includes(alert))).toEqual([]);
  });
});

test('a real Prometheus reads every figure, answers every panel, accepts the alerts', async () => {
  const made = await createSite({ access: { ...OPEN, token: TOKEN } });
  const failure = { code: 'timeout', message: 'no answer' } as const;
  const failed = { sourceId: 'runpod-main', startedAtMs: NOW, failure };
  await made.ledger.facts.append(fetched({}, failed), NOW);
  const web = await startWebServer(made.site, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => web.close());
  const asking = readSourceFile('deploy/prometheus.yml')
    .text.replace('worker:8480', new URL(web.origin() ?? '').host)
    .replace('credentials_file: /run/secrets/web_token', `credentials: ${TOKEN}`)
    .replaceAll('_interval: 30s', '_interval: 1s');
  const files = { 'prometheus.yml': asking, 'alerts.yml': alerts };
  const prometheus = await startPrometheusWith(files);
  onTestFinished(() => prometheus.close());
  const { origin } = prometheus;
  const ask = (query: string) => resultOf(origin, query);
  const expressions = [...METRICS.map(({ name }) => name), ...queries.map(({ expr }) => expr)];
  const silent = async () => {
    const answers = await Promise.all(
      expressions.map(async (query) => ({ query, is: await ask(query) })),
    );
    return answers.filter(({ is }) => is.length === 0).map(({ query }) => query);
  };
  // Rates need two scrapes, and a late one leaves a gap.
  await expect.poll(silent).toEqual([]);
  const loaded = `${origin}/api/v1/rules`;
  const health = async () => (await (await fetch(loaded)).text()).match(/"health":"\w+"/g);
  await expect.poll(health).toEqual(rules.map(() => '"health":"ok"'));
});

async function resultOf(origin: string, query: string): Promise<readonly unknown[]> {
  const url = `${origin}/api/v1/query?${new URLSearchParams({ query }).toString()}`;
  const answer = z
    .object({ status: z.string(), data: z.object({ result: z.array(z.unknown()) }).optional() })
    .parse(await (await fetch(url)).json());
  expect({ query, status: answer.status }).toEqual({ query, status: 'success' });
  return answer.data?.result ?? [];
}
