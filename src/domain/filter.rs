//! A set of credentials that takes three bytes for each: of one that is in it, it always says so; of another hardly ever.

/// Words of a block: 512 bits, which a processor fetches at once.
const WORDS: usize = 8;
/// Bytes of a block.
const BLOCK: usize = WORDS * size_of::<u64>();
/// Credentials for each block: 24 bits for each credential.
const TOGETHER: usize = 21;
/// Bits that are set for a credential.
const BITS: usize = 8;

/// A Bloom filter whose bits of one credential lie in one block (Putze, Sanders, Singler: *Cache-, Hash- and Space-Efficient Bloom
/// Filters*, 2007). A credential is an Ed25519 public key, whose bytes are as good as drawn, so they are not hashed again. Of ten
/// thousand that are not in a full one, about one seems to be.
#[derive(Clone, PartialEq, Eq)]
pub struct Filter {
    blocks: Vec<[u64; WORDS]>,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Filter({} blocks)", self.blocks.len())
    }
}

impl Filter {
    /// The filter of these.
    #[must_use]
    pub fn of(credentials: &[[u8; 32]]) -> Self {
        let mut filter = Self { blocks: vec![[0; WORDS]; credentials.len().div_ceil(TOGETHER).max(1)] };
        for key in credentials.iter().map(Key::of) {
            let block = filter.block_of(&key);
            if let Some(words) = filter.blocks.get_mut(block) {
                words.iter_mut().zip(key.bits).for_each(|(word, bits)| *word |= bits);
            }
        }
        filter
    }

    /// Whether this one is in it; of one that is not, seldom true as well.
    #[must_use]
    pub fn may_hold(&self, key: &Key) -> bool {
        // All eight words without a branch: of many filters one after the other the processor then fetches several blocks at once.
        let missing =
            |words: &[u64; WORDS]| words.iter().zip(key.bits).fold(0, |some, (word, bits)| some | bits & !word);
        self.blocks.get(self.block_of(key)).is_some_and(|words| missing(words) == 0)
    }

    /// The filter as it is kept: its blocks, each of eight little-endian words.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.blocks.iter().flatten().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// The filter that was kept; nothing when these bytes have another length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<{ size_of::<u64>() }>();
        let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let (blocks, more) = words.as_chunks::<WORDS>();
        let is_whole = rest.is_empty() && more.is_empty() && !blocks.is_empty();
        is_whole.then(|| Self { blocks: blocks.to_vec() })
    }

    fn block_of(&self, key: &Key) -> usize {
        usize::try_from((u128::from(key.fraction) * self.blocks.len() as u128) >> 64).unwrap_or_default()
    }
}

/// A credential, as every filter looks for it.
#[derive(Clone, Copy)]
pub struct Key {
    /// Its first eight bytes: which block, as a fraction of all.
    fraction: u64,
    /// The bits of the block: each of eight times nine bits of the credential names one.
    bits: [u64; WORDS],
}

impl Key {
    /// The key of a credential.
    #[must_use]
    pub fn of(credential: &[u8; 32]) -> Self {
        let named = u128::from(word(credential, 8)) | u128::from(word(credential, 16)) << 64;
        let mut bits = [0; WORDS];
        for at in 0..BITS {
            let bit = (named >> (9 * at)) as usize % (8 * BLOCK);
            if let Some(word) = bits.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
        Self { fraction: word(credential, 0), bits }
    }
}

fn word(credential: &[u8; 32], at: usize) -> u64 {
    credential.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn drawn(from: u32, count: u32) -> Vec<[u8; 32]> {
        (from..from + count).map(|number| Sha256::digest(number.to_be_bytes()).into()).collect()
    }

    #[test]
    fn it_holds_all_that_are_in_it_and_hardly_any_other() {
        let inside = drawn(0, 65_536);
        let filter = Filter::of(&inside);
        assert!(inside.iter().all(|credential| filter.may_hold(&Key::of(credential))));
        let others = drawn(100_000, 200_000);
        let wrong = others.iter().filter(|credential| filter.may_hold(&Key::of(credential))).count();
        assert!(wrong < 60, "{wrong} of 200,000");
    }

    #[test]
    fn what_was_kept_comes_back() {
        for count in [0, 1, 21, 22, 1000] {
            let filter = Filter::of(&drawn(0, count));
            let kept = filter.to_bytes();
            assert_eq!(Filter::from_bytes(&kept), Some(filter));
            assert_eq!(Filter::from_bytes(&kept[1..]), None);
        }
        assert_eq!(Filter::from_bytes(&[]), None, "it would hold nothing");
    }

    /// What another build kept must be read as it was meant.
    #[test]
    fn its_form_stays() {
        let credential: [u8; 32] = std::array::from_fn(|at| (at as u8).wrapping_mul(17));
        let kept = Filter::of(&[credential]).to_bytes();
        let bits: Vec<usize> = (0..512).filter(|bit| kept[bit / 8] >> (bit % 8) & 1 == 1).collect();
        assert_eq!((kept.len(), bits), (BLOCK, vec![33, 234, 332, 374, 392, 407, 476, 511]));
    }
}
