/**
 * Finds hosted models with the same weights as a self-hosted model, with the evidence and the
 * differences.
 */

import { parseModelName, type ModelName } from './modelName.ts';

export interface OwnModel {
  /** As served or configured, ideally a Hugging Face id. */
  readonly model: string;
  readonly precision?: string;
  readonly contextLength?: number;
}

/** A model that a price source lists. */
export interface ModelListing {
  readonly sourceId: string;
  /** Its name in that source. */
  readonly model: string;
  /** The Hugging Face id of the weights, as the source states it. */
  readonly huggingFaceId?: string;
  readonly aliases?: readonly string[];
  readonly contextLength?: number;
  /** Quantizations of its endpoints, including `unknown`. */
  readonly quantizations?: readonly string[];
  /** Set if a catalog lists it, not its provider. */
  readonly secondHand?: true;
}

/** What identifies the model: the id of the weights, or a name. */
export interface ModelEvidence {
  readonly by: 'hugging-face-id' | 'name';
  readonly value: string;
}

/** A known difference; a side that does not state the value is absent. */
export type ModelDifference =
  | {
      readonly of: 'version' | 'size' | 'release' | 'tuning';
      readonly theirs?: string;
      readonly ours?: string;
    }
  /** Words that only one of the names has: `coder`, `vl`. */
  | { readonly of: 'their-words' | 'our-words'; readonly words: readonly string[] }
  | { readonly of: 'publisher'; readonly theirs: string; readonly ours: string }
  | { readonly of: 'quantization'; readonly theirs: readonly string[]; readonly ours: string }
  | { readonly of: 'context'; readonly theirTokens: number; readonly ourTokens: number };

/** What a listing does not state. For quantizations: not for all its endpoints. */
type Untold = 'hugging-face-id' | 'context-length' | 'quantization';

export interface EquivalentProposal {
  readonly sourceId: string;
  readonly model: string;
  /** `near` is never used automatically: it differs, and a person decides. */
  readonly match: 'same' | 'near';
  readonly evidence: readonly ModelEvidence[];
  /** Only for `near`. */
  readonly differences: readonly ModelDifference[];
  readonly untold: readonly Untold[];
  /** Quantizations to require, so that no endpoint with another one is used. */
  readonly quantizations?: readonly string[];
  /** Set if a catalog lists it, not its provider. */
  readonly secondHand?: true;
}

/** More `near` proposals do not help a person decide. */
const MOST_NEAR = 5;
/** With more differences it is another model. */
const MOST_DIFFERENCES = 2;

/**
 * Equivalents of a model: the same weights first, then `near` ones with the fewest differences. For
 * `meta-llama/Llama-3.3-70B-Instruct`, a listing with that Hugging Face id is the same. An 8B, a
 * 3.1, a base model or another quantization is `near`.
 */
export function proposeEquivalents(
  ours: OwnModel,
  listings: readonly ModelListing[],
): EquivalentProposal[] {
  const found = listings.flatMap((listing) => propose(ours, listing) ?? []).sort(byNearness);
  const same = found.filter(({ match }) => match === 'same');
  return [...same, ...found.filter(({ match }) => match === 'near').slice(0, MOST_NEAR)];
}

function byNearness(a: EquivalentProposal, b: EquivalentProposal): number {
  const fewer = a.differences.length - b.differences.length || a.untold.length - b.untold.length;
  if (fewer !== 0) return fewer;
  const catalogsLast = Number(a.secondHand === true) - Number(b.secondHand === true);
  if (catalogsLast !== 0) return catalogsLast;
  const name = ({ sourceId, model }: EquivalentProposal) => `${sourceId}\n${model}`;
  return name(a) < name(b) ? -1 : 1;
}

function propose(ours: OwnModel, listing: ModelListing): EquivalentProposal | undefined {
  // Free variants and routers are not counterfactuals. Their paid models are listed separately.
  if (/:free$|^~|\/auto$/.test(listing.model)) return undefined;
  const identity = identityOf(ours, listing);
  if (identity === undefined) return undefined;
  const format = formatOf(ours, listing);
  const differences = [...identity.differences, ...format.differences];
  if (differences.length > MOST_DIFFERENCES) return undefined;
  return {
    sourceId: listing.sourceId,
    model: listing.model,
    match: differences.length === 0 ? 'same' : 'near',
    evidence: identity.evidence,
    differences,
    untold: [...identity.untold, ...format.untold],
    ...(format.quantizations === undefined ? {} : { quantizations: format.quantizations }),
    ...(listing.secondHand === true ? { secondHand: true } : {}),
  };
}

