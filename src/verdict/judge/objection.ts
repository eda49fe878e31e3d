/** Why a change is not advised: as data, and as a sentence. */

import { dollars } from '../../domain/digits.ts';
import { type Exact, negate } from '../../domain/exact.ts';
import type { Verdict } from '../auditWord.ts';
import { percent } from '../words.ts';

/** Why a change is not advised, with the figures that decide it. */
export type Objection =
  | { readonly code: 'too-small'; readonly savingUsd: Exact; readonly neededUsd: Exact }
  | {
      readonly code: 'not-certain';
      /** Absent where nothing could be simulated. */
      readonly probability?: Exact;
      readonly neededProbability: Exact;
    }
  | {
      /** Each week is close to the week before: one window cannot tell how likely it is. */
      readonly code: 'weeks-persist';
      /** What it would cost more than keeping, had every week been like the worst one. */
      readonly moreUsd: Exact;
    }
  | {
      /** It reverses the standing answer, and must hold for another quarter. */
      readonly code: 'reversal';
      readonly to: Verdict;
      readonly from: Verdict;
      /** Of what the standing answer costs now; negative where the new one costs more. */
      readonly savingShare: Exact;
      readonly neededShare: Exact;
    };

/** One sentence, with the figure and what is needed. */
export function objectionText(objection: Objection): string {
  switch (objection.code) {
    case 'too-small': {
      const [saving, needed] = [dollars(objection.savingUsd), dollars(objection.neededUsd)];
      return `The saving of ${saving} is below the ${needed} that a change must bring.`;
    }
    case 'not-certain':
      return certaintyText(objection);
    case 'weeks-persist':
      return (
        'Each week is close to the week before, so one window cannot tell how likely it is to be ' +
        'cheaper: had every week been like the worst one, it would cost ' +
        `${dollars(objection.moreUsd)} more.`
      );
    case 'reversal': {
      const { to, from, savingShare, neededShare } = objection;
      return (
        `"${to}" would reverse the standing answer "${from}" for ${differenceText(savingShare)}, ` +
        `and ${percent(neededShare)} is needed: it is advised if it holds for another quarter.`
      );
    }
  }
}

type Certainty = Extract<Objection, { code: 'not-certain' }>;

function certaintyText({ probability, neededProbability }: Certainty): string {
  if (probability === undefined) return 'How likely it is to be cheaper is unknown.';
  return (
    `It is cheaper with odds of ${percent(probability, 'floor')}, and ` +
    `${percent(neededProbability)} is needed.`
  );
}

/** Rounded away from what is needed, so that what falls short never reads as enough. */
function differenceText(share: Exact): string {
  if (share.num < 0n) return `${percent(negate(share), 'ceiling')} more`;
  return `${percent(share, 'floor')} less`;
}
