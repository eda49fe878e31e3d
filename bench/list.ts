/** The benchmarks by name. */

import type { Benchmark } from './measured.ts';

/** Each loads its own modules only: those of another one would change its time and memory. */
export const BENCHMARKS = {
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
} satisfies Record<string, () => Promise<Benchmark>>;

export type BenchmarkName = keyof typeof BENCHMARKS;

/** They take minutes, and run only when they are named. */
export const BY_HAND: ReadonlySet<string> = new Set(['quarter', 'standby']);
