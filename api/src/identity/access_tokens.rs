//! Access tokens: who asks, until when, signed by the house (RFC 7519, with EdDSA as in RFC 8037).
//!
//! There is one form and one algorithm: what a token says about itself decides nothing but which key of the house made
//! it. A token is no more than a session is: whether that goes on, and what its user is, the store is asked each time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use schemas::{Role, UserId};
use serde::{Deserialize, Serialize};
use store::SessionProof;
use uuid::Uuid;

use super::IdentitySettings;
use super::signing_keys::SigningKeys;
use crate::problem::Problem;

const ALGORITHM: &str = "EdDSA";
const KIND: &str = "JWT";
/// Bytes of a token that is looked at.
const TOKEN_BYTES_MAX: usize = 2_000;
/// How much earlier than ours the clock of another machine of the house may be.
const CLOCK_DIFFERENCE: TimeDelta = TimeDelta::seconds(30);

/// What stands before the claims. A token with anything else there is none of ours.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    nbf: i64,
    iat: i64,
    jti: String,
    /// The user.
    pub(crate) sub: String,
    /// The session.
    pub(crate) sid: String,
    /// What the user is to the house.
    pub(crate) role: String,
    /// When the user proved last who it is, for whoever verifies the token elsewhere; here the store is asked.
    pub(crate) auth_time: i64,
    /// How, in the words of RFC 8176.
    pub(crate) amr: Vec<String>,
}

/// What a token is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issued<'a> {
    /// The user.
    pub(crate) user_id: &'a UserId,
    /// What the user is to the house.
    pub(crate) role: Role,
    /// The session.
    pub(crate) session_id: &'a str,
    /// When the user proved last who it is.
    pub(crate) authenticated_at: DateTime<Utc>,
    /// How.
    pub(crate) proof: SessionProof,
}

/// A token for a session.
///
/// # Errors
/// A problem if it cannot be signed.
pub(crate) fn issue(
    keys: &SigningKeys,
    settings: &IdentitySettings,
    issued: Issued<'_>,
    now: DateTime<Utc>,
) -> Result<String, Problem> {
    let claims = Claims {
        iss: settings.issuer.clone(),
        aud: settings.audience.clone(),
        exp: (now + settings.access_life()).timestamp(),
        nbf: now.timestamp(),
        iat: now.timestamp(),
        jti: Uuid::new_v4().to_string(),
        sub: issued.user_id.to_string(),
        sid: issued.session_id.to_owned(),
        role: issued.role.word().to_owned(),
        auth_time: issued.authenticated_at.timestamp(),
        amr: issued.proof.word().split(' ').map(str::to_owned).collect(),
    };
    let key = keys.signer();
    let header = Header { alg: ALGORITHM.to_owned(), typ: KIND.to_owned(), kid: key.key_id.clone() };
    let encoded = |text: serde_json::Result<Vec<u8>>| {
        text.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).map_err(|error| Problem::internal(&error))
    };
    let header = encoded(serde_json::to_vec(&header))?;
    let claims = encoded(serde_json::to_vec(&claims))?;
    let input = format!("{header}.{claims}");
    let signature = key.sign(input.as_bytes()).map_err(|error| Problem::internal(&error))?;
    Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

impl Claims {
    /// Whether a token that says this is good at an instant.
    pub(super) fn is_good_at(&self, now: DateTime<Utc>) -> bool {
        let (seconds, soon) = (now.timestamp(), (now + CLOCK_DIFFERENCE).timestamp());
        self.nbf <= soon && self.iat <= soon && seconds < self.exp
    }
}

