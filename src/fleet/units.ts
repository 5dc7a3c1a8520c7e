// The words that quantities are written in, and what they mean as numbers.

import { UserError } from '../errors.ts';

/**
 * A name that is one DNS label (RFC 1123).
 * @pattern ^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$
 */
export type Label = string;

/**
 * A name of a Kubernetes object: DNS labels joined by dots.
 * @pattern ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$
 * @maxLength 253
 */
export type ObjectName = string;

/**
 * A Kubernetes quantity of bytes, such as `512Mi`, `1.5Gi` or `1e9`.
 * @pattern ^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([kMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?$
 */
export type MemoryQuantity = string;

/**
 * A Kubernetes quantity of processors, such as `500m`, `1.5` or `4`.
 * @pattern ^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([num]|[eE][-+]?[0-9]+)?$
 */
export type CpuQuantity = string;

/**
 * A Go duration, such as `90s`, `10m` or `1h30m`.
 * @pattern ^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$
 */
export type Duration = string;

/**
 * A bit rate with a decimal prefix, such as `20Mbit` or `1.5Gbit`.
 * @pattern ^[0-9]+(\.[0-9]+)?(bit|kbit|Mbit|Gbit)$
 */
export type BitRate = string;

/**
 * A minor version of K3s, such as `1.36`.
 * @pattern ^1\.[0-9]{2}$
 */
export type K3sMinor = string;

/**
 * Of a hundred.
 * @minimum 0
 * @maximum 100
 */
export type Percent = number;

/**
 * Of one.
 * @minimum 0
 * @maximum 1
 */
export type Ratio = number;

/**
 * A day, such as `2027-03-01`.
 * @pattern ^[0-9]{4}-[0-9]{2}-[0-9]{2}$
 */
export type DateString = string;

/**
 * When a stretch of time begins or ends, in UTC: a minute of one day, such as `2026-12-20T18:00Z`, or of every week,
 * such as `Fri 16:00`.
 * @pattern ^([0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]Z|(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([01][0-9]|2[0-3]):[0-5][0-9])$
 */
export type FreezeTime = string;

/**
 * An image reference. That it is pinned by digest is a rule's business, so that the finding can say why.
 * @pattern ^[^\s]+$
 */
export type ImageReference = string;

/**
 * A URL, such as `https://git.example.com/fleets.git`.
 * @pattern ^[a-z]+:\/\/[^\s]+$
 */
export type UrlString = string;

const SUFFIXES: Readonly<Record<string, readonly [base: bigint, exponent: number]>> = {
  n: [10n, -9],
  u: [10n, -6],
  m: [10n, -3],
  '': [10n, 0],
  k: [10n, 3],
  M: [10n, 6],
  G: [10n, 9],
  T: [10n, 12],
  P: [10n, 15],
  E: [10n, 18],
  Ki: [2n, 10],
  Mi: [2n, 20],
  Gi: [2n, 30],
  Ti: [2n, 40],
  Pi: [2n, 50],
  Ei: [2n, 60],
};

const QUANTITY = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([-+]?\d+))?$/;
const NANO = 9;
const LARGEST = (2n ** 63n - 1n) * 10n ** 9n;

/**
 * Parse a Kubernetes quantity as Go's `resource.Quantity` reads it: decimal and binary suffixes, exponents,
 * `.5` and `5.`; more precise than a billionth is rounded away from zero; what exceeds 2^63 − 1 is that.
 *
 * Stricter in one thing: a suffix or a dot without digits, which Go reads as 0, is refused.
 *
 * @returns billionths of the unit
 * @throws UserError `QUANTITY_SYNTAX`
 * @see https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity
 */
export function parseQuantity(text: string): bigint {
  const [, sign = '', digits = '', suffix = '', exponent] = QUANTITY.exec(text) ?? [];
  if (digits === '') {
    throw new UserError(
      'QUANTITY_SYNTAX',
      `${JSON.stringify(text)} is not a Kubernetes quantity`,
      'write a number with a suffix such as Ki, Mi, Gi, k, M, G or m, for example 512Mi or 500m',
    );
  }
  const [whole = '', fraction = ''] = digits.split('.');
  const [base, power] =
    exponent === undefined
      ? SUFFIXES[suffix]!
      : ([10n, Math.max(-60, Math.min(60, Number(exponent)))] as const);
  let numerator = BigInt(whole + fraction) * 10n ** BigInt(NANO);
  let denominator = 10n ** BigInt(fraction.length);
  if (power >= 0) numerator *= base ** BigInt(power);
  else denominator *= base ** BigInt(-power);
  const up = (numerator + denominator - 1n) / denominator;
  const value = up > LARGEST ? LARGEST : up;
  return sign === '-' ? -value : value;
}

