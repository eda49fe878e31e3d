/** Prometheus text 0.0.4 and OpenMetrics 1.0, read piece by piece as a body comes. */

import { Failure } from '../../domain/failure.ts';
import { SECOND_MS } from '../../domain/period.ts';
import { shortText } from '../../platform/json.ts';
import type { Labels } from '../engines/samples.ts';
import { JsonText } from './jsonText.ts';
import { LineFault, LineReader, type LineSample } from './textLine.ts';

export interface TextSample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
  /** Where the line tells a time of its own. */
  readonly atMs?: number;
}

export interface TextWish {
  /** Whose body it is, for messages. */
  readonly where: string;
  /** Names that are read. */
  readonly names: ReadonlySet<string>;
  /** `application/openmetrics-text` tells times in seconds and ends with `# EOF`. */
  readonly contentType: string;
}

/** A longer line is no metric; so much is held of a body at once, and a piece of it. */
const LONGEST_LINE = 1024 * 1024;

const HASH = 35;

/**
 * The wanted samples of a body, in order. The body may stand in quotes as one JSON string, as
 * llama.cpp has sent it. Neither TYPE nor order is needed.
 * @throws {Failure} `malformed`, with the line, for anything else than these formats.
 */
export function* textSamples(
  pieces: Iterable<Uint8Array>,
  wish: TextWish,
): Generator<TextSample, void> {
  const lines = new Lines(wish);
  for (const piece of unwrapped(pieces, wish.where)) yield* lines.read(piece);
  yield* lines.end();
}

/** The lines of a body; of one that lies in two pieces the parts are put together. */
class Lines {
  readonly #where: string;
  readonly #isOpenMetrics: boolean;
  readonly #reader: LineReader;
  #count = 0;
  #rest = '';
  #hasEnded = false;
  #samples: TextSample[] = [];

  constructor({ where, names, contentType }: TextWish) {
    this.#where = where;
    this.#isOpenMetrics = /^\s*application\/openmetrics-text\b/i.test(contentType);
    this.#reader = new LineReader(names);
  }

  /** The samples of all lines that end in the piece: a loop, for a body has half a million. */
  read(piece: string): TextSample[] {
    let from = 0;
    let to = piece.indexOf('\n');
    if (this.#rest.length + (to < 0 ? piece.length : to) > LONGEST_LINE) {
      throw malformed(this.#where, `line ${this.#count + 1}: longer than one megabyte`);
    }
    if (to >= 0 && this.#rest !== '') {
      const whole = this.#rest + piece.slice(0, to);
      this.#rest = '';
      this.#take(whole, 0, whole.length);
      from = to + 1;
      to = piece.indexOf('\n', from);
    }
    while (to >= 0) {
      this.#take(piece, from, to);
      from = to + 1;
      to = piece.indexOf('\n', from);
    }
    this.#rest += piece.slice(from);
    return this.#taken();
  }

  /** The body has ended, maybe within a line. */
  end(): TextSample[] {
    const { length } = this.#rest;
    if (length > 0) this.#take(this.#rest, 0, length);
    if (this.#isOpenMetrics && !this.#hasEnded)
      throw this.#fault('incomplete: no # EOF at the end');
    return this.#taken();
  }

  #taken(): TextSample[] {
    const samples = this.#samples;
    this.#samples = [];
    return samples;
  }

  #take(text: string, from: number, to: number): void {
    this.#count += 1;
    if (from === to) return;
    if (this.#hasEnded && text.slice(from, to).trim() !== '') {
      throw this.#fault('content after # EOF');
    }
    if (text.charCodeAt(from) === HASH) {
      this.#hasEnded ||= text.slice(from, Math.min(to, from + 9)).trimEnd() === '# EOF';
      return;
    }
    const sample = this.#sampleIn(text, from, to);
    if (sample !== undefined) this.#samples.push(timed(sample, this.#isOpenMetrics));
  }

  #sampleIn(text: string, from: number, to: number): LineSample | undefined {
    try {
      return this.#reader.read(text, from, to);
    } catch (error) {
      if (error instanceof LineFault) throw this.#fault(error.message);
      throw error;
    }
  }

  #fault(problem: string): Failure {
    return malformed(this.#where, `line ${this.#count}: ${shortText(problem, 200)}`);
  }
}

function malformed(where: string, problem: string): Failure {
  return new Failure('malformed', `${where}: ${problem}`, {
    where,
    expected: 'metrics in Prometheus text or OpenMetrics',
    hint: "check that the address is that of the engine's own /metrics",
  });
}

function timed({ name, labels, value, time }: LineSample, isOpenMetrics: boolean): TextSample {
  if (time === undefined) return { name, labels, value };
  return { name, labels, value, atMs: Math.round(isOpenMetrics ? time * SECOND_MS : time) };
}

/** What the body says, one letter a byte: without the quotes of JSON around it, if there are. */
function* unwrapped(pieces: Iterable<Uint8Array>, where: string): Generator<string> {
  let json: JsonText | undefined;
  let isBegun = false;
  for (const bytes of pieces) {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const text = isBegun ? piece : begun(piece);
    if (text === '') continue;
    if (!isBegun) {
      refuseOthers(text, where);
      isBegun = true;
      if (text.startsWith('"')) json = new JsonText((problem) => malformed(where, problem));
    }
    yield json === undefined ? text : json.read(text);
  }
  json?.end();
}

const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

function begun(piece: string): string {
  const text = piece.startsWith(BYTE_ORDER_MARK) ? piece.slice(BYTE_ORDER_MARK.length) : piece;
  // What stands before a JSON string or a page; an empty line before text is counted as one.
  const first = /^\s*(?=["[<])/.exec(text)?.[0].length ?? 0;
  return text.slice(first);
}

function refuseOthers(text: string, where: string): void {
  if (text.startsWith('[')) {
    throw malformed(
      where,
      "a JSON array, such as TensorRT-LLM's statistics by iteration, which do not count tokens",
    );
  }
  if (text.startsWith('<')) throw malformed(where, 'a page (HTML or XML)');
  if (/^\s*\{\s*(?:"[^"]*"\s*:|\})/.test(text)) throw malformed(where, 'a JSON object');
}
