/** Lists the figures that a report derives from an audit: shares, sums and comparisons. */

import { subtract, type Exact } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { computeChangedPrices } from '../sections/why.ts';
import { comparePrices } from '../sections/mainFigures.ts';
import { medianHostText } from '../sections/optionTables.ts';
import type { AuditReading } from '../sections/auditReading.ts';
import type { AuditInputBreakEven } from '../../verdict/auditDecision.ts';
import type { Reading } from '../sections/storedAmounts.ts';
import type { AuditJudgment } from '../../verdict/auditDeployment.ts';
import { dollars, percent, pricePerMtok } from '../format.ts';
import type { FigureSource } from './page.ts';
import { waiverExcess } from '../sections/waivers.ts';
import { type AuditFigure, figureId, type FigureUnit } from './figure.ts';
import type { Reader } from '../locale.ts';
import { oneLine } from '../displayText.ts';
import { breakEvenText } from '../sections/breakEvens.ts';
import { effectRange } from '../copy/inputs.ts';

export function derivedFigures(source: FigureSource, reader: Reader): AuditFigure[] {
  const { audit } = source;
  return [
    ...gpuSpendFigures(audit, reader),
    ...stackPrice(audit, reader),
    ...changedFigures(audit, reader),
    ...attributed(audit, reader),
    ...sums(source),
    ...audit.deployments.flatMap((each, at) => ofDeployment(each, at, reader)),
  ];
}

interface DerivedFigure {
  readonly id: string;
  readonly text: string;
  readonly unit: FigureUnit;
  /** Fields of `report.json` that it is derived from. */
  readonly from: string;
  readonly view: string;
}

function derivedFigure({ from, ...figure }: DerivedFigure): AuditFigure {
  return { ...figure, value: '', path: from };
}

function gpuSpendFigures({ gpuSpendUse: use }: AuditReading, reader: Reader): AuditFigure[] {
  if (use === undefined) return [];
  const view = 'audit_by_deployment';
  const usd = (id: string, amount: typeof use.gpuSpend | undefined, from: string): AuditFigure[] =>
    amount === undefined
      ? []
      : [derivedFigure({ id, text: dollars(amount, reader), unit: 'USD', from, view })];
  const full = 'deployments[].fullCapacityUsd';
  return [
    derivedFigure({
      id: 'stack.utilization',
      text: percent(use.utilization, reader),
      unit: 'share',
      from: `${full} over deployments[].spendUsd less uncoveredUsd`,
      view,
    }),
    ...usd('stack.rent', use.gpuSpend, 'deployments[].spendUsd less uncoveredUsd'),
    ...usd('stack.rent.worked', use.fullCapacityCost, full),
    ...usd('stack.rent.underfilled', use.underfilled, 'deployments[].underfilledUsd'),
    ...usd('stack.rent.idle', use.idle, 'deployments[].idleUsd'),
  ];
}

interface Prices {
  readonly id: string;
  readonly selfHosted: Exact | undefined;
  readonly hosted: Exact | undefined;
  readonly from: string;
  readonly view: string;
}

function priceFigure({ selfHosted, hosted, ...place }: Prices, reader: Reader): AuditFigure[] {
  if (selfHosted === undefined || hosted === undefined) return [];
  const { by } = comparePrices(selfHosted, hosted, reader);
  return by === '' ? [] : [derivedFigure({ ...place, text: by, unit: 'share' })];
}

function stackPrice({ totals }: AuditReading, reader: Reader): AuditFigure[] {
  return priceFigure(
    {
      id: 'stack.price-ratio',
      selfHosted: totals.effectiveUsdPerMtok,
      hosted: totals.hostedUsdPerMtok,
      from: 'totals.effectiveUsdPerMtok against totals.hostedUsdPerMtok',
      view: 'audit_by_quarter',
    },
    reader,
  );
}

function changedFigures(audit: AuditReading, reader: Reader): AuditFigure[] {
  const prices = computeChangedPrices(audit);
  if (prices === undefined) return [];
  const { by } = comparePrices(prices.selfHosted, prices.hosted, reader);
  const view = 'audit_by_deployment';
  const price = (id: string, text: string, from: string): AuditFigure =>
    derivedFigure({ id: `stack.changed.${id}`, text, unit: 'USD/Mtok', from, view });
  return [
    price(
      'effective-price',
      pricePerMtok(prices.selfHosted, reader),
      'spendUsd over tokens of what is changed',
    ),
    price(
      'hosted-price',
      pricePerMtok(prices.hosted, reader),
      'hosted.costUsd over tokens of the same',
    ),
    ...(by === '' ? [] : [price('price-ratio', by, 'one price against the other')]),
  ];
}

function attributed({ totals }: AuditReading, reader: Reader): AuditFigure[] {
  const amount = subtract(totals.spendUsd, totals.unattributedUsd);
  const from = 'totals.spendUsd less totals.unattributedUsd';
  return [
    derivedFigure({
      id: 'stack.attributed',
      text: dollars(amount, reader),
      unit: 'USD',
      from,
      view: 'audit_by_quarter',
    }),
  ];
}

