//! Decisions and hits of the cache are counted, each once.

use metrics::set_default_local_recorder;

use super::recorder::Measured;
use super::support::{ISSUER, get, service};

const DECISIONS: &str = "pico_auth_decisions_total";
const CACHE: &str = "pico_auth_token_cache_total";

#[tokio::test]
async fn each_request_is_one_decision() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let service = service(ISSUER.authenticator());
    let viewer = ISSUER.token("vic").role("viewer").sign();
    let forged = ISSUER.token("vic").with_signature(b"0123456789");
    for (path, token, status) in [
        ("/open", None, 200),
        ("/open", Some("garbage"), 200),
        ("/any", Some(&*viewer), 200),
        ("/any", Some(&*viewer), 200),
        ("/any", None, 401),
        ("/any", Some(&*forged), 401),
        ("/any", Some(&*forged), 401),
        ("/admin", Some(&*viewer), 403),
        ("/nowhere", None, 401),
    ] {
        assert_eq!(get(&service, path, token).await, status, "{path}");
    }
    assert_eq!(
        measured.counts(DECISIONS),
        [
            ("outcome=admitted reason=none".to_owned(), 4.0),
            (
                "outcome=forbidden reason=insufficient_permissions".to_owned(),
                1.0
            ),
            (
                "outcome=unauthenticated reason=missing_token".to_owned(),
                2.0
            ),
            ("outcome=unauthenticated reason=signature".to_owned(), 2.0),
        ]
    );
}

#[tokio::test]
async fn a_refusal_by_a_function_counts_beside_the_admission_of_its_request() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let service = service(ISSUER.authenticator());
    let token = ISSUER.token("u1").sign();
    assert_eq!(get(&service, "/delete", Some(&token)).await, 403);
    assert_eq!(
        measured.counts(DECISIONS),
        [
            ("outcome=admitted reason=none".to_owned(), 1.0),
            (
                "outcome=forbidden reason=insufficient_permissions".to_owned(),
                1.0
            ),
        ]
    );
}

#[tokio::test]
async fn a_token_is_a_miss_once_and_then_a_hit() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let service = service(ISSUER.authenticator());
    let token = ISSUER.token("u1").sign();
    for _ in 0..5 {
        assert_eq!(get(&service, "/any", Some(&token)).await, 200);
    }
    get(&service, "/any", Some("garbage")).await;
    assert_eq!(
        measured.counts(CACHE),
        [
            ("result=hit token=bearer".to_owned(), 4.0),
            ("result=miss token=bearer".to_owned(), 2.0),
        ]
    );
    let verified = "pico_auth_token_verification_seconds by=key result=verified token=bearer";
    assert_eq!(measured.values(verified).len(), 1, "a hit verifies nothing");
}

#[tokio::test]
async fn agents_have_hits_of_their_own() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let authenticator = ISSUER.authenticator();
    let (token, agent) = (ISSUER.token("u1").sign(), ISSUER.token("bot").sign());
    for _ in 0..3 {
        authenticator
            .authenticate(&token, Some(&agent))
            .await
            .unwrap();
    }
    assert_eq!(
        measured.counts(CACHE),
        [
            ("result=hit token=agent".to_owned(), 2.0),
            ("result=hit token=bearer".to_owned(), 2.0),
            ("result=miss token=agent".to_owned(), 1.0),
            ("result=miss token=bearer".to_owned(), 1.0),
        ]
    );
}

#[tokio::test]
async fn a_cache_that_is_off_has_no_misses() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let settings = ISSUER.settings().token_cache_capacity(0);
    let authenticator = ISSUER.authenticator_with(settings, |parts| parts);
    let token = ISSUER.token("u1").sign();
    for _ in 0..3 {
        authenticator.authenticate(&token, None).await.unwrap();
    }
    assert_eq!(measured.counts(CACHE), []);
}

/// Labels that a caller could choose would fill the memory of whoever stores them.
#[tokio::test]
async fn no_label_is_what_a_request_says() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let service = service(ISSUER.authenticator());
    for number in 0..50 {
        let hostile = format!("hostile-{number}");
        let token = || ISSUER.token(&hostile).claim("jti", &*hostile);
        for token in [
            token().sign(),
            token().header("kid", &*hostile).sign(),
            token().claim("iss", &*hostile).sign(),
            token().claim("role", &*hostile).sign(),
            hostile.clone(),
        ] {
            for path in ["/any", "/admin", &format!("/{hostile}")] {
                get(&service, path, Some(&token)).await;
            }
        }
    }
    let series = measured.all();
    assert!(series.len() < 30, "{series:?}");
    assert!(
        series.iter().all(|(name, _)| !name.contains("hostile")),
        "{series:?}"
    );
}
