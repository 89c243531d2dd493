//! A token in a cookie, and what pages of other origins make a browser send with it.

#[path = "csrf/configuration.rs"]
mod configuration;
#[path = "csrf/other_pages.rs"]
mod other_pages;
#[path = "csrf/own_pages.rs"]
mod own_pages;
#[path = "csrf/places.rs"]
mod places;
#[path = "csrf/tokens.rs"]
mod tokens;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pico_auth::routing::any;
use pico_auth::{Authentication, CsrfProtection, Policy, SecureRouter, TokenCookie};
use reqwest::Method;

use super::support::{ADMIN, Answer, App, ISSUER, admin, send};

const OTHER: &str = "Cross-site request refused: it comes from another origin";
const UNKNOWN: &str =
    "Cross-site request refused: neither Sec-Fetch-Site nor Origin says where it comes from";
const HOST: (&str, &str) = ("Host", "example.com");

/// A service in which every request changes something, and how often that happened.
struct Service {
    app: App,
    changes: Arc<AtomicUsize>,
}

impl Service {
    async fn start(cookie: TokenCookie) -> Self {
        let changes = Arc::new(AtomicUsize::new(0));
        let change = || {
            let changes = Arc::clone(&changes);
            move || std::future::ready(changes.fetch_add(1, Ordering::SeqCst).to_string())
        };
        let router = SecureRouter::new()
            .route("/", any(ADMIN.guard(change())))
            .route(
                "/maybe",
                any(Policy::OptionalAuthentication.guard(change())),
            )
            .route("/open", any(Policy::AllowAnonymous.guard(change())));
        let authentication = Authentication::with_extractor(ISSUER.authenticator(), cookie);
        let app = App::secured(router.secured_by(authentication)).await;
        Self { app, changes }
    }

    async fn send_to(&self, path: &str, method: &Method, headers: &[(&str, &str)]) -> Answer {
        let request = self.app.request(method.clone(), path);
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        send(request).await
    }

    /// Sends the victim's cookie with these headers.
    async fn send(&self, method: Method, headers: &[(&str, &str)]) -> Answer {
        let cookie = format!("__Host-token={}", admin());
        let headers = [headers, &[HOST, ("Cookie", &cookie)]].concat();
        self.send_to("/", &method, &headers).await
    }

    /// None of these, as further headers of a `POST`, changes anything.
    async fn refuses(&self, detail: &str, attacks: &[&[(&str, &str)]]) {
        let before = self.changes.load(Ordering::SeqCst);
        for attack in attacks {
            let answer = self.send(Method::POST, attack).await;
            answer.refuses(&format!("{attack:?}"), 403, detail, None);
        }
        assert_eq!(
            self.changes.load(Ordering::SeqCst),
            before,
            "something changed"
        );
    }

    async fn admits(&self, requests: &[&[(&str, &str)]]) {
        for request in requests {
            let answer = self.send(Method::POST, request).await;
            assert_eq!(answer.status, 200, "{request:?}: {}", answer.body);
        }
        assert_eq!(self.changes.load(Ordering::SeqCst), requests.len());
    }
}

async fn service() -> Service {
    Service::start(TokenCookie::default()).await
}

fn allowing(origins: &[&str]) -> TokenCookie {
    let protection = CsrfProtection::default().allowed_origins(origins);
    TokenCookie::default().csrf_protection(protection.unwrap())
}