/** Whole units, rounded away from zero as Go does. */
function inUnits(nano: bigint, unit: bigint): number {
  const size = nano < 0n ? -nano : nano;
  const units = Number((size + unit - 1n) / unit);
  return nano < 0n ? -units : units;
}

/**
 * Parse a quantity of bytes.
 * @returns bytes, a whole number, rounded up
 * @throws UserError `QUANTITY_SYNTAX`
 */
export const parseBytes = (text: MemoryQuantity): number => inUnits(parseQuantity(text), 10n ** 9n);

/**
 * Parse a quantity of processors.
 * @returns millicores, a whole number, rounded up as the scheduler does
 * @throws UserError `QUANTITY_SYNTAX`
 */
export const parseMillicores = (text: CpuQuantity): number => inUnits(parseQuantity(text), 10n ** 6n);

/**
 * Write bytes for a human, and so that {@link parseBytes} reads them back exactly: `512Mi`, `1536Mi`, `1000`.
 * @param bytes a whole number
 */
export function formatBytes(bytes: number): string {
  for (const [suffix, size] of [
    ['Gi', 2 ** 30],
    ['Mi', 2 ** 20],
    ['Ki', 2 ** 10],
  ] as const) {
    if (bytes !== 0 && bytes % size === 0) return `${bytes / size}${suffix}`;
  }
  return String(bytes);
}

/**
 * Write millicores for a human, and so that {@link parseMillicores} reads them back exactly: `2`, `1500m`.
 * @param millicores a whole number
 */
export const formatMillicores = (millicores: number): string =>
  millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** Go counts nanoseconds in 63 bits: 292 years. */
const LONGEST_MS = 2 ** 63 / 1e6;

/**
 * Parse a Go duration of the units that Flux takes.
 * @returns milliseconds, exact to a nanosecond
 * @throws UserError `DURATION_SYNTAX`
 */
export function parseDuration(text: Duration): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (text === '' || parts.map(([part]) => part).join('') !== text) {
    throw new UserError(
      'DURATION_SYNTAX',
      `${JSON.stringify(text)} is not a duration`,
      'write numbers with the units ms, s, m or h, for example 90s or 1h30m',
    );
  }
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * DURATION_MS[unit!]!, 0);
  if (ms >= LONGEST_MS) {
    throw new UserError(
      'DURATION_SYNTAX',
      `${JSON.stringify(text)} is longer than the 292 years that Go can count`,
      'write a shorter duration',
    );
  }
  // 1.005 s is 1004.9999999999999 ms before rounding.
  return ms < 1e9 ? Math.round(ms * 1e6) / 1e6 : ms;
}

/**
 * Write a duration the Go way, largest units first: `1h30m`, `45s`, `0s`.
 * @param ms milliseconds
 */
export function formatDuration(ms: number): Duration {
  let rest = Math.round(ms);
  let text = '';
  for (const unit of ['h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / DURATION_MS[unit]!);
    rest -= count * DURATION_MS[unit]!;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

const BITS: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, Mbit: 1e6, Gbit: 1e9 };

/**
 * Parse a bit rate.
 * @returns bits per second, a whole number
 * @throws UserError `BITRATE_SYNTAX`
 */
export function parseBitRate(text: BitRate): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(bit|kbit|Mbit|Gbit)$/.exec(text) ?? [];
  if (count === undefined) {
    throw new UserError(
      'BITRATE_SYNTAX',
      `${JSON.stringify(text)} is not a bit rate`,
      'write a number followed by bit, kbit, Mbit or Gbit (per second), for example 20Mbit',
    );
  }
  return Math.round(Number(count) * BITS[unit!]!);
}
