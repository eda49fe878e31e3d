/** `rentcheck prices`: lists who sells a model, since when and at what price. */

import type { Command } from 'commander';
import { DAY_MS } from '../../domain/period.ts';
import type {
  ModelPrices,
  PricesDocument,
  PriceSpread,
  ListedPrice,
} from '../../jobs/knownPrices.ts';
import type { CliCommand, CommonOptions, Services } from '../command.ts';
import { parseInstantOption } from '../options.ts';
import { withSession, printJson, printNote, withCommonOptions } from '../session.ts';
import { renderFittedList, listColumns, wrapText } from '../screen.ts';
import { type FittedColumn, renderFittedTable, renderTitledTable } from '../textTable.ts';
import { formatCount, formatDecimal } from '../../domain/figures.ts';

interface PricesOptions extends CommonOptions {
  readonly at?: string;
  readonly quarantined?: boolean;
  readonly disagreements?: boolean;
  readonly all?: boolean;
}

export const pricesCommand: CliCommand = {
  register(command: Command, services: Services) {
    command
      .argument('[model]', 'model name as in a source, or a pattern with *')
      .option('--at <time>', 'list the prices in force then (default: now)')
      .option('--quarantined', 'list only quarantined prices, which are not in force')
      .option(
        '--disagreements',
        'list only prices where a catalog and the provider differ by over 10%',
      )
      .option('--all', 'print every column in full, at any width');
    withCommonOptions(command).action(async (model: string | undefined, options: PricesOptions) => {
      const at = parseInstantOption('--at', options.at);
      await withSession({ services, options, readonly: true }, async (context, speech) => {
        const { readKnownPrices } = await import('../../jobs/knownPrices.ts');
        const nowMs = context.clock.nowMs();
        const document = await readKnownPrices(context, { model, atMs: at ?? nowMs, nowMs });
        if (options.json === true) printJson(speech, document);
        else speech.stdout(renderPrices(document, options, listColumns(services, options)));
        if (document.models.length + document.quarantined.length > 0) return 0;
        const ofModel = model === undefined ? '' : ` of ${model}`;
        const fix = 'Pull a source that lists prices, or run: rentcheck import prices FILE';
        printNote(speech, 'note', `No price${ofModel} is known at ${document.at}. ${fix}`);
        return 1;
      });
    });
  },
};

/** Exported for tests. */
export function renderPrices(
  document: PricesDocument,
  options: Pick<PricesOptions, 'quarantined' | 'disagreements'>,
  columns: number,
): string {
  return renderFittedList((room) => listText(document, options, room), columns, '--all or --json');
}

function listText(
  document: PricesDocument,
  options: Pick<PricesOptions, 'quarantined' | 'disagreements'>,
  columns: number,
): string {
  if (options.disagreements === true) return disagreementsText(document, columns);
  if (options.quarantined === true) return quarantinedText(document, columns);
  const { quarantined, disagreements } = document;
  const notes = [
    ...(quarantined.length === 0
      ? []
      : [`${formatCount(quarantined.length, 'price')} in quarantine: see --quarantined`]),
    ...(disagreements.length === 0
      ? []
      : [
          `${formatCount(disagreements.length, 'catalog price')} over 10% from the provider: ` +
            'see --disagreements',
        ]),
  ];
  return [
    ...document.models.map((model) => modelPart(model, columns)),
    ...(notes.length === 0
      ? []
      : [linesText(notes.flatMap((note) => wrapText(note, { columns })))]),
  ].join('\n');
}

const linesText = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

const LISTED: readonly FittedColumn[] = [
  { title: 'since', rank: 1 },
  { title: 'listed by', least: 8, rank: 3 },
];
const COLUMNS: readonly FittedColumn[] = [
  { title: 'provider', least: 16 },
  { title: 'quantization', rank: 4 },
  { title: 'tier', rank: 5 },
  { title: '$ in', isFigure: true },
  { title: '$ cached', isFigure: true, rank: 2 },
  { title: '$ out', isFigure: true },
  ...LISTED,
];

function modelPart({ source, model, prices, spread, gaps }: ModelPrices, columns: number): string {
  const rows = prices.map((price) => [
    price.host,
    price.quantization,
    price.tier,
    ...figures(price),
  ]);
  const notes = [
    ...spreadText('input', spread.input),
    ...spreadText('output', spread.output),
    ...gapLines(gaps),
  ];
  const title = `${model} (${source}), $ per Mtok`;
  return renderTitledTable({ title, columns: COLUMNS, rows, notes }, columns);
}

