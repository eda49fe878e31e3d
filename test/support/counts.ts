/** Counts the tests that passed and failed, names the skipped ones, and ends a hanging run. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { leftOutText } from '../tiers.ts';

/** The counts that `test/run.mjs` sums. A skipped test did not pass. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Longer than any test whose own limits still work. An endless loop ignores those. */
const SILENT_MS = 20 * 60_000;
/** A test at full size may take an hour. */
const SILENT_IN_TORTURE_MS = 2 * 60 * 60_000;
const LOOK_MS = 15_000;

export default class CountsReporter implements Reporter {
  private readonly running = new Set<TestModule>();
  private lastMs = performance.now();
  private watch: NodeJS.Timeout | undefined;

  onInit(vitest: Vitest): void {
    process.stdout.write(leftOutText(fileURLToPath(new URL('../..', import.meta.url))));
    const seed = vitest.projects.map((project) => project.getProvidedContext().seed).find(Boolean);
    process.stdout.write(`laws draw with seed ${seed}: RENTCHECK_SEED=${seed} repeats it\n`);
    this.watch = setInterval(() => this.giveUpHanging(), LOOK_MS);
  }

  onTestModuleQueued(module: TestModule): void {
    this.running.add(module);
    this.lastMs = performance.now();
  }

  onTestModuleEnd(module: TestModule): void {
    this.running.delete(module);
    this.lastMs = performance.now();
  }

  onTestCaseResult(): void {
    this.lastMs = performance.now();
  }

  private giveUpHanging(): void {
    const inTorture = [...this.running].some(({ project }) => project.name === 'torture');
    const limitMs = inTorture ? SILENT_IN_TORTURE_MS : SILENT_MS;
    if (performance.now() - this.lastMs <= limitMs) return;
    const names = [...this.running].map(({ relativeModuleId }) => relativeModuleId);
    const where = names.length === 0 ? 'between two files' : `in ${names.join(', ')}`;
    process.stderr.write(`gave up: nothing came for ${limitMs / 60_000} minutes ${where}\n`);
    process.exit(1);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    clearInterval(this.watch);
    const counts = countTests(modules);
    counts.failed += unhandledErrors.length;
    const file = process.env['RENTCHECK_COUNTS_FILE'];
    if (file === undefined) this.say(counts);
    else writeFileSync(file, JSON.stringify(counts));
  }

  private say({ passed, failed, skipped }: Counts): void {
    // The default reporter prints its summary after this hook, and our line must come last.
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
    // A file that fails outside its tests (an import, a hook) counts as one failure.
    counts.failed += failedHere === 0 && module.state() === 'failed' ? 1 : failedHere;
  }
  return counts;
}
