//! The raw RSA operations of aws-lc behind an owned, thread-safe handle: the only unsafe code of the service.
#![expect(unsafe_code, reason = "no safe interface to aws-lc offers RSA without padding, which RFC 9474 needs")]

use std::ptr::NonNull;

use aws_lc_sys::{
    BN_bn2bin_padded, CBS, CBS_init, CBS_len, ERR_clear_error, EVP_PKEY_free, EVP_PKEY_get1_RSA, EVP_parse_private_key,
    RSA, RSA_NO_PADDING, RSA_free, RSA_get0_n, RSA_sign_raw, RSA_size, RSA_verify_raw,
};

/// An RSA private key inside aws-lc, freed on drop.
pub(super) struct RawRsa {
    key: NonNull<RSA>,
}

// SAFETY: an RSA object belongs to no thread, and its reference count is atomic; we hold the only handle to it.
unsafe impl Send for RawRsa {}

// SAFETY: through `&self` only functions are called that rsa.h says "are considered non-mutating for thread-safety
// purposes and may be used concurrently" (signing, verification) or that take a const pointer (size, modulus).
// The cache of blinding factors inside is under a lock of aws-lc's own.
unsafe impl Sync for RawRsa {}

impl Drop for RawRsa {
    fn drop(&mut self) {
        // SAFETY: `key` came from `EVP_PKEY_get1_RSA`, which gave us one reference, and it is released here only.
        unsafe { RSA_free(self.key.as_ptr()) };
    }
}

/// `RSA_sign_raw` and `RSA_verify_raw` have one signature.
type Operation = unsafe extern "C" fn(*mut RSA, *mut usize, *mut u8, usize, *const u8, usize, i32) -> i32;

impl RawRsa {
    /// Parses a DER PKCS#8 private key, which aws-lc also checks for consistency.
    pub(super) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        let mut input = CBS { data: std::ptr::null(), len: 0 };
        // SAFETY: `input` is a valid CBS over `der`, which outlives it. The parser returns null or one reference
        // that we own; the second getter returns null or one more; the first is released at once.
        let (key, rest) = unsafe {
            CBS_init(&raw mut input, der.as_ptr(), der.len());
            let parsed = NonNull::new(EVP_parse_private_key(&raw mut input)).or_else(forget_error)?;
            let key = NonNull::new(EVP_PKEY_get1_RSA(parsed.as_ptr()));
            EVP_PKEY_free(parsed.as_ptr());
            (key, CBS_len(&raw const input))
        };
        let key = Self { key: key.or_else(forget_error)? };
        (rest == 0).then_some(key)
    }

    /// Bytes of the modulus, and of every number that goes in or comes out.
    pub(super) fn len(&self) -> usize {
        // SAFETY: `key` is a valid RSA object while `self` lives.
        let len = unsafe { RSA_size(self.key.as_ptr()) };
        len as usize
    }

    /// The modulus, big-endian.
    pub(super) fn modulus(&self) -> Option<Vec<u8>> {
        let mut modulus = vec![0; self.len()];
        // SAFETY: `RSA_get0_n` lends a number that lives as long as `key`; the buffer has the length that is passed.
        let done = unsafe { BN_bn2bin_padded(modulus.as_mut_ptr(), modulus.len(), RSA_get0_n(self.key.as_ptr())) };
        if done == 1 { Some(modulus) } else { forget_error() }
    }

    /// `input ^ d mod n`: blinded against timing, and checked inside against faults of the CRT.
    pub(super) fn private(&self, input: &[u8]) -> Option<Vec<u8>> {
        self.apply(RSA_sign_raw, input)
    }

    /// `input ^ e mod n`.
    pub(super) fn public(&self, input: &[u8]) -> Option<Vec<u8>> {
        self.apply(RSA_verify_raw, input)
    }

    fn apply(&self, operation: Operation, input: &[u8]) -> Option<Vec<u8>> {
        let mut output = vec![0; self.len()];
        let mut written = 0;
        // SAFETY: `key` is valid while `self` lives. aws-lc reads `input.len()` bytes of `input` and writes at most
        // `output.len()` bytes to `output`; both are live slices, and they do not overlap.
        let done = unsafe {
            operation(
                self.key.as_ptr(),
                &raw mut written,
                output.as_mut_ptr(),
                output.len(),
                input.as_ptr(),
                input.len(),
                RSA_NO_PADDING,
            )
        };
        if done == 1 && written == output.len() { Some(output) } else { forget_error() }
    }
}

/// aws-lc queues an error per thread; ours are told by the answer, and a later caller must not find them.
fn forget_error<T>() -> Option<T> {
    // SAFETY: touches nothing but the calling thread's own queue.
    unsafe { ERR_clear_error() };
    None
}
