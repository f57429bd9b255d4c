/** Whether this process may believe the cache. */
export interface CacheTrust {
  trusted(): boolean;
  /** A commit was made, or may have been, of which the cache does not know. */
  missed(): void;
  /**
   * Begins a new generation of the cache, which makes up for everything missed before it was asked for, but for nothing
   * missed since: an entry of the new generation may already be older than a later commit.
   */
  renew(begin: () => Promise<number>): Promise<number>;
}

/** Trusts the cache until the first commit that it missed. */
export function createCacheTrust(onChange: (trusted: boolean) => void): CacheTrust {
  let missed = 0;
  let madeUpFor = 0;
  const trusted = (): boolean => missed === madeUpFor;

  function changing(change: () => void): void {
    const before = trusted();
    change();
    if (before !== trusted()) onChange(trusted());
  }

  return {
    trusted,
    missed: () => changing(() => (missed += 1)),
    async renew(begin) {
      const upTo = missed;
      const generation = await begin();
      changing(() => (madeUpFor = Math.max(madeUpFor, upTo)));
      return generation;
    },
  };
}
