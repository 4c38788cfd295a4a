/** Hashes of leaves and nodes, as RFC 6962 §2.1 makes them. */
import { type Bytes, sha256 } from '../bytes.ts';

/** SHA-256(0x00 ‖ data). */
export function leafHash(data: Bytes): Promise<Bytes> {
  return sha256(Uint8Array.of(0), data);
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(Uint8Array.of(1), left, right);
}

/** Root of the tree over these leaves' hashes; of none, SHA-256 of nothing. */
export async function rootHash(leaves: readonly Bytes[]): Promise<Bytes> {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(await rootHash(leaves.slice(0, split)), await rootHash(leaves.slice(split)));
}
