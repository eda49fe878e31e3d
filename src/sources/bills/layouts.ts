/** Assigns the files of a bucket to billing periods, by each provider's layout. */

import { Failure } from '../../domain/failure.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { DAY_MS, dayText, overlapMs, type Period } from '../../domain/period.ts';
import type { StoredFile } from './store.ts';

export const LAYOUTS = ['auto', 'aws', 'azure', 'plain'] as const;
export type BillLayout = (typeof LAYOUTS)[number];

/**
 * How several files of one period are combined: all are parts of one bill, or the newest is the
 * whole.
 */
export const FILE_RULES = ['all', 'newest'] as const;
export type FileRule = (typeof FILE_RULES)[number];

/** The bill of one period. */
export interface BillSection {
  /** `2026-07`, the days if the period is not a month, or `all` if no file names a period. */
  readonly name: string;
  /** Absent if no file names a period. */
  readonly window?: Period;
  /** Set if manifests list the files. The newest comes first. */
  readonly manifests?: readonly StoredFile[];
  /** Set if there is no manifest. */
  readonly files?: readonly StoredFile[];
}

export interface BillSections {
  readonly layout: Exclude<BillLayout, 'auto'>;
  readonly sections: readonly BillSection[];
  /** Periods with data but no manifest. Their first export run has not ended. */
  readonly unfinished: readonly string[];
}

export interface LayoutOptions {
  readonly layout: BillLayout;
  readonly match?: string | undefined;
  /** The prefix that all keys share. A month in it says nothing about a file. */
  readonly prefix?: string;
}

/**
 * Assigns the files of a bucket to periods.
 * @throws {Failure} `config` if there are two exports under one prefix, since each has the same
 *   bill.
 */
export function findSections(
  files: readonly StoredFile[],
  { layout, match, prefix = '' }: LayoutOptions,
): BillSections {
  const aws = layout === 'azure' || layout === 'plain' ? undefined : layOutAws(files);
  if (aws !== undefined && (layout === 'aws' || isAny(aws))) return aws;
  const azure = layout === 'plain' ? undefined : layOutAzure(files);
  if (azure !== undefined && (layout === 'azure' || isAny(azure))) return azure;
  return layOutPlain(files, { match, prefix });
}

function isAny({ sections, unfinished }: BillSections): boolean {
  return sections.length + unfinished.length > 0;
}

const AWS_MANIFEST =
  /^(.*\/)?metadata\/BILLING_PERIOD=(\d{4}-\d{2})\/(?:.*\/)?[^/]*manifest\.json$/i;
const AWS_DATA = /^(.*\/)?data\/BILLING_PERIOD=(\d{4}-\d{2})\/.*[^/]$/i;

function layOutAws(files: readonly StoredFile[]): BillSections | undefined {
  const manifests = grouped(files, AWS_MANIFEST);
  const data = grouped(files, AWS_DATA);
  requireOneExport([...manifests.keys(), ...data.keys()]);
  return {
    layout: 'aws',
    sections: [...manifests.values()].flat().map(({ period, members }) => {
      const window = parseMonth(period);
      return { name: period, ...(window === undefined ? {} : { window }), manifests: members };
    }),
    unfinished: periodsWithoutManifest(data, manifests),
  };
}

/** A run has a folder named by its id, below one named by its time if runs are not overwritten. */
const AZURE_MANIFEST = /^(.*\/)?(\d{8}-\d{8})\/(?:[^/]+\/){0,2}_?manifest\.json$/i;
const AZURE_DATA = /^(.*\/)?(\d{8}-\d{8})\/(?:[^/]+\/){0,2}[^/]+$/;

function layOutAzure(files: readonly StoredFile[]): BillSections | undefined {
  const manifests = grouped(files, AZURE_MANIFEST);
  const data = grouped(files, AZURE_DATA);
  const roots = manifests.size > 0 ? manifests : data;
  requireOneExport([...roots.keys()]);
  const sections = [...manifests.values()].flat().flatMap(({ period, members }): BillSection[] => {
    const window = parseDays(period);
    if (window === undefined) return [];
    return [{ name: spanName(window), window, manifests: members }];
  });
  requireNoOverlap(sections);
  return { layout: 'azure', sections, unfinished: periodsWithoutManifest(data, manifests) };
}

interface Grouped {
  readonly period: string;
  /** The newest comes first. */
  readonly members: readonly StoredFile[];
}

/** Groups files by their export. The periods of an export are in order. */
function grouped(files: readonly StoredFile[], pattern: RegExp): Map<string, Grouped[]> {
  const matching = files.flatMap((file) => {
    const [matched, root = '', period = ''] = pattern.exec(file.key) ?? [];
    return matched === undefined ? [] : [{ root, period, file }];
  });
  const periodsOf = (group: typeof matching) =>
    [...Map.groupBy(group, ({ period }) => period)]
      .map(([period, same]) => ({ period, members: newestFirst(same.map(({ file }) => file)) }))
      .toSorted((a, b) => (a.period < b.period ? -1 : 1));
  const roots = Map.groupBy(matching, ({ root }) => root);
  return new Map([...roots].map(([root, group]) => [root, periodsOf(group)]));
}

