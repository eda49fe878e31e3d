/** Puts every source without charges through every fault; chargeSources.test.ts has the others. */

import { expect, test } from 'vitest';
import { sourceKinds } from '../../src/sources/registry.ts';
import type { SourceKind } from '../../src/sources/source.ts';
import { faultMatrix } from './matrix.ts';
import { SOURCE_WORLDS } from './worlds.ts';

test('every registered kind of source is put through the faults', () => {
  const missing = sourceKinds.filter(({ kind }) => !SOURCE_WORLDS.some((one) => one.kind === kind));
  const advice = ({ kind }: SourceKind) => `add ${kind} to SOURCE_WORLDS in test/faults/worlds.ts`;
  expect(missing.map(advice)).toEqual([]);
});

const charging = new Set(
  sourceKinds.filter(({ provides }) => provides.includes('charges')).map(({ kind }) => kind),
);

faultMatrix(SOURCE_WORLDS.filter(({ kind }) => !charging.has(kind)));
