// A log's other side: paths and proofs as RFC 6962 §2.1 defines them, by recursion over the leaves.
import type { Bytes } from '../src/core/bytes.ts';
import { rootHash } from '../src/core/log/hash.ts';

/** PATH(m, D[n]) of §2.1.1. */
export async function inclusionPath(leaves: readonly Bytes[], index: number): Promise<Bytes[]> {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...(await inclusionPath(left, index)), await rootHash(right)]
    : [...(await inclusionPath(right, index - split)), await rootHash(left)];
}

/** PROOF(m, D[n]) of §2.1.2. */
export function consistencyProof(leaves: readonly Bytes[], old: number): Promise<Bytes[]> {
  return subproof(leaves, old, true);
}

async function subproof(leaves: readonly Bytes[], old: number, whole: boolean): Promise<Bytes[]> {
  if (old === leaves.length) return whole ? [] : [await rootHash(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return old <= split
    ? [...(await subproof(left, old, whole)), await rootHash(right)]
    : [...(await subproof(right, old - split, false)), await rootHash(left)];
}

function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}
