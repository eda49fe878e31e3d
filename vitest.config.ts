/** Says how the tests are run: which file in which tier, for how long, and what is printed. */

import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LIMIT_MS } from './test/support/timeouts.ts';
import { sortIntoTiers } from './test/tiers.ts';

const tiers = sortIntoTiers(fileURLToPath(new URL('.', import.meta.url)));

/** A tier with nothing in it is left empty, not filled by what vitest takes for tests. */
function tier(
  name: string,
  files: readonly string[],
  own: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration {
  const include = files.length > 0 ? [...files] : ['test/none'];
  return { extends: true, test: { name, include, ...own } };
}

const together: TestProjectInlineConfiguration['test'] = {
  pool: 'forks',
  isolate: false,
  maxWorkers: 2,
  globalSetup: ['test/support/setup.ts'],
  setupFiles: ['test/support/noProcess.ts', 'test/support/laws.ts'],
};

/** `npm test` draws the same worlds each time: a green main stays green. Torture draws new ones. */
const chosen = Number(process.env['RENTCHECK_SEED']);
const seed = chosen || 1;
const newSeed = chosen || Math.ceil(Math.random() * 2 ** 31);

/**
 * Limits end what hangs, and no more: on a busy machine anything may stand still for seconds, and a
 * hook may have to install a program first. Tests of processes wait more than they work.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/counts.ts'],
    testTimeout: 180_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: LIMIT_MS } },
    provide: { seed },
    projects: [
      tier('unit', tiers.unit, { ...together, sequence: { groupOrder: 0 } }),
      tier('whole', tiers.whole, { ...together, sequence: { groupOrder: 1 } }),
      tier('process', tiers.process, {
        pool: 'forks',
        maxWorkers: 4,
        globalSetup: ['test/support/setup.ts', 'test/support/sharedServersKeeper.ts'],
        sequence: { groupOrder: 2 },
      }),
      tier('torture', tiers.torture, {
        pool: 'forks',
        maxWorkers: 1,
        provide: { full: true, seed: newSeed },
        setupFiles: ['test/support/laws.ts'],
        globalSetup: ['test/support/setup.ts', 'test/support/sharedServersKeeper.ts'],
        sequence: { groupOrder: 3 },
      }),
    ],
  },
});
