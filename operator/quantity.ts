// Suffixes of resource.Quantity: k8s.io/apimachinery pkg/api/resource/suffix.go. Each is a number of thousandths, as
// bigint, so that exabytes and milli-cores compare exactly; n and u are finer than the API server keeps for these fields.
const SUFFIXES: Readonly<Record<string, readonly [numerator: bigint, denominator: bigint]>> = {
  n: [1n, 1_000_000_000n],
  u: [1n, 1_000_000n],
  m: [1n, 1000n],
  '': [1n, 1n],
  k: [1000n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [2n ** 10n, 1n],
  Mi: [2n ** 20n, 1n],
  Gi: [2n ** 30n, 1n],
  Ti: [2n ** 40n, 1n],
  Pi: [2n ** 50n, 1n],
  Ei: [2n ** 60n, 1n],
};

const NANO = 1_000_000_000n;

/** Whether two quantities such as `1000m` and `1` are the same amount. What is no quantity is the same as nothing. */
export function sameQuantity(a: unknown, b: unknown): boolean {
  const left = nanos(a);
  return left !== undefined && left === nanos(b);
}

/** The amount in billionths, rounded up as the API server does; undefined where it is no quantity. */
function nanos(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = /^([+-]?)(\d*)\.?(\d*)(?:([eE][+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/.exec(String(value));
  if (!match || (match[2] === '' && match[3] === '')) return undefined;
  const [, sign, whole = '', fraction = '', exponent, suffix = ''] = match;
  const scale = SUFFIXES[suffix];
  if (!scale) return undefined;
  const power = BigInt(Number(exponent?.slice(1) ?? 0));
  const digits = BigInt(whole + fraction) * scale[0] * NANO * (power > 0n ? 10n ** power : 1n);
  const divisor = scale[1] * 10n ** BigInt(fraction.length) * (power < 0n ? 10n ** -power : 1n);
  const amount = (digits + divisor - 1n) / divisor;
  return sign === '-' ? -amount : amount;
}
