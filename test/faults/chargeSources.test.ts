/** Puts every source that provides charges through every fault. */

import { sourceKinds } from '../../src/sources/registry.ts';
import { faultMatrix } from './matrix.ts';
import { SOURCE_WORLDS } from './worlds.ts';

const charging = new Set(
  sourceKinds.filter(({ provides }) => provides.includes('charges')).map(({ kind }) => kind),
);

faultMatrix(SOURCE_WORLDS.filter(({ kind }) => charging.has(kind)));