/** The newest file first. Files of one time are ordered by name, the last name first. */
export function newestFirst(files: readonly StoredFile[]): StoredFile[] {
  return files.toSorted((a, b) => {
    const apart = (b.modifiedMs ?? 0) - (a.modifiedMs ?? 0);
    return apart === 0 ? (a.key > b.key ? -1 : 1) : apart;
  });
}

function periodsWithoutManifest(
  data: Map<string, Grouped[]>,
  manifests: Map<string, Grouped[]>,
): string[] {
  return [...data].flatMap(([root, periods]) => {
    const withManifest = new Set((manifests.get(root) ?? []).map(({ period }) => period));
    return periods.map(({ period }) => period).filter((period) => !withManifest.has(period));
  });
}

function requireOneExport(found: readonly string[]): void {
  const roots = [...new Set(found)].toSorted();
  if (roots.length < 2) return;
  const shown = roots
    .slice(0, 5)
    .map((root) => JSON.stringify(root))
    .join(', ');
  throw new Failure('config', `more than one export under one prefix: ${shown}`, {
    where: 'prefix',
    expected: 'one export per source; two of the same account would count it twice',
    hint: 'set prefix to the folder of one export, and add another source for another account',
  });
}

function requireNoOverlap(sections: readonly BillSection[]): void {
  const [first, ...rest] = sections;
  if (first?.window === undefined) return;
  const { window } = first;
  const other = rest.find((one) => one.window !== undefined && overlapMs(one.window, window) > 0);
  if (other === undefined) return requireNoOverlap(rest);
  const message = `the periods ${first.name} and ${other.name} of the export overlap`;
  throw new Failure('config', message, {
    where: 'prefix',
    expected: 'one period for each day',
    hint: 'move the one-time export among them to another folder',
  });
}

/** Patterns of table files, and of files that are not tables. */
const TABLE = /\.(?:csv|parquet|jsonl|ndjson|json)(?:\.(?:gz|gzip|zst|zstd))?$/i;
const NO_TABLE = /manifest[^/]*\.json$|(?:^|\/)[._][^/]*$/i;

function layOutPlain(
  files: readonly StoredFile[],
  { match, prefix = '' }: Omit<LayoutOptions, 'layout'>,
): BillSections {
  const isSelected =
    match === undefined
      ? (key: string) => TABLE.test(key) && !NO_TABLE.test(key)
      : (key: string) => matchesGlob(match, key);
  const selected = files.filter(({ key }) => isSelected(key));
  const periods = Map.groupBy(selected, ({ key }) => {
    const relative = key.startsWith(prefix) ? key.slice(prefix.length) : key;
    return periodIn(relative) ?? periodIn(key) ?? 'all';
  });
  const sections = [...periods]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]): BillSection => {
      const window = parseMonth(name);
      return { name, ...(window === undefined ? {} : { window }), files: newestFirst(members) };
    });
  return { layout: 'plain', sections, unfinished: [] };
}

/** Patterns of a month in a path: `2026-07`, `2026/7`, `2026-07-15T10`; `202607`, `20260701`. */
const MONTHS = [
  /(?<![0-9A-Za-z])(20\d{2})[-_/](0?[1-9]|1[0-2])(?=[-_/.T]|$)/,
  /(?<![0-9A-Za-z])(20\d{2})(0[1-9]|1[0-2])(?:\d{2}(?:T?\d{4,6}Z?)?)?(?=[-_/.]|$)/,
];

/** The month in a key. Names such as those in `year=2026/month=7` are removed first. */
function periodIn(key: string): string | undefined {
  const path = key.replaceAll(/[A-Za-z_]+=/g, '');
  for (const pattern of MONTHS) {
    const [found, year = '', month = ''] = pattern.exec(path) ?? [];
    if (found !== undefined) return `${year}-${month.padStart(2, '0')}`;
  }
  return undefined;
}

function parseMonth(name: string): Period | undefined {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(name) ?? [];
  if (year === undefined) return undefined;
  const start = Number(month) - 1;
  return { startMs: Date.UTC(Number(year), start, 1), endMs: Date.UTC(Number(year), start + 1, 1) };
}

/** Parses `20260701-20260731`. Both days are inclusive. */
function parseDays(name: string): Period | undefined {
  const days = name.split('-').map((day) => {
    const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})$/.exec(day) ?? [];
    return Date.parse(`${year}-${month}-${date}T00:00:00Z`);
  });
  const [startMs = Number.NaN, lastMs = Number.NaN] = days;
  return startMs <= lastMs ? { startMs, endMs: lastMs + DAY_MS } : undefined;
}

/** `2026-07` for a whole month, otherwise its days. */
function spanName({ startMs, endMs }: Period): string {
  const month = dayText(startMs).slice(0, 7);
  const whole = parseMonth(month);
  const isMonth = whole?.startMs === startMs && whole.endMs === endMs;
  return isMonth ? month : `${dayText(startMs)}--${dayText(endMs - DAY_MS)}`;
}