/// What a token says, if the house signed it, for itself. Whether it is good now is another question.
pub(super) fn signed_claims(keys: &SigningKeys, settings: &IdentitySettings, token: &str) -> Option<Claims> {
    if TOKEN_BYTES_MAX < token.len() {
        return None;
    }
    let (input, signature) = token.rsplit_once('.')?;
    let (header, claims) = input.split_once('.')?;
    let header: Header = decoded(header)?;
    if header.alg != ALGORITHM || header.typ != KIND {
        return None;
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !keys.named(&header.kid)?.verifies(input.as_bytes(), &signature) {
        return None;
    }
    let claims: Claims = decoded(claims)?;
    let of_this_house = claims.iss == settings.issuer && claims.aud == settings.audience;
    (of_this_house && !claims.jti.is_empty()).then_some(claims)
}

/// Reads a part of a token. A point in it cannot be: base64url has none.
fn decoded<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::signing_keys::tests::{key_of_the_standard, only};
    use super::*;

    pub(crate) fn now() -> DateTime<Utc> {
        "2015-01-01T02:00:00Z".parse().expect("an instant")
    }

    fn verified(keys: &SigningKeys, settings: &IdentitySettings, token: &str, now: DateTime<Utc>) -> Option<Claims> {
        signed_claims(keys, settings, token).filter(|claims| claims.is_good_at(now))
    }

    pub(crate) fn issued() -> (SigningKeys, IdentitySettings, String) {
        let (keys, settings) = (only(key_of_the_standard()), IdentitySettings::default());
        let user_id = "u-1".parse().expect("an id");
        let issued = Issued {
            user_id: &user_id,
            role: Role::Client,
            session_id: "s-1",
            authenticated_at: now() - TimeDelta::minutes(5),
            proof: SessionProof::PasswordAndCode,
        };
        let token = issue(&keys, &settings, issued, now());
        let token = token.unwrap_or_else(|_| panic!("signed"));
        (keys, settings, token)
    }

    /// The token with another header or other claims, signed with the key of the house.
    fn signed(keys: &SigningKeys, header: &str, claims: &str) -> String {
        let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = keys.signer().sign(input.as_bytes()).expect("signed");
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    #[test]
    fn a_token_is_good_for_ten_minutes() {
        let (keys, settings, token) = issued();
        let at = |seconds: i64| verified(&keys, &settings, &token, now() + TimeDelta::seconds(seconds));
        let claims = at(0).expect("good");
        assert_eq!((claims.sub.as_str(), claims.sid.as_str(), claims.role.as_str()), ("u-1", "s-1", "client"));
        // RFC 9470, section 5, with the words of RFC 8176: when and how the user proved who it is.
        assert_eq!((claims.auth_time, claims.amr.join(" ").as_str()), (now().timestamp() - 300, "pwd otp mfa"));
        assert!(at(599).is_some() && at(-30).is_some());
        assert!(at(600).is_none() && at(-31).is_none());
    }

    #[test]
    fn only_tokens_of_this_house_are_good() {
        let (keys, settings, token) = issued();
        let other_audience = IdentitySettings { audience: "another".to_owned(), ..settings.clone() };
        let other_issuer = IdentitySettings { issuer: "another".to_owned(), ..settings.clone() };
        assert!(verified(&keys, &other_audience, &token, now()).is_none());
        assert!(verified(&keys, &other_issuer, &token, now()).is_none());
        let (input, _) = token.rsplit_once('.').expect("three parts");
        for wrong in ["", ".", "..", "a.b.c", input, &format!("{input}."), &format!("{token}.x"), &token[1..]] {
            assert!(verified(&keys, &settings, wrong, now()).is_none(), "{wrong}");
        }
    }

    #[test]
    fn another_algorithm_is_never_believed() {
        let (keys, settings, token) = issued();
        let mut parts = token.split('.');
        let claims = URL_SAFE_NO_PAD.decode(parts.nth(1).expect("claims")).expect("base64url");
        let claims = String::from_utf8(claims).expect("text");
        let key_id = keys.signer().key_id.clone();
        let good = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{key_id}"}}"#);
        assert!(verified(&keys, &settings, &signed(&keys, &good, &claims), now()).is_some());
        let others = [
            good.replace("EdDSA", "none"),
            good.replace("EdDSA", "HS256"),
            good.replace("EdDSA", "eddsa"),
            good.replace("JWT", "JWS"),
            good.replace(&key_id, "another"),
            good.replace('}', r#","crit":["exp"]}"#),
            r#"{"alg":"EdDSA","typ":"JWT"}"#.to_owned(),
        ];
        for header in others {
            assert!(verified(&keys, &settings, &signed(&keys, &header, &claims), now()).is_none(), "{header}");
        }
        let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(&good), URL_SAFE_NO_PAD.encode(&claims));
        assert!(verified(&keys, &settings, &unsigned, now()).is_none());
    }

    #[test]
    fn every_claim_must_be_there() {
        let (keys, settings, token) = issued();
        let header = String::from_utf8(URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&claims).unwrap();
        for name in ["iss", "aud", "exp", "nbf", "iat", "jti", "sub", "sid", "role", "auth_time", "amr"] {
            let mut without = claims.clone();
            without.remove(name).expect("it is there");
            let text = serde_json::to_string(&without).unwrap();
            assert!(verified(&keys, &settings, &signed(&keys, &header, &text), now()).is_none(), "{name}");
        }
    }
}