/** Sums of items that are not listed one by one. */
function sums({ steps, rows }: FigureSource): AuditFigure[] {
  const lines = steps
    .filter(({ kind, worth }) => kind !== 'step' && worth !== '')
    .map(({ kind, worth }) =>
      derivedFigure({
        id: `stack.steps.${kind}`,
        text: worth,
        unit: 'USD',
        from: 'stack.steps[].savingUsd, stack.savingUsd.base',
        view: '',
      }),
    );
  const rest = rows
    .filter(({ tone }) => tone === 'rest')
    .flatMap(({ spend, tokens }) => [
      derivedFigure({
        id: 'stack.left-out.spend',
        text: spend,
        unit: 'USD',
        from: 'deployments[].spendUsd',
        view: 'audit_by_deployment',
      }),
      derivedFigure({
        id: 'stack.left-out.tokens',
        text: tokens,
        unit: 'tokens',
        from: 'deployments[].tokens',
        view: 'audit_by_deployment',
      }),
    ]);
  return [...lines, ...rest];
}

function ofDeployment(
  deployment: AuditReading['deployments'][number],
  at: number,
  reader: Reader,
): AuditFigure[] {
  const median = medianHostText(deployment, reader);
  const excess = waiverExcess(deployment);
  const id = figureId(deployment.id);
  return [
    ...priceFigure(
      {
        id: `${id}.price-ratio`,
        selfHosted: deployment.effectiveUsdPerMtok,
        hosted: deployment.hosted?.usdPerMtok,
        from: `deployments[${at}].effectiveUsdPerMtok against hosted.usdPerMtok`,
        view: 'audit_by_deployment',
      },
      reader,
    ),
    ...(median === ''
      ? []
      : [
          derivedFigure({
            id: `${id}.hosted.median-distance`,
            text: median,
            unit: 'sentence',
            from: `deployments[${at}].hosted.medianUsd against costUsd`,
            view: '',
          }),
        ]),
    ...(excess === undefined
      ? []
      : [
          derivedFigure({
            id: `${id}.waiver.excess`,
            text: dollars(excess, reader),
            unit: 'USD',
            from: `deployments[${at}].options[].savingUsd less waiver.worthUsdPerQuarter`,
            view: 'option_by_deployment',
          }),
        ]),
  ];
}

export function inputFigures(
  { stack, deployments, stored }: AuditReading,
  reader: Reader,
): AuditFigure[] {
  return [
    ...breakEvenFigures(stack.flips, { id: 'stack', path: 'stack', stored: stored.stack }, reader),
    ...deployments.flatMap(({ id, flips, stored }, at) =>
      breakEvenFigures(flips, { id: figureId(id), path: `deployments[${at}]`, stored }, reader),
    ),
    ...stored.sensitivity.flatMap((each, at) => sensitivityFigures(each, at, reader)),
  ];
}

interface BreakEvenPlace {
  readonly id: string;
  readonly path: string;
  readonly stored: Pick<AuditJudgment, 'flips'>;
}

function breakEvenFigures(
  flips: readonly Reading<AuditInputBreakEven>[],
  { id, path, stored }: BreakEvenPlace,
  reader: Reader,
) {
  return flips.map(
    (flip, at): AuditFigure => ({
      id: `${id}.flips.${inputId(flip.input)}`,
      text: breakEvenText(flip, reader),
      value: stored.flips[at]?.flipsAt ?? '',
      unit: 'sentence',
      path: `${path}.flips[${at}].flipsAt`,
      view: '',
    }),
  );
}

type Effect = Audit['sensitivity'][number];

function sensitivityFigures(effect: Effect, at: number, reader: Reader): AuditFigure[] {
  const id = `stack.sensitivity.${inputId(effect.input)}`;
  const path = `sensitivity[${at}]`;
  const ends = ['low', 'high'] as const;
  const range = effectRange(effect, reader);
  const savings = [
    ['saving-at-low', 'savingAtLowUsd'],
    ['saving-at-high', 'savingAtHighUsd'],
  ] as const;
  return [
    ...ends.map(
      (end): AuditFigure => ({
        id: `${id}.${end}`,
        text: range[end],
        value: oneLine(effect[end], 80),
        unit: 'word',
        path: `${path}.${end}`,
        view: '',
      }),
    ),
    ...savings.map(
      ([name, field]): AuditFigure => ({
        id: `${id}.${name}`,
        text: dollars(effect[field], reader),
        value: effect[field],
        unit: 'USD',
        path: `${path}.${field}`,
        view: '',
      }),
    ),
  ];
}

/** Id of an input: `hosted $/Mtok` is `hosted-mtok`. */
function inputId(input: string): string {
  return figureId(input.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, ''));
}
