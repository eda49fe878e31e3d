/** Builds the web pages' view of a stored audit: verdict, deployments and warnings. */

import type { Warning } from '../economics/warning.ts';
import type { Audit } from '../verdict/audit.ts';
import { missingSentence } from './copy/missing.ts';
import { warningSentence } from './copy/warnings.ts';
import { readAudit, factSentence, pairFacts } from './sections/completeAudit.ts';
import { ownFindings, readFindings } from './findings.ts';
import { yearlyAmount } from './sections/headline.ts';
import { priceText } from './sections/mainFigures.ts';
import { type OwnerText, buildOwnerText } from './sections/owner.ts';
import type { AuditReading } from './sections/auditReading.ts';
import type { DeploymentReading } from './sections/deploymentReading.ts';
import { asSentence, shownName, shownSentence, capital } from './displayText.ts';
import {
  dollars,
  percent,
  probabilityText,
  rangeText,
  tokenCount,
  UNKNOWN,
  orUnknown,
} from './format.ts';
import { summedDollars } from './sections/summedAmounts.ts';
import { type ReportText, buildReportText } from './reportText.ts';
import type { Reader } from './locale.ts';

/** A printed figure with an id for links. */
export interface PageFigure {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** What it is compared with. May be empty. */
  readonly note: string;
}

export interface PageWarning {
  /** Absent for the whole stack. */
  readonly deployment?: string;
  readonly name: string;
  readonly text: string;
  /** The figure it concerns. */
  readonly figure: Pick<PageFigure, 'id' | 'label'>;
}

export interface PageDeployment {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly decision: string;
  /** Dollars per million tokens. */
  readonly selfHosted: string;
  readonly hosted: string;
  readonly utilization: string;
  readonly warnings: number;
  readonly spend: string;
}

export interface StackPage {
  readonly copy: ReportText;
  /** Saving, probability and spend. */
  readonly money: readonly PageFigure[];
  /** Most expensive first. */
  readonly deployments: readonly PageDeployment[];
  /** Unattributed spend, or empty. It sums with the rows to `spend`. */
  readonly notAttributed: string;
  readonly spend: string;
  readonly missing: readonly PageWarning[];
  readonly warnings: readonly PageWarning[];
}

export interface DeploymentPage {
  readonly name: string;
  readonly model: string;
  readonly copy: OwnerText;
  readonly figures: readonly PageFigure[];
  readonly missing: readonly PageWarning[];
  readonly warnings: readonly PageWarning[];
}

/** Builds the stack's page from an audit's stored JSON. */
export function buildStackPage(auditJson: string, reader: Reader, edition?: number): StackPage {
  const findings = readFindings(JSON.parse(auditJson) as Audit, reader);
  const { audit } = findings;
  const deployments = audit.mostExpensiveFirst;
  const { spendUsd: total, unattributedUsd: unattributed } = audit.totals;
  const parts = [...deployments.map(({ spendUsd }) => spendUsd), unattributed];
  const spends = summedDollars(parts, total, reader);
  return {
    copy: buildReportText(findings, reader, { edition }),
    money: moneyFigures(audit, reader),
    deployments: deployments.map((each, at) => deploymentRow(each, spends[at] ?? UNKNOWN, reader)),
    notAttributed: unattributed.num === 0n ? '' : (spends.at(-1) ?? UNKNOWN),
    spend: dollars(total, reader),
    missing: [
      ...stackMissing(audit, reader),
      ...deployments.flatMap((each) => missingFacts(each, reader)),
    ],
    warnings: deployments.flatMap((each) => warningsFor(each, reader)),
  };
}

/** Builds a deployment's page. `undefined` if the audit lacks it. */
export function buildDeploymentPage(
  auditJson: string,
  id: string,
  reader: Reader,
): DeploymentPage | undefined {
  const audit = readAudit(JSON.parse(auditJson) as Audit, reader);
  const deployment = audit.deployments.find((each) => each.id === id);
  if (deployment === undefined) return undefined;
  return {
    name: shownName(deployment.id),
    model: shownName(deployment.model),
    copy: buildOwnerText({ whole: audit, own: ownFindings(audit, deployment, reader) }, reader),
    figures: figuresOf(audit, deployment, reader),
    missing: missingFacts(deployment, reader),
    warnings: warningsFor(deployment, reader),
  };
}

function moneyFigures(audit: AuditReading, reader: Reader): PageFigure[] {
  const { savingUsd, probability } = audit.stack;
  const saving = savingUsd.base;
  const name = audit.isPlanMade ? 'Saving' : 'Possible saving';
  const range = rangeText(savingUsd, reader);
  const yearly =
    saving === undefined || !audit.isWholeQuarter
      ? []
      : [
          {
            id: 'year',
            label: `${name} a year`,
            value: dollars(yearlyAmount(saving), reader),
            note: '',
          },
        ];
  return [
    {
      id: 'saving',
      label: `${name} ${audit.perPeriod}`,
      value: orUnknown(dollars, saving, reader),
      note: range === '' ? '' : `${reader.percent('90')} range ${range}`,
    },
    ...yearly,
    {
      id: 'probability',
      label: 'Probability of a saving',
      value: orUnknown(probabilityText, probability, reader),
      note: '',
    },
    {
      id: 'spend',
      label: `Spend ${audit.withinPeriod}`,
      value: dollars(audit.totals.spendUsd, reader),
      note: '',
    },
  ];
}

