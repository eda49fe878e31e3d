/** Fractions, implemented simply and slowly. Every figure of the oracle is one. */

import type { Exact } from '../../../src/domain/exact.ts';

export class Fraction {
  readonly n: bigint;
  readonly d: bigint;

  constructor(n: bigint, d = 1n) {
    if (d === 0n) throw new Error('a fraction has no zero below');
    const divisor = gcd(n, d) * (d < 0n ? -1n : 1n);
    this.n = n / divisor;
    this.d = d / divisor;
  }

  static of(value: Exact): Fraction {
    return new Fraction(value.num, value.den);
  }

  static sum(values: readonly Fraction[]): Fraction {
    return values.reduce((total, value) => total.plus(value), ZERO_FRACTION);
  }

  plus(other: Fraction): Fraction {
    return new Fraction(this.n * other.d + other.n * this.d, this.d * other.d);
  }

  minus(other: Fraction): Fraction {
    return new Fraction(this.n * other.d - other.n * this.d, this.d * other.d);
  }

  times(other: Fraction): Fraction {
    return new Fraction(this.n * other.n, this.d * other.d);
  }

  over(other: Fraction): Fraction {
    return new Fraction(this.n * other.d, this.d * other.n);
  }

  below(other: Fraction): boolean {
    return this.n * other.d < other.n * this.d;
  }

  floor(): bigint {
    return (this.n - (((this.n % this.d) + this.d) % this.d)) / this.d;
  }

  /** The nearest integer. Ties round to even. */
  round(): bigint {
    const down = this.floor();
    const rest = this.minus(new Fraction(down)).minus(new Fraction(1n, 2n)).n;
    if (rest === 0n) return down % 2n === 0n ? down : down + 1n;
    return rest < 0n ? down : down + 1n;
  }

  /** Six decimals. */
  text(): string {
    const micro = this.times(new Fraction(1_000_000n)).round();
    const digits = String(micro < 0n ? -micro : micro).padStart(7, '0');
    return `${micro < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
  }
}

export const ZERO_FRACTION = new Fraction(0n);
export const ONE_FRACTION = new Fraction(1n);

export function least(a: Fraction, b: Fraction): Fraction {
  return b.below(a) ? b : a;
}

export function most(a: Fraction, b: Fraction): Fraction {
  return a.below(b) ? b : a;
}

/** Whole parts of a total by largest remainder, earlier parts first. */
export function share(total: bigint, weights: readonly Fraction[]): bigint[] {
  if (total < 0n) return share(-total, weights).map((part) => -part);
  const whole = Fraction.sum(weights);
  const wanted = weights.map((weight) => new Fraction(total).times(weight).over(whole));
  const parts = wanted.map((want) => want.floor());
  let left = total - parts.reduce((sum, part) => sum + part, 0n);
  while (left > 0n) {
    let next = 0;
    for (const [index, want] of wanted.entries()) {
      const rest = want.minus(new Fraction(parts[index] ?? 0n));
      const best = (wanted[next] ?? ZERO_FRACTION).minus(new Fraction(parts[next] ?? 0n));
      if (best.below(rest)) next = index;
    }
    parts[next] = (parts[next] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}

/**
 * Money split over consecutive periods: the cumulative share at the end of each, rounded half up,
 * minus the earlier ones.
 */
export function alongTime(nano: bigint, lengths: readonly Fraction[]): bigint[] {
  if (nano < 0n) return alongTime(-nano, lengths).map((part) => -part);
  const unit = nano % 1000n === 0n ? 1000n : 1n;
  const units = new Fraction(nano / unit).over(Fraction.sum(lengths));
  const passed = (count: number) =>
    units
      .times(Fraction.sum(lengths.slice(0, count)))
      .plus(new Fraction(1n, 2n))
      .floor() * unit;
  return lengths.map((_, at) => passed(at + 1) - passed(at));
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

/** GPUs of one replica. */
export function gpusOf({
  count,
  share,
}: {
  readonly count: number;
  readonly share?: Exact;
}): Fraction {
  return new Fraction(BigInt(count)).times(share === undefined ? ONE_FRACTION : Fraction.of(share));
}
