/** Runs all or the named benchmarks, prints a line per figure, and fails at a missed limit. */

import { isWithinLimit, type Measured, measuredLine } from './measured.ts';

type Benchmark = () => Promise<Measured[]>;

/** Each loads its own modules only: those of another one would change its time and memory. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  audit: async () => (await import('./audit.ts')).run,
  demo: async () => (await import('./demo.ts')).run,
  fleet: async () => (await import('./fleet.ts')).run,
  growth: async () => (await import('./growth.ts')).run,
  ingest: async () => (await import('./ingest.ts')).run,
  decision: async () => (await import('./decision.ts')).run,
  mail: async () => (await import('./mail.ts')).run,
  metrics: async () => (await import('./metrics.ts')).run,
  pull: async () => (await import('./pull.ts')).run,
  quarter: async () => (await import('./pull.ts')).runQuarter,
  standby: async () => (await import('./standby.ts')).run,
  start: async () => (await import('./start.ts')).run,
  views: async () => (await import('./views.ts')).run,
};

/** They take minutes, and run only when they are named. */
const BY_HAND = new Set(['quarter', 'standby']);

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  const known = Object.keys(BENCHMARKS).join(', ');
  process.stderr.write(`Unknown benchmark: ${unknown.join(', ')}. Use: ${known}.\n`);
  process.exit(2);
}
for (const [name, load] of Object.entries(BENCHMARKS)) {
  if (names.length === 0 ? BY_HAND.has(name) : !names.includes(name)) continue;
  const run = await load();
  for (const measured of await run()) {
    process.stdout.write(`${measuredLine(measured)}\n`);
    if (!isWithinLimit(measured)) process.exitCode = 1;
  }
}
