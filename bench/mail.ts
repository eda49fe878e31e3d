/** Time of a whole mail, compared with its two necessary parts: MJML and pictures. */

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import mjml2html from 'mjml';
import { composeEml } from '../src/delivery/eml.ts';
import { renderSvg } from '../src/report/charts/chart.ts';
import { planCharts } from '../src/report/charts/chartPlans.ts';
import { FONT_FAMILY, FONT_FILES } from '../src/report/typeface.ts';
import type { ReportInput } from '../src/report/input.ts';
import { renderReport } from '../src/report/report.ts';
import { readTemplate, templatePath } from '../src/report/template.ts';
import { aDetail } from '../test/support/auditFixture.ts';
import { mixedAudit } from '../test/support/audits.ts';
import type { BenchmarkSize, Measured } from './measured.ts';
import { LEADER } from '../test/support/readers.ts';
import { readAudit } from '../src/report/sections/completeAudit.ts';
import { parseDetail } from '../src/report/sections/storedAmounts.ts';
import type { Audit } from '../src/verdict/audit.ts';

const ROUNDS: Readonly<Record<BenchmarkSize, number>> = { full: 40, small: 1 };
const REACH = 1.3;
const CHARTS = 7;

/** A quarter of four deployments with every section of a report, and a previous quarter. */
function inputOf(): ReportInput {
  const audit = mixedAudit();
  const before = { ...mixedAudit(), quarter: '2026-Q2' };
  return { audit, detail: aDetail(audit), previous: before, history: [before] };
}

/**
 * The best time of each over several alternating rounds in one process, so that other load on the
 * machine affects both. The mail is timed as a whole: from the stored audit to the bytes of the
 * message to leaders, with finance's message and every attachment. The rest is timed without copy
 * and layout, one picture after the other. A process keeps the rendered MJML frame for the next
 * mail. Its rendering is added to the mail's time, so that both include the same work.
 */
export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const input = inputOf();
  const svgs = await picturesOf(input);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS[size]; round += 1) {
    rounds.push({
      mailMs: await timed(async () => {
        await renderMjml();
        return mailOf(input);
      }),
      mjmlMs: await timed(renderMjml),
      paintMs: await timed(async () => svgs.map(paint)),
    });
  }
  const bestOf = (name: keyof Round) => Math.min(...rounds.map((times) => times[name]));
  return [
    {
      name: 'a whole mail with seven charts, of its MJML alone and its pictures alone',
      value: bestOf('mailMs') / (bestOf('mjmlMs') + bestOf('paintMs')),
      reach: REACH,
      better: 'lower',
    },
    {
      name: 'cold start to the files of a report on disk, seconds',
      value: (await coldStartMs(input)) / 1000,
      reach: COLD_REACH_SECONDS,
      better: 'lower',
    },
  ];
}

interface Round {
  readonly mailMs: number;
  readonly mjmlMs: number;
  readonly paintMs: number;
}

const COLD_REACH_SECONDS = 10;

async function mailOf(input: ReportInput): Promise<Uint8Array> {
  const { letters, files } = await renderReport(input);
  const [letter] = letters;
  if (letter === undefined) throw new Error('a report has a letter for leaders');
  if (letter.pictures.length !== CHARTS) throw new Error('the mail is to have seven charts');
  const [from, to] = ['audit@example.com', ['cfo@example.com']];
  return await composeEml({ letter, files, from, to, dateMs: 0, messageId: '<bench@example.com>' });
}

async function picturesOf({ audit, detail, history = [] }: ReportInput): Promise<string[]> {
  const read = (stored: Audit) => readAudit(stored, LEADER);
  const days = parseDetail(detail);
  const plans = planCharts(
    { audit: read(audit), detail: days, history: history.map(read) },
    LEADER,
  );
  const specs = plans.flatMap(({ spec }) => (spec === undefined ? [] : [spec]));
  return await Promise.all(specs.map(renderSvg));
}

function paint(svg: string): Uint8Array {
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    background: '#ffffff',
    font: { loadSystemFonts: false, fontFiles: [...FONT_FILES], defaultFontFamily: FONT_FAMILY },
  })
    .render()
    .asPng();
}

async function renderMjml(): Promise<void> {
  await mjml2html(readTemplate('report.mjml'), {
    filePath: templatePath('report.mjml'),
    ignoreIncludes: false,
    validationLevel: 'strict',
    keepComments: false,
    fonts: {},
  });
}

/** From the start of a process that has nothing but the stored audit to its last file. */
async function coldStartMs(input: ReportInput): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
  try {
    const stored = join(folder, 'input.json');
    await writeFile(stored, JSON.stringify(input));
    const program = fileURLToPath(new URL('./mailOnce.ts', import.meta.url));
    return await timed(async () => {
      execFileSync(process.execPath, [program, stored, folder]);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
