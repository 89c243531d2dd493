//! Whatever looks at the cookie, and the layer, check where a request comes from.

use std::sync::atomic::Ordering;

use axum::Router;
use axum::http::header::COOKIE;
use pico_auth::routing::post;
use pico_auth::{
    AuthClientError, AuthLayer, Authentication, CsrfProtection, Policy, RawToken, RequestHead,
    SecureRouter, TokenCookie, TokenExtractor, TokenHeader,
};
use reqwest::Method;

use super::super::support::{ADMIN, App, INVALID_TOKEN, ISSUER, admin, send, whoami};
use super::{OTHER, UNKNOWN, service};

#[tokio::test]
async fn whatever_looks_at_the_cookie_checks_where_the_request_comes_from() {
    let service = service().await;
    let cookie = format!("__Host-token={}", admin());
    let cross = [
        ("Sec-Fetch-Site", "cross-site"),
        ("Cookie", cookie.as_str()),
    ];
    for path in ["/", "/maybe", "/no-such-path"] {
        let answer = service.send_to(path, &Method::POST, &cross).await;
        answer.refuses(path, 403, OTHER, None);
    }
    assert_eq!(service.changes.load(Ordering::SeqCst), 0);
    // A caller without the cookie is anonymous, whoever made the browser call.
    let answer = service.send_to("/maybe", &Method::POST, &cross[..1]).await;
    assert_eq!(answer.status, 200, "no cookie");
    let answer = service.send_to("/open", &Method::POST, &cross).await;
    assert_eq!(answer.status, 200, "it does not look at the cookie");
}

#[tokio::test]
async fn a_layer_on_a_plain_router_checks_it_too() {
    let authentication =
        Authentication::with_extractor(ISSUER.authenticator(), TokenCookie::default());
    let layer = AuthLayer::new(authentication).unwrap();
    for layer in [layer.clone(), layer.optional()] {
        let routes = Router::new().route("/", axum::routing::post(whoami));
        let app = App::serve(routes.layer(layer)).await;
        let with = |site| {
            let request = app
                .request(Method::POST, "/")
                .header("Sec-Fetch-Site", site);
            request.header("Cookie", format!("__Host-token={}", admin()))
        };
        send(with("cross-site"))
            .await
            .refuses("a layer", 403, OTHER, None);
        send(with("same-origin")).await.is_ok("its own page", "ada");
    }
}

#[tokio::test]
async fn a_forged_token_is_not_verified_for_another_site() {
    // No signature is tried, and the answer does not tell whether the token is good.
    let service = service().await;
    let expired = ISSUER.token("ada").role("admin").expired().sign();
    for token in [expired.as_str(), "x", "a.b.c"] {
        let cookie = format!("__Host-token={token}");
        let cookie = ("Cookie", cookie.as_str());
        let answer = service
            .send_to(
                "/",
                &Method::POST,
                &[cookie, ("Sec-Fetch-Site", "cross-site")],
            )
            .await;
        answer.refuses(token, 403, OTHER, None);
        let answer = service
            .send_to(
                "/",
                &Method::POST,
                &[cookie, ("Sec-Fetch-Site", "same-origin")],
            )
            .await;
        assert_eq!(
            (answer.status, answer.challenge()),
            (401, Some(INVALID_TOKEN))
        );
    }
}

/// Wants the cookie for itself, and then asks who may read it.
struct Own(TokenCookie);

impl TokenExtractor for Own {
    fn extract<'r>(
        &self,
        request: RequestHead<'r>,
    ) -> Result<Option<RawToken<'r>>, AuthClientError> {
        assert_eq!(
            request.header_values(&COOKIE).count(),
            0,
            "the cookie is not for everybody"
        );
        assert!(!format!("{request:?}").contains("token"), "nor in a log");
        assert_eq!(request.header_values(&"x-own".parse().unwrap()).count(), 2);
        self.0.extract(request)
    }
}

#[tokio::test]
async fn an_extractor_of_one_s_own_cannot_leave_out_the_check() {
    let authentication =
        Authentication::with_extractor(ISSUER.authenticator(), Own(TokenCookie::default()));
    let app = App::secured(super::super::support::behind(ADMIN, authentication)).await;
    let with = |site| {
        let request = app
            .request(Method::POST, "/?access_token=x")
            .header("Sec-Fetch-Site", site);
        let request = request.header("X-Own", "1").header("X-Own", "2");
        request.header("Cookie", format!("__Host-token={}", admin()))
    };
    send(with("cross-site"))
        .await
        .refuses("own", 403, OTHER, None);
    send(with("same-origin")).await.is_ok("own", "ada");
    let error = TokenHeader::new("Cookie").expect_err("a cookie by another name");
    assert!(error.problem().contains("TokenCookie"), "{error}");
}

#[tokio::test]
async fn login_csrf_is_refused_by_the_layer() {
    let log_in = || post(Policy::AllowAnonymous.guard(whoami));
    let router = SecureRouter::new()
        .route("/login", log_in().layer(CsrfProtection::default()))
        .route("/unprotected", log_in());
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let to = |path| app.request(Method::POST, path);
    let answer = send(to("/login").header("Sec-Fetch-Site", "cross-site")).await;
    answer.refuses("another site", 403, OTHER, None);
    send(to("/login"))
        .await
        .refuses("nobody says", 403, UNKNOWN, None);
    send(to("/login").header("Sec-Fetch-Site", "same-origin"))
        .await
        .is_ok("own", "nobody");
    send(to("/login").header("Origin", app.url()))
        .await
        .is_ok("own, by origin", "nobody");
    send(to("/unprotected").header("Sec-Fetch-Site", "cross-site"))
        .await
        .is_ok("no layer", "nobody");
}
