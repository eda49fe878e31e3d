/** Puts every source that provides charges through every fault. */

import { sourceKinds } from '../../src/sources/registry.ts';
import { faultMatrix } from './matrix.ts';
import { WORLDS } from './worlds.ts';

const charging = new Set(
  sourceKinds.filter(({ tells }) => tells.includes('charges')).map(({ kind }) => kind),
);

faultMatrix(WORLDS.filter(({ kind }) => charging.has(kind)));
