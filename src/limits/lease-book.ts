import { createSideTable } from "../lib/side-table.ts";
import { createLease, type Lease } from "./lease.ts";
import type { Charge } from "./limiter.ts";

/** The leases of this process. */
export type LeaseBook = {
  readonly leaseOf: (charge: Charge) => Lease;
  /** Leases that may have units left. */
  readonly held: Set<Lease>;
  /** Forgets the leases that are not in use. */
  readonly forgetIdle: () => void;
};

export function createLeaseBook(): LeaseBook {
  const byCharge = createSideTable<Lease>();
  /** Requests without a key have a charge object each, so equal charges are also found by their content. */
  const byName = new Map<string, Lease>();
  const held = new Set<Lease>();

  return {
    leaseOf: (charge) => {
      const known = byCharge.get(charge);
      if (known !== undefined && byName.get(known.name) === known) return known;
      const name = known?.name ?? JSON.stringify(charge);
      const lease = byName.get(name) ?? known ?? createLease(charge, name);
      byName.set(name, lease);
      byCharge.set(charge, lease);
      return lease;
    },
    held,
    forgetIdle: () => {
      for (const [name, lease] of byName) {
        if (!held.has(lease) && lease.refill === undefined && lease.waiting === 0) byName.delete(name);
      }
    },
  };
}
