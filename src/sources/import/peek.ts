/** Reads the beginning of a stream and returns the whole stream. */

interface Peeked {
  readonly head: string;
  /** All bytes, including those of the head. */
  readonly whole: AsyncIterable<Uint8Array>;
}

/** Reads until `isEnough` is true, or until the stream ends. */
export async function readHead(
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
  return { head, whole: replay(read, rest) };
}

async function* replay(
  read: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* read;
  yield* { [Symbol.asyncIterator]: () => rest };
}