interface Identity {
  readonly evidence: readonly ModelEvidence[];
  readonly differences: readonly ModelDifference[];
  readonly untold: readonly Untold[];
}

/** Uses the Hugging Face id if the source states it, else the name closest to ours. */
function identityOf({ model }: OwnModel, listing: ModelListing): Identity | undefined {
  const { huggingFaceId, aliases = [] } = listing;
  if (huggingFaceId !== undefined && huggingFaceId !== '') {
    const evidence = [{ by: 'hugging-face-id', value: huggingFaceId }] as const;
    if (isAlike(huggingFaceId, model)) return { evidence, differences: [], untold: [] };
    return compareNames(model, huggingFaceId, evidence);
  }
  const named = [listing.model, ...aliases].find((name) => isAlike(name, model));
  if (named !== undefined) {
    return { evidence: [{ by: 'name', value: named }], differences: [], untold: [NO_ID] };
  }
  const found = [listing.model, ...aliases]
    .map((name) => compareNames(model, name, [{ by: 'name', value: name }]))
    .filter((each) => each !== undefined)
    .sort((a, b) => a.differences.length - b.differences.length)[0];
  return found && { ...found, untold: [...found.untold, NO_ID] };
}

const NO_ID = 'hugging-face-id';

function isAlike(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function compareNames(
  own: string,
  other: string,
  evidence: readonly ModelEvidence[],
): Identity | undefined {
  const [served, listed] = [parseModelName(own), parseModelName(other)];
  if (served.family.length === 0 || served.family[0] !== listed.family[0]) return undefined;
  const differences = [
    ...compareWords(served, listed),
    ...compareField('version', served.versions.join(' '), listed.versions.join(' ')),
    ...compareField('size', served.sizes.join(' '), listed.sizes.join(' ')),
    ...compareField('release', served.date ?? '', listed.date ?? ''),
    ...compareField('tuning', served.tuning ?? '', listed.tuning ?? ''),
    ...comparePublishers(served, listed),
  ];
  return { evidence, differences, untold: [] };
}

/** An empty text means that the name does not state it. */
function compareField(
  of: 'version' | 'size' | 'release' | 'tuning',
  own: string,
  other: string,
): ModelDifference[] {
  if (own === other) return [];
  return [{ of, ...(other === '' ? {} : { theirs: other }), ...(own === '' ? {} : { ours: own }) }];
}

/** `coder`, `vl`, `nemotron`: extra words in a name mean another model. */
function compareWords(served: ModelName, listed: ModelName): ModelDifference[] {
  const added = listed.family.filter((word) => !served.family.includes(word));
  const missing = served.family.filter((word) => !listed.family.includes(word));
  return [
    ...(added.length === 0 ? [] : [{ of: 'their-words', words: added } as const]),
    ...(missing.length === 0 ? [] : [{ of: 'our-words', words: missing } as const]),
  ];
}

/** A publisher that only quantizes is not a difference: the weights are the original maker's. */
function comparePublishers(served: ModelName, listed: ModelName): ModelDifference[] {
  const { publisher: own } = served;
  const { publisher: other } = listed;
  if (own === undefined || other === undefined || own === other) return [];
  if (served.quantization !== undefined || listed.quantization !== undefined) return [];
  return [{ of: 'publisher', theirs: other, ours: own }];
}

interface Format {
  readonly differences: readonly ModelDifference[];
  readonly untold: readonly Untold[];
  readonly quantizations?: readonly string[];
}

function formatOf({ model, precision, contextLength }: OwnModel, listing: ModelListing): Format {
  const own = (precision ?? parseModelName(model).quantization)?.toLowerCase();
  const context = compareContext(contextLength, listing.contextLength);
  const { quantizations = [] } = listing;
  const stated = quantizations
    .map((each) => each.toLowerCase())
    .filter((each) => each !== 'unknown');
  if (own === undefined) return context;
  if (stated.includes(own)) return { ...context, quantizations: [own] };
  if (stated.length < quantizations.length || stated.length === 0) {
    const required = stated.length === 0 ? {} : { quantizations: [own, 'unknown'] };
    return { ...context, untold: [...context.untold, 'quantization'], ...required };
  }
  const other = { of: 'quantization', theirs: stated, ours: own } as const;
  return { ...context, differences: [...context.differences, other] };
}

function compareContext(own: number | undefined, other: number | undefined): Format {
  if (own === undefined) return { differences: [], untold: [] };
  if (other === undefined) return { differences: [], untold: ['context-length'] };
  const shorter = { of: 'context', theirTokens: other, ourTokens: own } as const;
  return { differences: other < own ? [shorter] : [], untold: [] };
}
