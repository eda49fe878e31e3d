/** A small LRU cache for results that are slow to compute. */

/**
 * Returns a cached lookup that keeps at most `most` entries and evicts the least recently used.
 * Concurrent requests for a key share one computation. A failed result is not kept.
 */
export function createLruCache<Value>(
  most: number,
): (key: string, make: () => Promise<Value>) => Promise<Value> {
  const kept = new Map<string, Promise<Value>>();
  return (key, make) => {
    const value = kept.get(key) ?? make();
    kept.delete(key);
    kept.set(key, value);
    value.catch(() => {
      if (kept.get(key) === value) kept.delete(key);
    });
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return value;
  };
}