/**
 * One line per run of consecutive gaps. Between two consecutive gaps the price was checked once, so
 * a run of three gaps ends with "except for 2 checks".
 */
function gapLines(gaps: ModelPrices['gaps']): string[] {
  const runs: (typeof gaps)[] = [];
  for (const gap of gaps) {
    const last = runs.at(-1);
    if (last?.at(-1)?.to === gap.from) runs.splice(-1, 1, [...last, gap]);
    else runs.push([gap]);
  }
  return runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) return [];
    const exception =
      run.length === 1 ? '' : `, except for ${formatCount(run.length - 1, 'check')}`;
    const { from } = first;
    if (last.to === null) return [`not checked since ${day(from)}${exception}`];
    const span = lengthText(Date.parse(last.to) - Date.parse(from));
    return [`not checked ${day(from)} to ${day(last.to)}, ${span}${exception}`];
  });
}

/** `3 weeks`, or `17 days` if the length is not a whole number of weeks. */
function lengthText(lengthMs: number): string {
  const days = Math.round(lengthMs / DAY_MS);
  return days % 7 === 0 ? formatCount(days / 7, 'week') : formatCount(days, 'day');
}

function spreadText(side: string, spread: PriceSpread | null): string[] {
  if (spread === null || spread.leastUsd === spread.mostUsd) return [];
  return [`${side}: $${formatDecimal(spread.leastUsd)} to $${formatDecimal(spread.mostUsd)}`];
}

function figures(price: ListedPrice): string[] {
  const { inputUsd, cachedUsd, outputUsd, since, secondHand, conditions } = price;
  const [input, cached, output] = [inputUsd, cachedUsd, outputUsd].map((text) =>
    text === null ? '' : formatDecimal(text),
  );
  const conditional = conditions === 0 ? '' : `, ${conditions} conditional`;
  const listedBy = `${secondHand ? 'catalog' : 'provider'}${conditional}`;
  return [input ?? '', cached ?? '', output ?? '', day(since), listedBy];
}

const QUARANTINED: readonly FittedColumn[] = [
  { title: 'source', least: 8, rank: 4 },
  { title: 'model', least: 12 },
  { title: 'provider', least: 8 },
  { title: '$/Mtok in', isFigure: true },
  { title: '$/Mtok cached', isFigure: true, rank: 2 },
  { title: '$/Mtok out', isFigure: true },
  ...LISTED,
];

function quarantinedText({ quarantined }: PricesDocument, columns: number): string {
  if (quarantined.length === 0) return 'No price is in quarantine.\n';
  const rows = quarantined.map((price) => [
    price.source,
    price.model,
    price.host,
    ...figures(price),
  ]);
  return linesText(renderFittedTable(QUARANTINED, rows, columns));
}

/** The widths that names must leave for the other columns, and what is enough for a name. */
const DISAGREEMENT_WIDTH = 44;
const NAME_WIDTH = { least: 8, enough: 24 };

/** Names are more important than dates and sources, which are omitted first. */
function disagreementColumns(columns: number): FittedColumn[] {
  const room = Math.floor((columns - DISAGREEMENT_WIDTH) / 2);
  const least = Math.max(NAME_WIDTH.least, Math.min(NAME_WIDTH.enough, room));
  return [{ title: 'model', least }, { title: 'provider', least }, ...DISAGREEMENTS];
}

const DISAGREEMENTS: readonly FittedColumn[] = [
  { title: 'tokens' },
  { title: 'provider $/Mtok', isFigure: true },
  { title: 'since', rank: 2 },
  { title: 'source', least: 6, rank: 4 },
  { title: 'catalog $/Mtok', isFigure: true },
  { title: 'since', rank: 1 },
  { title: 'source', least: 6, rank: 3 },
];

function disagreementsText({ disagreements }: PricesDocument, columns: number): string {
  if (disagreements.length === 0) {
    const none = 'No catalog price differs from the provider by more than 10%.';
    return linesText(wrapText(none, { columns }));
  }
  const rows = disagreements.map(({ side, own, catalog }) => {
    const usdOf = (price: ListedPrice) =>
      (side === 'input' ? price.inputUsd : price.outputUsd) ?? '';
    const cells = (price: ListedPrice) => [
      formatDecimal(usdOf(price)),
      day(price.since),
      price.source,
    ];
    return [own.model, own.host, side, ...cells(own), ...cells(catalog)];
  });
  return linesText(renderFittedTable(disagreementColumns(columns), rows, columns));
}

const day = (instant: string) => instant.slice(0, 10);
