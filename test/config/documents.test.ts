import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toDecimal } from '../../src/domain/exact.ts';
import type { RangeConfig } from '../../src/config/config.ts';
import { loaded } from './written.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');

test('the example of the configuration page is a config file', async () => {
  const [, example = ''] = /```yaml\n([^`]*)```/.exec(page) ?? [];
  const config = await loaded(example);
  expect(config.deployments.map(({ id }) => id)).toEqual(['chat-70b']);
});

test('the page tells the defaults of labor and policy as they are', async () => {
  const { labor, policy } = await loaded('sources: {}');
  const range = ({ low, base, high }: RangeConfig) =>
    [low, base, high].map((one) => Number(toDecimal(one, 6))).join(' / ');
  const lines = [
    ...(['selfHosted', 'hosted'] as const).flatMap((side) => [
      `| \`${side}.fixedHours\` | ${range(labor[side].fixedHours)} |`,
      `| \`${side}.hoursPerDeployment\` | ${range(labor[side].hoursPerDeployment)} |`,
    ]),
    `| \`cacheRealization\` | ${range(policy.cacheRealization)} |`,
    ...Object.entries(policy).flatMap(([key, value]) =>
      'num' in value ? [`| \`${key}\` | ${Number(toDecimal(value, 6))} |`] : [],
    ),
  ];
  expect(lines).toHaveLength(11);
  for (const line of lines) expect(page).toContain(line);
});