function deploymentRow(
  deployment: DeploymentReading,
  spend: string,
  reader: Reader,
): PageDeployment {
  const { id, model, verdict, decision, effectiveUsdPerMtok, hosted, utilization } = deployment;
  return {
    id,
    name: shownName(id),
    model: shownName(model),
    decision: capital(decision?.option ?? verdict),
    selfHosted: priceText(effectiveUsdPerMtok, reader),
    hosted: priceText(hosted?.usdPerMtok, reader),
    utilization: orUnknown(percent, utilization, reader),
    warnings: missingFacts(deployment, reader).length + warningsFor(deployment, reader).length,
    spend,
  };
}

/** Figures that a warning can concern, by id. */
const LABELS = {
  spend: 'Spend',
  tokens: 'Tokens served',
  own: 'Self-hosted price',
  hosted: 'Hosted price',
  utilization: 'Utilization',
  coverage: 'Usage coverage',
  saving: 'Saving',
} as const;

type FigureId = keyof typeof LABELS;

function figuresOf(
  audit: AuditReading,
  deployment: DeploymentReading,
  reader: Reader,
): PageFigure[] {
  const { spendUsd, tokens, effectiveUsdPerMtok, hosted, savingUsd } = deployment;
  const range = rangeText(savingUsd, reader);
  const values: Readonly<Record<FigureId, readonly [value: string, note: string]>> = {
    spend: [dollars(spendUsd, reader), audit.withinPeriod],
    tokens: [tokenCount(tokens, reader), audit.withinPeriod],
    own: [priceText(effectiveUsdPerMtok, reader), 'per million tokens'],
    hosted: [
      priceText(hosted?.usdPerMtok, reader),
      hosted === null ? 'per million tokens' : `per million tokens, ${shownName(hosted.host)}`,
    ],
    utilization: [orUnknown(percent, deployment.utilization, reader), ''],
    coverage: [orUnknown(percent, deployment.coverage, reader), 'of the paid time'],
    saving: [
      orUnknown(dollars, savingUsd.base, reader),
      range === '' ? 'of the best option' : `of the best option, ${range}`,
    ],
  };
  return Object.entries(values).map(([id, [value, note]]) => {
    return { id, label: LABELS[id as FigureId], value, note };
  });
}

function stackMissing({ stack, deployments }: AuditReading, reader: Reader): PageWarning[] {
  // Facts missing for a deployment are listed with it.
  const own = new Set(deployments.flatMap((each) => missingTexts(each, reader)));
  return missingTexts(stack, reader)
    .filter((text) => !own.has(text))
    .map((text) => ({ name: '', text: shownSentence(text, reader), figure: linkTo('spend') }));
}

type WithMissing = Pick<DeploymentReading, 'missing' | 'missingDetails'>;

function missingTexts({ missing, missingDetails }: WithMissing, reader: Reader): string[] {
  return pairFacts(missingDetails, missing).map((each) =>
    factSentence(each, missingSentence, reader),
  );
}

function missingFacts(deployment: DeploymentReading, reader: Reader): PageWarning[] {
  return missingTexts(deployment, reader).map((text) =>
    about(deployment, shownSentence(text, reader), 'coverage'),
  );
}

/** A deployment's warnings. Audits of older versions have only sentences. */
function warningsFor(deployment: DeploymentReading, reader: Reader): PageWarning[] {
  const { warnings, warningDetails } = deployment;
  if (warningDetails === undefined) {
    return warnings.map((text) => about(deployment, shownSentence(text, reader), 'spend'));
  }
  return warningDetails.map((warning) =>
    about(deployment, asSentence(warningSentence(warning, reader)), CONCERNS[warning.code]),
  );
}

function about({ id }: DeploymentReading, says: string, figureId: FigureId): PageWarning {
  return { deployment: id, name: shownName(id), text: says, figure: linkTo(figureId) };
}

function linkTo(id: FigureId): PageWarning['figure'] {
  return { id, label: LABELS[id] };
}

const CONCERNS: Readonly<Record<Warning['code'], FigureId>> = {
  'usage-doubted': 'tokens',
  'paid-time-estimated': 'spend',
  'utilization-above-one': 'utilization',
  'busy-fraction-above-one': 'utilization',
  'utilization-above-busy-fraction': 'utilization',
  'tokens-without-paid-time': 'tokens',
  'intervals-longer-than-an-hour': 'tokens',
  'capacity-understated': 'utilization',
  'capacity-not-believed': 'utilization',
  'serverless-lower-bound': 'saving',
  'busy-time-unknown': 'utilization',
  'ops-hours-not-logged': 'saving',
  'usage-not-billed': 'tokens',
  'replica-hours-disagree': 'spend',
  'months-not-billed': 'spend',
  'host-retired': 'hosted',
  'cache-hits-unknown': 'hosted',
  'host-not-checked': 'hosted',
  'host-prices-second-hand': 'hosted',
  'host-price-changed-unseen': 'hosted',
  'prompt-sizes-unknown': 'hosted',
  'intervals-longer-than-price-hours': 'hosted',
  'prices-not-looked-at': 'hosted',
  'features-not-stated': 'hosted',
  'double-billing': 'spend',
  'charges-left-out': 'spend',
  'bought-model-contested': 'spend',
  'commitment-not-stated': 'saving',
  'reserved-capacity-not-stated': 'saving',
  'resources-contested': 'spend',
  'labor-on-bill': 'spend',
  'intervals-overlap': 'tokens',
  'usage-parts-contradict': 'tokens',
  'usage-of-unknown-deployment': 'tokens',
  'hours-of-unknown-deployment': 'saving',
  'source-incomplete': 'spend',
};
