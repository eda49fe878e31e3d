/** How to look at the beginning of a stream and still hand on the whole of it. */

interface Peeked {
  readonly head: string;
  /** Every byte, those of the head too. */
  readonly whole: AsyncIterable<Uint8Array>;
}

/** Reads until there is enough of it, or until it ends. */
export async function peek(
  stream: AsyncIterable<Uint8Array>,
  isEnough: (head: string) => boolean,
): Promise<Peeked> {
  const rest = stream[Symbol.asyncIterator]();
  const decoder = new TextDecoder('utf-8');
  const read: Uint8Array[] = [];
  let head = '';
  while (!isEnough(head)) {
    const next = await rest.next();
    if (next.done === true) break;
    read.push(next.value);
    head += decoder.decode(next.value, { stream: true });
  }
  return { head, whole: replayed(read, rest) };
}

async function* replayed(
  read: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* read;
  yield* { [Symbol.asyncIterator]: () => rest };
}
