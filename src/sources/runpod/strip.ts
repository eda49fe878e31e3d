/** Knows what of an inventory is nobody's business and is dropped before anything is kept. */

/** Environment, start commands, ways in, and addresses; a token may stand in any of them. */
const PRIVATE = new Set([
  'env',
  'ssh',
  'ports',
  'args',
  'registry',
  'ip',
  'publicip',
  'requesturls',
]);
const SECRET_LIKE = /password|passwd|token|secret|api_?key|credential|private_?key/i;

/** The same JSON value without private keys, however deep they stand. */
export function withoutPrivate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrivate);
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !isPrivate(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutPrivate(inner)]));
}

function isPrivate(key: string): boolean {
  return PRIVATE.has(key.toLowerCase()) || SECRET_LIKE.test(key);
}

/** A number that keeps its text is a value, not an object to look into. */
function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}
