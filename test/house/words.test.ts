/** Words and names that are not used here, and what to write instead. */

import { describe, expect, it } from 'vitest';
import { CODE, filesMatching, type SourceFile, PROSE, SOURCE, TEXT } from './tree.ts';

interface Ban {
  readonly what: string;
  readonly pattern: RegExp;
  readonly instead: string;
  /** Files that are searched. */
  readonly files: RegExp;
  /** The only files that may use it. */
  readonly except?: RegExp;
}

const HERE = /^test\/house\/words\.test\.ts$/;

const BRITISH = [
  'colour|behaviour|favour|catalogue|licence|artefact|centre\\b|analyse\\b',
  '(normal|optim|organ|recogn|summar|initial|serial|util|amort)is(e|ing|ation)',
].join('|');

const BANS: readonly Ban[] = [
  {
    what: 'the time of the machine',
    pattern: /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(/,
    instead: 'a Clock from platform/clock.ts, handed in',
    files: SOURCE,
    except: /^src\/platform\/clock\.ts$/,
  },
  {
    what: 'the environment',
    pattern: /\bprocess\.env\b|\bprocess\.argv\b/,
    instead: 'config, read once at the door',
    files: SOURCE,
    except: /^src\/(config\/|main\/|start\.js$)/,
  },
  {
    what: 'chance without a seed',
    pattern: /\bMath\.random\(/,
    instead: 'platform/random.ts with a seed',
    files: SOURCE,
  },
  {
    what: 'a function of which every platform has its own last digit',
    pattern:
      /\bMath\.(?:a?(?:sin|cos|tan)h?|atan2|cbrt|exp|expm1|hypot|log|log1p|log2|log10|pow)\(/,
    instead: '+, -, *, / and Math.sqrt, which all round alike',
    files: /^src\/(domain|platform|economics|verdict|report)\/.*\.ts$/,
  },
  {
    what: 'a write past the fence',
    pattern: /\.transaction\(|\.immediate\(|\bBEGIN\b/,
    instead: 'write of ledger/transactions.ts, which asks who may write',
    files: /^src\/ledger\//,
    // Tables are created before there is a fence. Checks of the file change nothing. A temporary
    // copy has no fence.
    except: /^src\/ledger\/(transactions|migration|examine|copyInto)\.ts$/,
  },
  {
    what: 'SQL outside the ledger',
    // What people are told to run is no SQL of ours.
    pattern:
      /(?<!rentcheck sql "|e\.g\. )\b(SELECT( [\w(*]|$)|INSERT INTO|DELETE FROM|UPDATE \w+ SET)/,
    instead: 'a method of ledger/{facts,audits,deliveries,work}.ts',
    files: SOURCE,
    except: /^src\/ledger\//,
  },
  {
    what: 'SQL put together from values',
    pattern: /\bsql\.raw\(/,
    instead: 'columns, `sql` and sql.identifier of drizzle (decision 16)',
    files: SOURCE,
  },
  {
    what: 'a row whose type is stated where it is read',
    pattern: /\.safeIntegers\(|\.(all|iterate)\(.*\) as /,
    instead: 'prepareQuery or prepareExactQuery of ledger/statement.ts (decision 16)',
    files: /^src\/ledger\//,
    // What people query has columns that nobody knows. A ledger that is copied has no tables yet.
    except: /^src\/ledger\/(statement|queries|copyInto)\.ts$/,
  },
  {
    what: 'binary floats for money',
    pattern: /\bparseFloat\(/,
    instead: 'Exact or NanoUsd, rounded once by a named mode',
    files: SOURCE,
  },
  {
    what: 'almost equal',
    pattern: /\btoBeCloseTo\b/,
    instead: 'toBe on exact values',
    files: CODE,
  },
  {
    what: 'printing past the log',
    // A URL such as `https://console.…` prints nothing.
    pattern: /(?<!\/\/)\bconsole\./,
    instead: 'the log, or the stream that was handed in',
    files: CODE,
  },
  {
    what: 'work left over',
    pattern: /\b(TODO|FIXME|XXX|HACK)\b/,
    instead: 'an issue, or the work itself',
    files: TEXT,
  },
  {
    what: 'checks switched off',
    pattern: /@ts-(ignore|nocheck|expect-error)|(oxlint|biome|eslint)-(disable|ignore)/,
    instead: 'types that say what is true',
    files: CODE,
  },
  {
    what: 'British spelling',
    pattern: new RegExp(`\\w*(${BRITISH})\\w*`, 'i'),
    instead: 'American spelling, as in the APIs we read',
    files: TEXT,
  },
  {
    what: 'a path of one machine',
    pattern: /(^|[\s'"`(=:])\/(work|home\/\w+|Users\/\w+|root)\//,
    instead: 'a path relative to the checkout',
    files: TEXT,
  },
];

function findings(ban: Ban, files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, at) =>
      ban.pattern.test(line) ? [`${path}:${at + 1} ${line.trim().slice(0, 80)}`] : [],
    ),
  );
}

/** What each source exports under one name, because the registry of sources asks for it. */
const OF_EVERY_SOURCE = new Set(['pull', 'listings', 'seen']);
const EXPORTED =
  /^export (?:declare )?(?:async )?(?:function\*?|const|class|interface|type) (?<name>\w+)/gm;

/** `name: a.ts, b.ts` for each name that two files export. */
function sharedNames(files: readonly Pick<SourceFile, 'path' | 'text'>[]): string[] {
  const exported = files.flatMap(({ path, text }) => {
    const names = new Set([...text.matchAll(EXPORTED)].map(({ groups }) => groups?.['name'] ?? ''));
    return [...names].map((name) => ({ name, path }));
  });
  return [...Map.groupBy(exported, ({ name }) => name)]
    .filter(([name, places]) => places.length > 1 && !OF_EVERY_SOURCE.has(name))
    .map(([name, places]) => `${name}: ${places.map(({ path }) => path).join(', ')}`);
}

describe('words', () => {
  it.each(BANS)('$what is written as: $instead', (ban) => {
    const files = filesMatching(ban.files).filter(
      ({ path }) => !HERE.test(path) && ban.except?.test(path) !== true,
    );
    expect(files.length).toBeGreaterThan(0);
    expect(findings(ban, files)).toEqual([]);
  });

  it('no file or folder has a meaningless name', () => {
    const vague =
      /(^|\/)(utils?|helpers?|common|lib|misc|shared|managers?|services?|index)(\.\w+)*(\/|$)/i;
    const paths = filesMatching(CODE).map(({ path }) => path);
    expect(paths.filter((path) => vague.test(path))).toEqual([]);
  });

  it('code files are named in camelCase', () => {
    const odd = filesMatching(/^(src|test|bench)\/.*\.(ts|js|mjs)$/).filter(
      ({ path }) => !/\/[a-z][a-zA-Z0-9]*(\.test|\.d)?\.\w+$/.test(path),
    );
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  it('no two files export the same name', () => {
    expect(sharedNames(filesMatching(SOURCE))).toEqual([]);
    const text = 'export function parse() {}\nexport type Price = string;';
    const planted = ['src/a.ts', 'src/b.ts'].map((path) => ({ path, text }));
    expect(sharedNames(planted)).toEqual([
      'parse: src/a.ts, src/b.ts',
      'Price: src/a.ts, src/b.ts',
    ]);
  });

  it('every source file opens with a sentence on what is in it', () => {
    const silent = filesMatching(SOURCE).filter(
      ({ text }) => !/^\/\*\*\s+(\* )?[A-Z`][^]*?[.!?:]\s+(\*\/|\*)/.test(text),
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('every document opens with a title', () => {
    const untitled = filesMatching(PROSE).filter(({ text }) => !/^# \S/.test(text));
    expect(untitled.map(({ path }) => path)).toEqual([]);
  });

  it('a banned word is found', () => {
    const [ban] = BANS;
    const planted = { path: 'src/x.ts', text: '', lines: ['const a = 1;', 'return Date.now();'] };
    expect(ban && findings(ban, [planted])).toEqual(['src/x.ts:2 return Date.now();']);
  });
});
