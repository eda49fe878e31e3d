/** Tests that each benchmark works at its small size, and measures all that it is to measure. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { BenchmarkName } from '../../bench/list.ts';
import { ROOT, readSourceFile } from '../house/tree.ts';

/**
 * All but `demo`: the demo has only one size, which takes half a minute, and `test/demo/` runs it.
 */
type SmallName = Exclude<BenchmarkName, 'demo'>;

/** The printed lines without their limits. Each `#` is a number that differs from run to run. */
const LINES: Readonly<Record<SmallName, readonly string[]>> = {
  audit: [
    'audit of # usage rows: # as a multiple of a bare scan',
    'peak memory of the command that audits it once: # MB',
  ],
  fleet: [
    'what a fleet adds to an audit (# charges and # usage rows: # s; a single pod: # s): # of a ' +
      'bare scan of its rows',
    'peak memory of a process that audits them once: # MB',
    'audit of the last of # quarters in a ledger: # of that quarter alone',
    'ingest of # charges: # of bare prepared statements into charge and charge_day',
  ],
  growth: [
    'audit of # pods (#M charges; #M usage rows): # s of CPU; a pod: # of that with # (# s of CPU)',
    'ledger of # pods (#M charges; #M usage rows): # MB; a pod: # of that with # (# MB)',
    'memory of # pods (#M charges; #M usage rows): # MB: # of that with # (# MB)',
  ],
  ingest: ['ingest # usage rows with their daily sums: # of a bare prepared statement'],
  decision: ['a whole decision on # deployments: # of a pass over their daily series x #'],
  mail: [
    'a whole mail with seven charts: # of its MJML alone and its pictures alone',
    'cold start to the files of a report on disk: # seconds',
  ],
  metrics: [
    'parse # MB of metrics (# MB a second): # of splitting its lines',
    'peak of reading # MB of metrics: # MB more than of # MB (# MB; of # MB # MB)',
  ],
  pull: [
    'pull a day of # replicas (# million samples a second; # of receiving the bytes alone): # of ' +
      'receiving and parsing the answers',
    'peak of a process that pulls # days (# MB for one): # MB',
  ],
  quarter: [
    'pull # days of # replicas (# million samples in # s of CPU): # of receiving and parsing it',
    'peak of a process that pulls # days (# intervals): # MB',
  ],
  standby: [
    'a killed leader is replaced (# s): # of the # s promised',
    'its job is done by the next (# s): # of the # s promised',
    'a stopped leader is replaced (# s): # of the # s promised',
  ],
  start: [
    'rentcheck --version: # of the CPU of an empty script',
    'rentcheck --help: # of the CPU of an empty script',
    'rentcheck audit --help: # of the CPU of an empty script',
    'rentcheck sql "SELECT #": # seconds of CPU',
  ],
  views: [
    'usage_by_day of one quarter out of # years: # as a multiple of DuckDB on Parquet',
    'spend_by_day of one quarter out of # years: # as a multiple of DuckDB on Parquet',
  ],
};

const { scripts } = JSON.parse(readSourceFile('package.json').text);
const [, ...BENCH] = scripts.bench.split(' ') as string[];

async function printedBy(name: string): Promise<string[]> {
  const args = [...BENCH, '--small', name];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return stdout.trimEnd().split('\n');
}

/** A small run may cost less than the smaller one that is subtracted from it. */
const NUMBER = /(?<![\w,.])-?\d[\d,]*(?:\.\d+)?/g;

const names = Object.keys(LINES) as SmallName[];
const halves = [0, 1].map((half) => ({
  half: names.filter((_, index) => index % 2 === half),
}));

// Two at once, one of each half, because some of them mostly wait.
describe.concurrent.each(halves)('npm run bench -- --small', ({ half }) => {
  const oneByOne = { concurrent: false };
  it.each(half)('%s prints a figure in each of its lines', oneByOne, async (name) => {
    const lines = await printedBy(name);
    const measured = lines.map((line) => line.replace(/ \(limit [<>]= [\d.]+\)$/, ''));
    expect(measured.map((line) => line.replaceAll(NUMBER, '#'))).toEqual(LINES[name]);
  });
});
