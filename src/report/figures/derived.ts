/** Lists the figures that a report derives from an audit: shares, sums and comparisons. */

import { decimal, subtract } from '../../domain/exact.ts';
import type { Audit } from '../../verdict/audit.ts';
import { dollars, percent, usdPerMtok } from '../format.ts';
import { computeChangedPrices } from '../words/changedPrices.ts';
import { comparePrices, utilization } from '../words/figures.ts';
import { medianHostText } from '../words/medianHosts.ts';
import { knownAmount, findSituation, computeGpuSpendUse } from '../words/reading.ts';
import { deploymentRows } from '../words/rows.ts';
import { numberedSteps } from '../words/steps.ts';
import { waiverExcess } from '../words/waivers.ts';
import type { AuditFigure, FigureUnit } from './figure.ts';
import { figureId } from './id.ts';
import type { Reader } from '../locale.ts';

export function derivedFigures(audit: Audit, reader: Reader): AuditFigure[] {
  return [
    ...gpuSpendFigures(audit, reader),
    ...stackPrice(audit, reader),
    ...changedFigures(audit, reader),
    ...attributed(audit, reader),
    ...sums(audit, reader),
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

function gpuSpendFigures({ deployments }: Audit, reader: Reader): AuditFigure[] {
  const use = computeGpuSpendUse(deployments);
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
      text: percent(utilization(deployments, use), reader),
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
  readonly selfHosted: string | null;
  readonly hosted: string | null;
  readonly from: string;
  readonly view: string;
}

function priceFigure({ selfHosted, hosted, ...place }: Prices, reader: Reader): AuditFigure[] {
  const [own, other] = [knownAmount(selfHosted), knownAmount(hosted)];
  if (own === undefined || other === undefined) return [];
  const { by } = comparePrices(own, other, reader);
  return by === '' ? [] : [derivedFigure({ ...place, text: by, unit: 'share' })];
}

function stackPrice({ totals }: Audit, reader: Reader): AuditFigure[] {
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

function changedFigures(audit: Audit, reader: Reader): AuditFigure[] {
  const prices = computeChangedPrices(audit);
  if (prices === undefined) return [];
  const { by } = comparePrices(prices.selfHosted, prices.hosted, reader);
  const view = 'audit_by_deployment';
  const price = (id: string, text: string, from: string): AuditFigure =>
    derivedFigure({ id: `stack.changed.${id}`, text, unit: 'USD/Mtok', from, view });
  return [
    price(
      'effective-price',
      usdPerMtok(prices.selfHosted, reader),
      'spendUsd over tokens of what is changed',
    ),
    price(
      'hosted-price',
      usdPerMtok(prices.hosted, reader),
      'hosted.costUsd over tokens of the same',
    ),
    ...(by === '' ? [] : [price('price-ratio', by, 'one price against the other')]),
  ];
}

function attributed({ totals }: Audit, reader: Reader): AuditFigure[] {
  const amount = subtract(decimal(totals.spendUsd), decimal(totals.unattributedUsd));
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
function sums(audit: Audit, reader: Reader): AuditFigure[] {
  const lines = numberedSteps(audit, findSituation(audit), reader)
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
  const rows = deploymentRows(audit, reader)
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
  return [...lines, ...rows];
}

function ofDeployment(
  deployment: Audit['deployments'][number],
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
        hosted: deployment.hosted?.usdPerMtok ?? null,
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
