//! The list in memory.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{Clock, MemoryRevocationList, TokenInvalidReason, TokenKind};

use crate::support::{ISSUER, ask, refused_for};

const SECOND: Duration = Duration::from_secs(1);

fn list() -> (MemoryRevocationList, ManualClock) {
    let clock = ManualClock::new();
    (MemoryRevocationList::with_clock(clock.clone()), clock)
}

fn after(clock: &ManualClock, seconds: u32) -> SystemTime {
    UNIX_EPOCH + clock.now() + SECOND * seconds
}

#[tokio::test]
async fn clones_are_one_list() {
    let (list, clock) = list();
    let clone = list.clone();
    assert!(list.is_empty());
    clone.revoke(ISSUER.url(), "a", after(&clock, 60));
    assert!(ask(&list, "a").await.unwrap());
    assert!(!ask(&list, "b").await.unwrap());
    assert_eq!(list.len(), 1);
}

/// A token is accepted for the leeway beyond its `exp`: a list that forgets it at `exp` would admit it.
#[tokio::test]
async fn a_revoked_token_does_not_come_back_within_the_leeway() {
    let clock = ManualClock::new();
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let list = MemoryRevocationList::with_clock(clock.clone());
    let authenticator = issuer.authenticator_with(issuer.settings().leeway_seconds(600), |parts| {
        parts.revocation_list(list.clone())
    });
    let token = issuer.token("u1").claim("jti", "gone").sign();
    let context = authenticator.authenticate(&token, None).await.unwrap();
    list.revoke(context.issuer(), "gone", context.expires_at());
    for _ in 0..899 {
        let outcome = authenticator.authenticate(&token, None).await;
        refused_for(outcome, TokenKind::Bearer, &TokenInvalidReason::Revoked);
        clock.advance(SECOND);
    }
    clock.advance(SECOND);
    let outcome = authenticator.authenticate(&token, None).await.unwrap_err();
    assert_eq!(outcome.to_string(), "Token has expired");
}

#[tokio::test]
async fn to_revoke_again_never_shortens() {
    let (list, clock) = list();
    list.revoke(ISSUER.url(), "a", after(&clock, 3600));
    list.revoke(ISSUER.url(), "a", UNIX_EPOCH);
    clock.advance(SECOND * 3600);
    assert!(ask(&list, "a").await.unwrap());
    clock.advance(SECOND * 601);
    assert!(!ask(&list, "a").await.unwrap(), "it has expired by itself");
}

/// An attacker who may sign in and out as often as they like must not fill the memory.
#[test]
fn expired_entries_do_not_pile_up() {
    let (list, clock) = list();
    for n in 0..20_000 {
        list.revoke(ISSUER.url(), &n.to_string(), after(&clock, 60));
        // Eleven minutes hold 660 live entries.
        clock.advance(SECOND);
    }
    assert!(list.len() <= 2048, "{} entries", list.len());
}

#[test]
fn a_time_beyond_all_clocks_is_kept_for_good() {
    let (list, clock) = list();
    let far = UNIX_EPOCH + Duration::from_secs(u64::MAX / 4);
    list.revoke(ISSUER.url(), "a", far);
    clock.advance(SECOND * u32::MAX);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    assert!(runtime.block_on(ask(&list, "a")).unwrap());
}
