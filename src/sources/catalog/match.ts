/** Finds the catalog entry of each wanted model at each provider. */

import type { CatalogEntry, UnreadableEntry } from './catalog.ts';

/** Provider names of a model: `aliases[model][provider]`. */
export type ModelAliases = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A wanted model at one provider: its entry, or why it cannot be read. */
export interface CatalogMatch {
  readonly model: string;
  readonly entry: CatalogEntry | UnreadableEntry;
}

/** Whether a record may be one of the models, judged by name alone. */
export function nameFilter(
  models: readonly string[],
  aliases: ModelAliases,
): (id: string) => boolean {
  const names = models.flatMap((model) => [model, ...Object.values(aliases[model] ?? {})]);
  const wanted = new Set(names.map(lastPart));
  return (id) => wanted.has(lastPart(id));
}

/**
 * Finds the best name match per provider. Ranks: exact; other capitalization; same name with the
 * owner missing on one side. `gpt-oss-120b` matches `openai/gpt-oss-120b`, and
 * `openai/gpt-oss-120b` does not match `unsloth/gpt-oss-120b`. An alias must match exactly and
 * replaces the other rules. Two matches of equal rank are a fault.
 */
export function findMatches(
  entries: readonly (CatalogEntry | UnreadableEntry)[],
  models: readonly string[],
  aliases: ModelAliases,
): CatalogMatch[] {
  return models.flatMap((model) => {
    const byProvider = Map.groupBy(
      entries.flatMap((entry) => {
        const rank = 'fault' in entry ? 0 : rankOf(entry, model, aliases[model]?.[entry.provider]);
        return rank === undefined ? [] : [{ of: entry, rank }];
      }),
      ({ of: entry }) => ('fault' in entry ? undefined : entry.provider),
    );
    return [...byProvider].flatMap(([provider, all]): CatalogMatch[] => {
      if (provider === undefined) return all.map(({ of: entry }) => ({ model, entry }));
      const least = Math.min(...all.map(({ rank }) => rank));
      const [first, ...others] = all
        .filter(({ rank }) => rank === least)
        .map(({ of: entry }) => entry);
      if (first === undefined) return [];
      if (others.length === 0) return [{ model, entry: first }];
      const names = [first, ...others].map((entry) =>
        'fault' in entry ? '' : (entry.key ?? entry.id),
      );
      const fault =
        `${model} could be more than one model of ${provider}: ${names.join(', ')}; choose ` +
        'one under aliases';
      return [{ model, entry: { provider, record: first.record, fault } }];
    });
  });
}

function rankOf(
  { id, key }: CatalogEntry,
  model: string,
  alias: string | undefined,
): number | undefined {
  if (alias !== undefined) return id === alias || key === alias ? 0 : undefined;
  if (id === model) return 0;
  if (id.toLowerCase() === model.toLowerCase()) return 1;
  const hasOneOwner = id.includes('/') !== model.includes('/');
  return hasOneOwner && lastPart(id) === lastPart(model) ? 2 : undefined;
}

function lastPart(id: string): string {
  return (id.split('/').at(-1) ?? id).toLowerCase();
}
