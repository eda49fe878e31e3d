import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RangeConfig } from '../../src/config/config.ts';
import { type Exact, toDecimal } from '../../src/domain/exact.ts';
import { deploymentYaml, loadConfigText } from './configFile.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');

test('the example of the configuration page is a config file', async () => {
  const [, example = ''] = /```yaml\n([^`]*)```/.exec(page) ?? [];
  const config = await loadConfigText(example);
  expect(config.deployments.map(({ id }) => id)).toEqual(['chat-70b']);
});

const plain = (value: Exact) => Number(toDecimal(value, 6));

test('the page has the actual defaults of labor and policy', async () => {
  const { labor, policy } = await loadConfigText('sources: {}');
  const range = ({ low, base, high }: RangeConfig) => [low, base, high].map(plain).join(' / ');
  const { cacheRealization, draws, actWithinDays, reconciliation, ...thresholds } = policy;
  const lines = [
    ...(['selfHosted', 'hosted'] as const).flatMap((side) => [
      `| \`${side}.fixedHours\` | ${range(labor[side].fixedHours)} |`,
      `| \`${side}.hoursPerDeployment\` | ${range(labor[side].hoursPerDeployment)} |`,
    ]),
    `| \`cacheRealization\` | ${range(cacheRealization)} |`,
    `| \`draws\` | ${draws} |`,
    `| \`actWithinDays\` | ${actWithinDays} |`,
    ...Object.entries(reconciliation).map(
      ([key, value]) => `| \`reconciliation.${key}\` | ${plain(value)} |`,
    ),
    ...Object.entries(thresholds).map(([key, value]) => `| \`${key}\` | ${plain(value)} |`),
  ];
  expect(lines).toHaveLength(16);
  for (const line of lines) expect(page).toContain(line);
});

test('the page has the actual defaults of changes, right-sizing and spot', async () => {
  const { migration, deployments } = await loadConfigText(deploymentYaml('precision: fp8'));
  const { rightSize, spot } = deployments[0] ?? {};
  const lines = [
    ...Object.entries(migration.hours).map(([to, once]) => `| \`hours.${to}\` | ${plain(once)} |`),
    `| \`amortizationQuarters\` | ${migration.amortizationQuarters} |`,
    `| \`rightSize.headroom\` | ${rightSize && plain(rightSize.headroom)} |`,
    `| \`rightSize.minReplicas\` | ${rightSize?.minReplicas} |`,
    `| \`spot.evictionOverhead\` | ${spot && plain(spot.evictionOverhead)} |`,
  ];
  expect(lines).toHaveLength(11);
  for (const line of lines) expect(page).toContain(line);
});
