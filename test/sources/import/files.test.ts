import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BATCH_ROWS, readImportFile } from '../../../src/sources/import/readImport.ts';
import { importCsv, readImportText, refusedFile } from './readImportText.ts';

const ROW = 'chat,2026-07-01T00:00:00Z,2026-07-01T00:05:00Z,3000,600,500,15,12.5,300';
const FILE = importCsv('usage', ROW);

describe('what makes no difference:', () => {
  test.each([
    ['a byte order mark', `\uFEFF${FILE}`],
    ['CRLF', FILE.replaceAll('\n', '\r\n')],
    ['no line break at the end', FILE.trimEnd()],
    ['empty lines', FILE.replaceAll('\n', '\n\n')],
    ['quotes around every cell', FILE.replaceAll(/[^,\n]+/g, '"$&"')],
    ['spaces around cells', FILE.replaceAll(',', ' , ')],
    ['capitals in the header', FILE.replace(/^.*/, (header) => header.toUpperCase())],
    ['pieces of one byte', FILE],
  ])('%s', async (name, text) => {
    const options = name.startsWith('pieces') ? { pieceBytes: 1 } : {};
    const [plain] = (await readImportText('usage', FILE)).facts.usage;
    const { facts, rejects } = await readImportText('usage', text, options);
    expect(rejects).toEqual([]);
    expect(facts.usage.map(({ fact }) => fact)).toEqual([plain?.fact]);
  });
});

test.each([
  ['gzip', gzipSync(FILE)],
  ['zstd', zstdCompressSync(FILE)],
])('a file compressed by %s equals its content', async (_, packed) => {
  const plain = await readImportText('usage', FILE);
  for (const pieceBytes of [1, 65_536]) {
    const unpacked = await readImportText('usage', packed, { pieceBytes, file: 'f.csv.gz' });
    expect(unpacked.facts).toEqual(plain.facts);
    expect(unpacked.batches.at(-1)?.digest).toBe(plain.batches.at(-1)?.digest);
  }
});

describe('a file that is not such an import is refused whole:', () => {
  test.each([
    ['f.csv is empty', ''],
    ['f.csv is gzip compressed and damaged or incomplete', gzipSync(FILE).subarray(0, 60)],
    ['f.csv is zstd compressed and damaged or incomplete', zstdCompressSync(FILE).subarray(0, 60)],
    ['f.csv is UTF-16 text', Buffer.from(`\uFEFF${FILE}`, 'utf16le')],
    ['f.csv is binary, or text in UTF-16', Buffer.from(FILE, 'utf16le')],
    ['f.csv is a zip archive or an Excel workbook', Buffer.from('PK\x03\x04rest')],
    ['f.csv is Parquet', Buffer.from('PAR1rest')],
    ['f.csv has cells separated by semicolons, expected commas', FILE.replaceAll(',', ';')],
    ['f.csv has cells separated by tabs, expected commas', FILE.replaceAll(',', '\t')],
    [
      'f.csv has lines that end with carriage returns only, expected line feeds',
      FILE.replaceAll('\n', '\r'),
    ],
    ['f.csv has a duplicate column "start"', FILE.replace('end', 'start')],
    [
      'f.csv has no column "prompt_tokens" (did you mean "promt_tokens"?)',
      FILE.replace('prompt_tokens', 'promt_tokens'),
    ],
    [
      'f.csv has an unknown column "cache_tokens" (did you mean the optional ' +
        '"cached_tokens"? Rename it to that or to something else)',
      FILE.replace('cached_tokens', 'cache_tokens'),
    ],
    [
      'f.csv has no column "end"; has an unknown column "request" (did you mean the ' +
        'optional "requests"? Rename it to that or to something else)',
      FILE.replace('end', 'until').replace('requests', 'request'),
    ],
    [
      'f.csv has no columns "deployment", "start", "end", "prompt_tokens", "output_tokens"',
      '\n \n',
    ],
    [
      'cannot read the header row of f.csv: the line has bytes that are not UTF-8; save ' +
        'the file as UTF-8',
      Buffer.from(`d\xe9ploiement,${FILE}`, 'latin1'),
    ],
  ])('%s', async (message, content) => {
    const failure = await refusedFile('usage', content);
    expect(failure).toMatchObject({ code: 'usage', message });
    expect(failure.where).toMatch(/^f\.csv/);
  });

  test('the expected columns are named', async () => {
    const failure = await refusedFile('rates', 'a,b\n');
    expect(failure.expected).toBe(
      'a header row with provider, gpu_type, valid_from, usd_per_gpu_hour; optional: ' +
        'pricing_class, second_hand',
    );
  });
});

test('a file with only a header has no rows', async () => {
  const { batches, facts } = await readImportText('usage', importCsv('usage'));
  expect(facts.usage).toEqual([]);
  expect(batches).toHaveLength(1);
  expect(batches[0]?.digest).toBeDefined();
});

test('unknown columns are left out with a warning that names them', async () => {
  const { facts, warnings } = await readImportText(
    'usage',
    FILE.replace(/$/gm, ',x').replace(',x', ',region'),
  );
  expect(facts.usage).toHaveLength(1);
  expect(warnings).toEqual(['Unknown columns were ignored: region.']);
});

test('optional columns may be missing altogether', async () => {
  const text = 'output_tokens,prompt_tokens,end,start,deployment\n5,10,2026-07-02,2026-07-01,a\n';
  const { facts } = await readImportText('usage', text);
  expect(facts.usage[0]?.fact).toMatchObject({ uncachedPromptTokens: 10, outputTokens: 5 });
});

test('batches are bounded, and together they hold the whole file and its digest', async () => {
  const rows = Array.from({ length: BATCH_ROWS + 10 }, (_, i) => ROW.replace('chat', `c${i}`));
  const text = importCsv('usage', ...rows);
  const { batches } = await readImportText('usage', text, { pieceBytes: 10_000 });
  const sizes = batches.map(({ facts }) => facts.usage?.length);
  expect(sizes).toEqual([BATCH_ROWS, 10]);
  expect(batches.map(({ digest }) => digest !== undefined)).toEqual([false, true]);
  const raw = Buffer.concat(batches.flatMap((batch) => batch.raw));
  expect(raw.toString()).toBe(text);
  expect(batches.at(-1)).toMatchObject({
    rows: rows.length,
    bytes: raw.length,
    digest: createHash('sha256').update(raw).digest('hex'),
  });
});

test('a file is read from its path, and an unreadable one is named', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'rentcheck-import-')), 'june.csv');
  writeFileSync(path, FILE);
  const read = (file: string) =>
    Array.fromAsync(
      readImportFile({ kind: 'usage', path: file, sourceId: 'import', nowMs: Date.now() }),
    );
  expect((await read(path))[0]?.facts.usage).toHaveLength(1);
  await expect(read(`${path}.gone`)).rejects.toMatchObject({
    code: 'file-unreadable',
    message: `cannot read ${path}.gone: no such file`,
  });
  await expect(read(tmpdir())).rejects.toMatchObject({
    code: 'file-unreadable',
    message: `cannot read ${tmpdir()}: it is a folder`,
  });
});
