/** Knows how the tests are run: which files, how long one may take, and what is printed. */

import { defineConfig } from 'vitest/config';
import { LIMIT_MS } from './test/support/patience.ts';

/**
 * Limits end what hangs, and no more: on a busy machine anything may stand still for seconds, and a
 * hook may have to install a program first.
 */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/setup.ts'],
    reporters: ['default', './test/support/counts.ts'],
    pool: 'forks',
    testTimeout: 180_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: LIMIT_MS } },
  },
});
