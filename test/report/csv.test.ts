/** Spreadsheets read the cells of tables as what they are: text, or numbers. */

import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText, rowsCsv } from '../../src/report/csv/csv.ts';
import { aDetail } from '../support/auditFixture.ts';
import { hostileAudit, mixedAudit } from '../support/audits.ts';
import { renderCached, fileText } from '../support/renderedReport.ts';

const one = (value: string | number | boolean | null) => csvText({ cell: () => value }, [0]);
const cellOf = (value: string) => {
  const rows = parse(one(value), { bom: true });
  return rows[1]?.[0] ?? '';
};

/** What makes Excel, LibreOffice, Numbers and Sheets evaluate a cell. */
const FORMULA = /^[\s'"]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

describe('a cell', () => {
  it.each([
    '=1+1',
    '+1',
    '@SUM(A1)',
    '-2+3',
    '\t=1',
    '\r=1',
    ' =1',
    "'=1",
    '"=1',
    '\uff1d1',
    '\uff0bcmd',
    '\uff0d1',
    '\uff20x',
    '\u200b=1',
    '\u202e=1',
  ])('that would be a formula is text: %j', (value) => {
    expect(cellOf(value)).toMatch(/^'/);
  });

  it('begins no formula after the separator of another country', () => {
    expect(cellOf('a;=cmd|calc')).toBe("a;'=cmd|calc");
    expect(cellOf('a,"=1')).toBe(`a,"'=1`);
    expect(cellOf('a\n=1')).toBe('a =1');
  });

  it('that is a number stays one, below zero too', () => {
    for (const number of ['-1200.000000', '0', '12345678901234567890', '0.000001']) {
      expect(cellOf(number)).toBe(number);
    }
    expect(one(-5)).toBe('\ufeffcell\r\n-5\r\n');
    expect(one(null)).toBe('\ufeffcell\r\n\r\n');
  });

  it('is complete, with quotes and separators', () => {
    expect(cellOf('a "b", c; d')).toBe('a "b", c; d');
  });

  it('is never evaluated, whatever its content', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const cell = cellOf(value);
        const isNumber = /^-?\d+(?:\.\d+)?$/.test(cell);
        expect(isNumber || cell.startsWith("'") || !FORMULA.test(cell)).toBe(true);
        for (const part of cell.split(/[;,|]/).slice(1)) {
          expect(part.replace(/^\s*["']?/, '')).not.toMatch(/^[=+\-@\uff1d\uff0b\uff0d\uff20]/);
        }
      }),
    );
  });
});

describe('the tables of a report', () => {
  const table = async (name: string, audit = mixedAudit()) => {
    const { files } = await renderCached({ audit, detail: aDetail(audit) });
    const text = fileText(files, name);
    expect(text).toMatch(/\r\n$/);
    return parse(text, { bom: true, columns: true }) as Record<string, string>[];
  };

  it('have a row per deployment, most expensive first, with money as plain decimals', async () => {
    const rows = await table('deployments.csv');
    expect(rows.map(({ deployment, verdict }) => [deployment, verdict])).toEqual([
      ['chat-70b', 'delete'],
      ['bursty-code-32b', 'hybrid'],
      ['busy-8b', 'keep'],
      ['records-70b', 'keep (required)'],
    ]);
    expect(rows[0]).toMatchObject({
      quarter: '2026-Q3',
      planned_option: 'delete',
      spend_usd: '54120.480000',
      saving_usd: '30214.110000',
      utilization: '0.230000',
      waiver_owner: '',
      run_id: 'run-0123456789abcdef',
    });
    expect(rows[3]).toMatchObject({ waiver_owner: 'legal', waiver_expires: '2026-12-31' });
  });

  it('have a row per option, and why one has no price', async () => {
    const rows = await table('options.csv');
    const own = rows.filter(({ deployment }) => deployment === 'bursty-code-32b');
    expect(
      own.map(({ option, is_planned, saving_usd }) => [option, is_planned, saving_usd]),
    ).toEqual([
      ['keep', 'false', '0.000000'],
      ['delete', 'false', '4100.000000'],
      ['hybrid', 'true', '12199.500000'],
      ['move', 'false', ''],
      ['spot', 'false', ''],
    ]);
    expect(own[3]?.['not_priced_because']).toBe('no price of it is known');
  });

  it('contain hostile names as text', async () => {
    const cells = (await table('deployments.csv', hostileAudit())).flatMap(Object.values);
    const risky = cells.filter((cell) => FORMULA.test(cell) && !/^-?[\d.]+$/.test(cell));
    expect(risky.filter((cell) => !cell.startsWith("'"))).toEqual([]);
    expect(cells).toContain("'=cmd|calc");
  });

  it('have every figure with its id and its source', async () => {
    const rows = await table('figures.csv');
    const rowsOf = (id: string) => rows.find(({ figure_id }) => figure_id === id);
    expect(rowsOf('stack.saving')).toEqual({
      figure_id: 'stack.saving',
      printed: '$41,214',
      value: '41213.610000',
      unit: 'USD',
      path_in_report_json: 'stack.savingUsd.base',
      ledger_view: 'audit_by_quarter',
      run_id: 'run-0123456789abcdef',
    });
    expect(rowsOf('chat-70b.utilization')).toMatchObject({
      printed: '23%',
      path_in_report_json: 'deployments[0].utilization',
      ledger_view: 'audit_by_deployment',
    });
    expect(rowsOf('chat-70b.options.delete.cost')?.['ledger_view']).toBe('option_by_deployment');
    expect(rowsOf('chart.weekly-price')?.['printed']).toContain('Self-hosted tokens cost');
    expect(new Set(rows.map(({ figure_id }) => figure_id)).size).toBe(rows.length);
  });
});

describe('a row for a pipe', () => {
  const readBack = (text: string) => parse(rowsCsv([[text, 'end']]))[0]?.[0] ?? '';

  it('keeps its line breaks, and begins no formula after one either', () => {
    expect(readBack('a\nb;c')).toBe('a\nb;c');
    expect(readBack('a\n=1')).toBe("a\n'=1");
    expect(readBack('a;\t"+1')).toBe(`a;\t"'+1`);
    expect(readBack('=HYPERLINK("http://x","y")')).toBe(`'=HYPERLINK("http://x","y")`);
  });

  it('is never evaluated, and loses nothing else', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('=', '-', '+', 'a', '1', '.', ';', '"', "'", '\n', ' '),
        }),
        (text) => {
          const back = readBack(text);
          const isNumber = /^-?\d+(?:\.\d+)?$/.test(back);
          const cells = isNumber ? [] : back.split(/[;,|\t\r\n]/);
          expect(cells.filter((cell) => /^\s*"?[=+\-@]/.test(cell))).toEqual([]);
          expect(back.replaceAll("'", '')).toBe(text.replaceAll("'", ''));
        },
      ),
    );
  });
});
