/** Counts the tests that passed and failed, and names what was left out. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestModule } from 'vitest/node';
import { leftOutText } from '../tiers.ts';

/** What `test/run.mjs` adds up. A skipped test did not pass. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export default class CountsReporter implements Reporter {
  onInit(): void {
    process.stdout.write(leftOutText(fileURLToPath(new URL('../..', import.meta.url))));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = countTests(modules);
    counts.failed += unhandledErrors.length;
    const file = process.env['RENTCHECK_COUNTS_FILE'];
    if (file === undefined) this.say(counts);
    else writeFileSync(file, JSON.stringify(counts));
  }

  private say({ passed, failed, skipped }: Counts): void {
    // The default reporter writes its summary after this hook; the last line must come after it.
    process.once('exit', () => {
      if (skipped > 0) process.stdout.write(`${skipped} skipped\n`);
      process.stdout.write(`${passed} passed, ${failed} failed\n`);
    });
  }
}

function countTests(modules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed += 1;
      else if (state === 'failed') failedHere += 1;
      else counts.skipped += 1;
    }
    // A file that fails outside its tests (an import, a hook) has failed once.
    counts.failed += failedHere === 0 && module.state() === 'failed' ? 1 : failedHere;
  }
  return counts;
}
