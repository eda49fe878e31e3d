/** Readers that tests render for. */

import { type Reader, toReader } from '../../src/report/locale.ts';

export const LEADER: Reader = toReader('leader', undefined);
