const reserved: Readonly<Record<string, number>> = { local: 89, e2e: 90, bench: 91 };
const firstFree = 100;
const freeCount = 100;

/**
 * The second byte of a system's addresses, 10.N.0.0/24, from its name alone: a later command finds the same, and two
 * systems run side by side. Names other than the project's own share 10.100 to 10.199 by a hash; where two meet, the
 * second start is refused with the remedy, since the subnet is in use.
 */
export function subnetIndexOf(name: string): number {
  const hash = Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % freeCount, 0);
  return reserved[name] ?? firstFree + hash;
}
