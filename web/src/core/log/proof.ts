/** Inclusion and consistency proofs of RFC 6962, checked as RFC 9162 §2.1.3.2 and §2.1.4.2 say. */
import { type Bytes, equal } from '../bytes.ts';
import { isWhole } from '../json.ts';
import { nodeHash } from './hash.ts';

/** Whether a tree of this size and root has the leaf at `index`. Sizes are below 2^53, so no bit operations. */
export async function verifyInclusion(leaf: Bytes, index: number, size: number, proof: readonly Bytes[], root: Bytes): Promise<boolean> {
  if (!isWhole(size, 1) || !isWhole(index, 0, size - 1)) return false;
  let place = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = await nodeHash(sibling, hash);
      [place, last] = upLeftEdge(place, last);
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equal(hash, root);
}

/** Whether the first tree is the beginning of the second. */
export async function verifyConsistency(old: number, oldRoot: Bytes, size: number, root: Bytes, proof: readonly Bytes[]): Promise<boolean> {
  if (!isWhole(size, 1) || !isWhole(old, 1, size)) return false;
  if (old === size) return proof.length === 0 && equal(oldRoot, root);
  let place = old - 1;
  let last = size - 1;
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  // A tree whose size is a power of two is itself a node of the new tree, so its root is not repeated in the proof.
  const rest = Number.isInteger(Math.log2(old)) ? [oldRoot, ...proof] : proof;
  const [first, ...siblings] = rest;
  if (first === undefined) return false;
  let [fromOld, fromNew] = [first, first];
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      fromOld = await nodeHash(sibling, fromOld);
      fromNew = await nodeHash(sibling, fromNew);
      [place, last] = upLeftEdge(place, last);
    } else {
      fromNew = await nodeHash(fromNew, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equal(fromOld, oldRoot) && equal(fromNew, root);
}

/** Climbs while the node is a left child that has no right neighbour. */
function upLeftEdge(place: number, last: number): [number, number] {
  let [from, to] = [place, last];
  while (from % 2 === 0 && from !== 0) [from, to] = [half(from), half(to)];
  return [from, to];
}

function half(value: number): number {
  return Math.floor(value / 2);
}
