/** Lists the figures of inputs: break-evens, and effects on the saving. */

import type { Audit } from '../../verdict/audit.ts';
import type { AuditInputBreakEven } from '../../verdict/auditDecision.ts';
import { decimal } from '../../domain/exact.ts';
import { dollars } from '../format.ts';
import { oneLine } from '../label.ts';
import { breakEvenText } from '../words/flips.ts';
import { effectRange } from '../words/inputs.ts';
import type { AuditFigure } from './figure.ts';
import { figureId } from './id.ts';
import type { Reader } from '../locale.ts';

export function inputFigures(
  { stack, deployments, sensitivity }: Audit,
  reader: Reader,
): AuditFigure[] {
  return [
    ...breakEvenFigures(stack.flips, { id: 'stack', path: 'stack' }, reader),
    ...deployments.flatMap(({ id, flips }, at) =>
      breakEvenFigures(flips, { id: figureId(id), path: `deployments[${at}]` }, reader),
    ),
    ...sensitivity.flatMap((each, at) => sensitivityFigures(each, at, reader)),
  ];
}

function breakEvenFigures(
  flips: readonly AuditInputBreakEven[],
  { id, path }: Record<'id' | 'path', string>,
  reader: Reader,
) {
  return flips.map(
    (flip, at): AuditFigure => ({
      id: `${id}.flips.${inputId(flip.input)}`,
      text: breakEvenText(flip, reader),
      value: flip.flipsAt,
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
        text: dollars(decimal(effect[field]), reader),
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
