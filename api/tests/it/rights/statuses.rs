//! What the callers of the matrix are answered, in the order of [`super::people::CALLERS`].

/// Answers to everybody alike.
pub(super) const ALL: [u16; 9] = [200; 9];
/// To everybody who is known.
pub(super) const KNOWN: [u16; 9] = [401, 200, 200, 200, 200, 200, 200, 200, 200];
/// About D03, which `owner` owns and `adviser` is let see.
pub(super) const OWN: [u16; 9] = [401, 200, 404, 200, 404, 200, 200, 404, 200];
/// About D99, which `other` owns.
pub(super) const FOREIGN: [u16; 9] = [401, 404, 200, 404, 404, 200, 200, 404, 200];
/// About D03 and D99 together.
pub(super) const BOTH: [u16; 9] = [401, 404, 404, 404, 404, 200, 200, 404, 200];
/// About what is not there.
pub(super) const NOTHING: [u16; 9] = [401, 404, 404, 404, 404, 404, 404, 404, 404];
/// About the house.
pub(super) const OVERSIGHT: [u16; 9] = [401, 403, 403, 403, 403, 200, 200, 403, 200];
/// About the account of `owner`.
pub(super) const ACCOUNT_OF_OWNER: [u16; 9] = [401, 200, 404, 404, 404, 404, 404, 200, 200];
/// Something only `owner` does with that account, where there is no key to seal with.
pub(super) const ONLY_OWNER_AND_NO_KEY: [u16; 9] = [401, 409, 404, 404, 404, 404, 404, 403, 403];
/// Something only `owner` does with a passkey of that account, where there are none.
pub(super) const ONLY_OWNER_AND_NO_PASSKEY: [u16; 9] = [401, 404, 404, 404, 404, 404, 404, 403, 403];
/// Something only `owner` does with the second factor of that account, which there is none of.
pub(super) const ONLY_OWNER_AND_NONE: [u16; 9] = [401, 409, 404, 404, 404, 404, 404, 403, 403];
/// Writing in D03 what is wrong: only those who may write are told so.
pub(super) const WRITING: [u16; 9] = [401, 403, 404, 403, 404, 400, 403, 404, 400];
/// Writing in D99.
pub(super) const WRITING_FOREIGN: [u16; 9] = [401, 404, 403, 404, 404, 400, 403, 404, 400];
/// An order for weights.
pub(super) const EQUAL: &str = r#"{"method":"equal_weight","date":"2014-12-31"}"#;
/// Where such an order is.
pub(super) const RUN: &str = "/optimize/{portfolio_id}/runs/{run_id}";
/// To users about themselves.
pub(super) const USERS: [u16; 9] = [401, 200, 200, 200, 200, 200, 200, 200, 403];
/// To nobody who has no signature.
pub(super) const SIGNED: [u16; 9] = [401; 9];
