/** Puts every source without charges through every fault; chargeSources.test.ts has the others. */

import { expect, test } from 'vitest';
import { sourceKinds } from '../../src/sources/registry.ts';
import { faultMatrix } from './matrix.ts';
import { SOURCE_WORLDS } from './worlds.ts';

test('every registered kind of source is put through the faults', () => {
  const missing = sourceKinds
    .map(({ kind }) => kind)
    .filter((kind) => !SOURCE_WORLDS.some((world) => world.kind === kind));
  expect(missing.map((kind) => `add ${kind} to WORLDS in test/faults/worlds.ts`)).toEqual([]);
});

const charging = new Set(
  sourceKinds.filter(({ provides }) => provides.includes('charges')).map(({ kind }) => kind),
);

faultMatrix(SOURCE_WORLDS.filter(({ kind }) => !charging.has(kind)));
