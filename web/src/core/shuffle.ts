/** The order of territories on one voter's ballot (docs/protocol.md §13): fair over all voters, the same each time for one. */
import { type Bytes, concat, label, readU32, sha256, u32 } from './bytes.ts';

const WORDS_IN_BLOCK = 8;

/** Positions 0 to n − 1 in the order in which the holder of this credential sees them. */
export async function territoryOrder(fingerprint: Bytes, credential: Bytes, n: number): Promise<number[]> {
  const seed = await sha256(label('veche/order/v1'), fingerprint, credential);
  const next = words(seed);
  const order = Array.from({ length: n }, (_, at) => at);
  for (let last = n - 1; last > 0; last--) {
    const other = await below(last + 1, next);
    [order[last], order[other]] = [order[other] ?? other, order[last] ?? last];
  }
  return order;
}

/** The numbers of a SHA-256 counter stream, 32 bits each. */
function words(seed: Bytes): () => Promise<number> {
  let block: Bytes = new Uint8Array();
  let at = 0;
  return async () => {
    if (at % WORDS_IN_BLOCK === 0) block = await sha256(concat(seed, u32(at / WORDS_IN_BLOCK)));
    return readU32(block, 4 * (at++ % WORDS_IN_BLOCK));
  };
}

/** A number below `bound`, each as likely: words past the last whole multiple of it are passed over. */
export async function below(bound: number, next: () => Promise<number>): Promise<number> {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let word = await next();
  while (word >= limit) word = await next();
  return word % bound;
}
