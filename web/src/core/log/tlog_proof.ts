/** C2SP tlog-proof: that a line stands in a log, checked without asking anybody. */
import { type Bytes, fromBase64, toBase64, utf8 } from '../bytes.ts';
import { isWhole } from '../json.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { leafHash } from './hash.ts';
import type { LogKey } from './note.ts';
import { verifyInclusion } from './proof.ts';

/** Where a leaf stands, its path, and the signed head that the path leads to. */
export interface TlogProof {
  readonly index: number;
  readonly path: readonly Bytes[];
  readonly checkpoint: string;
  /** Data of the application's own: proved by nothing. */
  readonly extra?: Bytes;
}

/** Why a proof does not hold. */
export type ProofFault = 'form' | 'checkpoint' | 'proof';

const HEADER = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^64 leaves has no longer path. */
const MAX_PATH = 64;

/** Reads a proof; undefined unless it is just what would be printed. */
export function readTlogProof(text: string): TlogProof | undefined {
  const [, extraText, decimal = '', hashes = '', checkpoint = ''] =
    /^c2sp\.org\/tlog-proof@v1\n(?:extra ([^\n]+)\n)?index ([0-9]+)\n((?:[^\n]+\n)*)\n(.*)$/s.exec(text) ?? [];
  const index = Number(decimal === '' ? NaN : decimal);
  const path = hashes.split('\n').slice(0, -1).map((hash) => fromBase64(hash, 32));
  const extra = extraText === undefined ? undefined : fromBase64(extraText);
  if (!isWhole(index) || path.length > MAX_PATH || !path.every((hash) => hash !== undefined)) return undefined;
  const proof = { index, path, checkpoint, ...(extra && { extra }) };
  return printTlogProof(proof) === text ? proof : undefined;
}

/** The text of a proof. */
export function printTlogProof({ index, path, checkpoint, extra }: TlogProof): string {
  const extraLine = extra === undefined ? '' : `extra ${toBase64(extra)}\n`;
  return `${HEADER}\n${extraLine}index ${index}\n${path.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`;
}

/** Checks signature and path for a line; gives the head that the path leads to. */
export async function checkTlogProof(proof: TlogProof, line: string, key: LogKey): Promise<Checkpoint | ProofFault> {
  const head = await openCheckpoint(proof.checkpoint, key);
  if (head === undefined) return 'checkpoint';
  const leaf = await leafHash(utf8(line));
  return (await verifyInclusion(leaf, proof.index, head.size, proof.path, head.root)) ? head : 'proof';
}
