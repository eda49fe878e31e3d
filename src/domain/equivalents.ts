/** Which hosted models serve the weights that we serve, with what speaks for it and against it. */

import { readModelName, type ModelName } from './modelName.ts';

export interface OwnModel {
  /** As it is served or configured: a Hugging Face id at best. */
  readonly model: string;
  readonly precision?: string;
  readonly contextLength?: number;
}

/** A model that a source of prices lists. */
export interface ModelListing {
  readonly sourceId: string;
  /** Its name there. */
  readonly model: string;
  /** The source's own word on whose weights they are. */
  readonly huggingFaceId?: string;
  readonly aliases?: readonly string[];
  readonly contextLength?: number;
  /** Of its hosts, `unknown` among them. */
  readonly quantizations?: readonly string[];
  /** Set where a catalog lists it, and not who sells it. */
  readonly secondHand?: true;
}

/** By which word of a listing it is known: the id of the weights, or a name. */
export interface ModelEvidence {
  readonly by: 'hugging-face-id' | 'name';
  readonly value: string;
}

/** What is known to be another thing; a side that tells nothing of it is absent. */
export type ModelDifference =
  | {
      readonly of: 'version' | 'size' | 'release' | 'tuning';
      readonly theirs?: string;
      readonly ours?: string;
    }
  /** Words of one name that the other has not: `coder`, `vl`. */
  | { readonly of: 'their-words' | 'our-words'; readonly words: readonly string[] }
  | { readonly of: 'publisher'; readonly theirs: string; readonly ours: string }
  | { readonly of: 'quantization'; readonly theirs: readonly string[]; readonly ours: string }
  | { readonly of: 'context'; readonly theirTokens: number; readonly ourTokens: number };

/** What a listing does not tell; of quantizations, not of all its hosts. */
type Untold = 'hugging-face-id' | 'context-length' | 'quantization';

export interface EquivalentProposal {
  readonly sourceId: string;
  readonly model: string;
  /** A near one is never taken by itself: it has differences, and a person decides. */
  readonly match: 'same' | 'near';
  readonly evidence: readonly ModelEvidence[];
  /** Of `near` alone. */
  readonly differences: readonly ModelDifference[];
  readonly untold: readonly Untold[];
  /** To be asked for, so that no host in another quantization is taken. */
  readonly quantizations?: readonly string[];
  /** Set where a catalog lists it, and not who sells it. */
  readonly secondHand?: true;
}

/** More near ones than this help nobody. */
const MOST_NEAR = 5;
/** With more differences it is another model. */
const MOST_DIFFERENCES = 2;

/**
 * The same weights first, then what is near with the fewest differences. Of
 * `meta-llama/Llama-3.3-70B-Instruct` a listing whose Hugging Face id that is, is the same; one of
 * 8B, of 3.1, of the base model, or in another quantization than ours, is near.
 */
export function proposeEquivalents(
  ours: OwnModel,
  listings: readonly ModelListing[],
): EquivalentProposal[] {
  const found = listings.flatMap((listing) => proposalOf(ours, listing) ?? []).sort(byNearness);
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

function proposalOf(ours: OwnModel, listing: ModelListing): EquivalentProposal | undefined {
  // A free variant or a router is no counterfactual; its paid model is listed beside it.
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

/** The source's own word on the weights counts; without it the name that is nearest to ours. */
function identityOf({ model }: OwnModel, listing: ModelListing): Identity | undefined {
  const { huggingFaceId: told, aliases = [] } = listing;
  if (told !== undefined && told !== '') {
    const evidence = [{ by: 'hugging-face-id', value: told }] as const;
    if (isAlike(told, model)) return { evidence, differences: [], untold: [] };
    return compared(model, told, evidence);
  }
  const named = [listing.model, ...aliases].find((name) => isAlike(name, model));
  if (named !== undefined) {
    return { evidence: [{ by: 'name', value: named }], differences: [], untold: [NO_ID] };
  }
  const found = [listing.model, ...aliases]
    .map((name) => compared(model, name, [{ by: 'name', value: name }]))
    .filter((each) => each !== undefined)
    .sort((a, b) => a.differences.length - b.differences.length)[0];
  return found && { ...found, untold: [...found.untold, NO_ID] };
}

const NO_ID = 'hugging-face-id';

function isAlike(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function compared(
  own: string,
  other: string,
  evidence: readonly ModelEvidence[],
): Identity | undefined {
  const [ours, theirs] = [readModelName(own), readModelName(other)];
  if (ours.family.length === 0 || ours.family[0] !== theirs.family[0]) return undefined;
  const differences = [
    ...wordsBetween(ours, theirs),
    ...unlike('version', ours.versions.join(' '), theirs.versions.join(' ')),
    ...unlike('size', ours.sizes.join(' '), theirs.sizes.join(' ')),
    ...unlike('release', ours.date ?? '', theirs.date ?? ''),
    ...unlike('tuning', ours.tuning ?? '', theirs.tuning ?? ''),
    ...publisherBetween(ours, theirs),
  ];
  return { evidence, differences, untold: [] };
}

/** Empty is not told. */
function unlike(
  of: 'version' | 'size' | 'release' | 'tuning',
  own: string,
  other: string,
): ModelDifference[] {
  if (own === other) return [];
  return [{ of, ...(other === '' ? {} : { theirs: other }), ...(own === '' ? {} : { ours: own }) }];
}

/** `coder`, `vl`, `nemotron`: what one name says more than the other is another model. */
function wordsBetween(ours: ModelName, theirs: ModelName): ModelDifference[] {
  const more = theirs.family.filter((word) => !ours.family.includes(word));
  const less = ours.family.filter((word) => !theirs.family.includes(word));
  return [
    ...(more.length === 0 ? [] : [{ of: 'their-words', words: more } as const]),
    ...(less.length === 0 ? [] : [{ of: 'our-words', words: less } as const]),
  ];
}

/** Whoever only quantizes publishes anew: the weights are the maker's. */
function publisherBetween(ours: ModelName, theirs: ModelName): ModelDifference[] {
  const { publisher: own } = ours;
  const { publisher: other } = theirs;
  if (own === undefined || other === undefined || own === other) return [];
  if (ours.quantization !== undefined || theirs.quantization !== undefined) return [];
  return [{ of: 'publisher', theirs: other, ours: own }];
}

interface Format {
  readonly differences: readonly ModelDifference[];
  readonly untold: readonly Untold[];
  readonly quantizations?: readonly string[];
}

function formatOf({ model, precision, contextLength }: OwnModel, listing: ModelListing): Format {
  const own = (precision ?? readModelName(model).quantization)?.toLowerCase();
  const context = contextBetween(contextLength, listing.contextLength);
  const { quantizations = [] } = listing;
  const told = quantizations.map((each) => each.toLowerCase()).filter((each) => each !== 'unknown');
  if (own === undefined) return context;
  if (told.includes(own)) return { ...context, quantizations: [own] };
  if (told.length < quantizations.length || told.length === 0) {
    const asked = told.length === 0 ? {} : { quantizations: [own, 'unknown'] };
    return { ...context, untold: [...context.untold, 'quantization'], ...asked };
  }
  const other = { of: 'quantization', theirs: told, ours: own } as const;
  return { ...context, differences: [...context.differences, other] };
}

function contextBetween(own: number | undefined, other: number | undefined): Format {
  if (own === undefined) return { differences: [], untold: [] };
  if (other === undefined) return { differences: [], untold: ['context-length'] };
  const shorter = { of: 'context', theirTokens: other, ourTokens: own } as const;
  return { differences: other < own ? [shorter] : [], untold: [] };
}
