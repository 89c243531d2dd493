use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{AuthClientError, Authenticator, RoleResolver, TokenClaims};

use super::support::{Counted, times_read};

/// Roles in a database.
#[derive(Clone, Default)]
struct Database {
    roles: Arc<Mutex<Vec<String>>>,
    asked: Arc<AtomicUsize>,
    cache_for: Option<Duration>,
    /// Whether it answers at all.
    down: Arc<Mutex<bool>>,
}

impl RoleResolver for Database {
    async fn resolve(&self, _: &TokenClaims) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
        tokio::task::yield_now().await;
        self.asked.fetch_add(1, Ordering::SeqCst);
        if *self.down.lock().unwrap() {
            return Err("the database is down".into());
        }
        Ok(self.roles.lock().unwrap().clone())
    }

    fn cache_for(&self) -> Option<Duration> {
        self.cache_for
    }
}

impl Database {
    fn with(role: &str) -> Self {
        let database = Self::default();
        database.set(&[role]);
        database
    }

    /// Whose answers may be kept.
    fn kept(role: &str, cache_for: Duration) -> Self {
        Self {
            cache_for: Some(cache_for),
            ..Self::with(role)
        }
    }

    fn set(&self, roles: &[&str]) {
        *self.roles.lock().unwrap() = roles.iter().map(ToString::to_string).collect();
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn authenticator(issuer: &TestIssuer, database: &Database) -> Authenticator {
    issuer.authenticator_with(issuer.settings(), |builder| {
        builder.claims::<Counted>().role_resolver(database.clone())
    })
}

async fn is_admin(authenticator: &Authenticator, token: &str) -> bool {
    let caller = authenticator.authenticate(token, None).await.unwrap();
    caller.has_role("admin")
}

#[tokio::test]
async fn role_removed_in_database_is_refused_at_once() {
    let issuer = TestIssuer::in_memory();
    let database = Database::with("admin");
    let authenticator = authenticator(&issuer, &database);
    let token = issuer.token("ada").sign();
    assert!(is_admin(&authenticator, &token).await);
    assert!(is_admin(&authenticator, &token).await);
    assert_eq!(times_read(&token), 1, "the token was not remembered");
    database.set(&[]);
    assert!(!is_admin(&authenticator, &token).await);
    assert_eq!(database.asked(), 3);
}

#[tokio::test]
async fn roles_are_kept_for_as_long_as_their_resolver_says_and_no_longer() {
    let clock = ManualClock::new();
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let database = Database::kept("admin", Duration::from_secs(10));
    let authenticator = authenticator(&issuer, &database);
    let token = issuer.token("ada").sign();
    assert!(is_admin(&authenticator, &token).await);
    database.set(&[]);
    clock.advance(Duration::from_millis(9_999));
    assert!(is_admin(&authenticator, &token).await);
    assert_eq!(database.asked(), 1);
    clock.advance(Duration::from_millis(1));
    assert!(!is_admin(&authenticator, &token).await);
    assert_eq!(database.asked(), 2);
}

/// Roles that were kept are not kept beyond their time for want of others.
#[tokio::test]
async fn a_database_that_is_down_is_not_hidden_by_roles_of_before() {
    let clock = ManualClock::new();
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let database = Database::kept("admin", Duration::from_secs(10));
    let authenticator = authenticator(&issuer, &database);
    let token = issuer.token("ada").sign();
    assert!(is_admin(&authenticator, &token).await);
    *database.down.lock().unwrap() = true;
    clock.advance(Duration::from_secs(10));
    let refused = authenticator.authenticate(&token, None).await;
    assert!(matches!(refused, Err(AuthClientError::AuthUnavailable(_))));
}

/// Kept roles belong to one token: another of the same subject is asked about anew.
#[tokio::test]
async fn kept_roles_are_those_of_one_token() {
    let issuer = TestIssuer::in_memory();
    let database = Database::kept("admin", Duration::MAX);
    let authenticator = authenticator(&issuer, &database);
    let [first, second] = [issuer.token("ada").sign(), issuer.token("ada").sign()];
    assert!(is_admin(&authenticator, &first).await);
    database.set(&[]);
    assert!(!is_admin(&authenticator, &second).await);
    assert!(is_admin(&authenticator, &first).await);
}
