//! A token in a cookie, and what pages of other origins make a browser send with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::Request;
use axum::http::header::COOKIE;
use axum::middleware::map_request;
use pico_auth::routing::{any, post};
use pico_auth::{
    AuthClientError, AuthLayer, Authentication, CrossSiteReason, CsrfProtection, Policy, RawToken,
    RequestHead, SecureRouter, TokenCookie, TokenExtractor, TokenHeader, danger,
};
use reqwest::Method;

use super::support::{ADMIN, Answer, App, INVALID_TOKEN, ISSUER, admin, send, whoami};

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

// --- what the service's own pages do -----------------------------------------------------------

#[tokio::test]
async fn the_service_s_own_pages_may_act() {
    let own = "https://example.com";
    service()
        .await
        .admits(&[
            &[("Sec-Fetch-Site", "same-origin")],
            &[("Sec-Fetch-Site", "same-origin"), ("Origin", own)],
            // A page with `Referrer-Policy: no-referrer` posts a form.
            &[("Sec-Fetch-Site", "same-origin"), ("Origin", "null")],
            // An older browser, and one that is spoken to by WebSocket.
            &[("Origin", own)],
            &[
                ("Origin", own),
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
            ],
        ])
        .await;
}

#[tokio::test]
async fn pages_of_loopback_may_act_over_plain_http() {
    let service = service().await;
    let cookie = format!("__Host-token={}", admin());
    let own = service.app.url();
    let headers = [("Cookie", cookie.as_str()), ("Origin", own.as_str())];
    let answer = service.send_to("/", &Method::POST, &headers).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn safe_methods_need_no_proof() {
    let service = service().await;
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        for headers in [
            &[][..],
            &[
                ("Sec-Fetch-Site", "cross-site"),
                ("Origin", "https://evil.test"),
            ],
        ] {
            let answer = service.send(method.clone(), headers).await;
            assert_eq!(answer.status, 200, "{method} {headers:?}");
        }
    }
}

// --- what other pages do -----------------------------------------------------------------------

#[tokio::test]
async fn cross_site_form_post_is_refused() {
    let service = service().await;
    let site = ("Sec-Fetch-Site", "cross-site");
    let origin = ("Origin", "https://evil.test");
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let text = ("Content-Type", "text/plain");
    service
        .refuses(
            OTHER,
            &[
                &[site],
                &[origin],
                &[site, origin, form],
                &[site, origin, text],
            ],
        )
        .await;
    for method in [
        "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "Get", "HEADX",
    ] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = service.send(method.clone(), &[site, origin]).await;
        answer.refuses(method.as_str(), 403, OTHER, None);
    }
}

#[tokio::test]
async fn a_post_that_does_not_say_where_it_comes_from_is_refused() {
    let service = service().await;
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    // The referrer is not looked at: a page can leave it out.
    let referrer = ("Referer", "https://example.com/page");
    let script = ("X-Requested-With", "XMLHttpRequest");
    service
        .refuses(
            UNKNOWN,
            &[
                &[],
                &[form],
                &[referrer],
                &[script],
                &[("Sec-Fetch-Mode", "same-origin")],
            ],
        )
        .await;
    service
        .refuses(OTHER, &[&[("Origin", "")], &[("Sec-Fetch-Site", "")]])
        .await;
}

#[tokio::test]
async fn a_page_of_a_sibling_subdomain_is_refused() {
    let site = ("Sec-Fetch-Site", "same-site");
    service()
        .await
        .refuses(
            OTHER,
            &[
                &[site],
                &[site, ("Origin", "https://blog.example.com")],
                &[("Origin", "https://blog.example.com")],
                // The same host: only the browser knows that the scheme was another.
                &[site, ("Origin", "https://example.com")],
            ],
        )
        .await;
}

#[tokio::test]
async fn a_page_without_an_origin_is_refused() {
    // A sandboxed frame, a `data:` page, a redirect across origins.
    let null = ("Origin", "null");
    let host = "null";
    let service = service().await;
    service
        .refuses(OTHER, &[&[null], &[null, ("Sec-Fetch-Site", "cross-site")]])
        .await;
    let cookie = format!("__Host-token={}", admin());
    let headers = [("Host", host), null, ("Cookie", &cookie)];
    let answer = service.send_to("/", &Method::POST, &headers).await;
    answer.refuses("a host called null", 403, OTHER, None);
}

#[tokio::test]
async fn a_form_shared_with_an_app_is_refused() {
    let site = ("Sec-Fetch-Site", "none");
    service()
        .await
        .refuses(
            OTHER,
            &[
                &[site],
                &[site, ("Origin", "https://example.com")],
                &[site, ("Origin", "null")],
            ],
        )
        .await;
}

#[tokio::test]
async fn a_page_of_another_port_or_scheme_is_refused() {
    let service = service().await;
    service
        .refuses(
            OTHER,
            &[
                &[("Origin", "https://example.com:8443")],
                &[("Origin", "https://example.com:443")],
                // Whoever holds the network can write a page of http://example.com.
                &[("Origin", "http://example.com")],
                &[("Origin", "ws://example.com")],
                &[("Origin", "chrome-extension://example.com")],
            ],
        )
        .await;
    let cookie = format!("__Host-token={}", admin());
    let headers = [
        ("Cookie", cookie.as_str()),
        ("Origin", "http://127.0.0.1:1"),
    ];
    let answer = service.send_to("/", &Method::POST, &headers).await;
    answer.refuses("another port of loopback", 403, OTHER, None);
}

#[tokio::test]
async fn origins_that_look_alike_are_refused() {
    for cookie in [TokenCookie::default(), allowing(&["https://example.com"])] {
        let service = Service::start(cookie).await;
        for origin in [
            "https://example.com.evil.test",
            "https://example.com.",
            "https://example.co",
            "https://xexample.com",
            "https://evil.test/https://example.com",
            "https://evil.test#https://example.com",
            "https://example.com@evil.test",
            "https://example.com\\@evil.test",
            "https://evil.test example.com",
            "https://example.com https://evil.test",
            "https://example.com,https://evil.test",
            "https://Example.com",
            "HTTPS://example.com",
            "https://example.com/",
            "https:/example.com",
            "https:example.com",
            "//example.com",
            "example.com",
            "https://",
            "https://ex%61mple.com",
            "https://example\u{2024}com",
        ] {
            service.refuses(OTHER, &[&[("Origin", origin)]]).await;
        }
    }
}

#[tokio::test]
async fn only_the_exact_word_same_origin_counts() {
    for site in [
        "Same-Origin",
        "same-origin, cross-site",
        "cross-site, same-origin",
        "\"same-origin\"",
        "same-origin;",
        "same_origin",
        "?1",
    ] {
        service()
            .await
            .refuses(OTHER, &[&[("Sec-Fetch-Site", site)]])
            .await;
    }
}

#[tokio::test]
async fn two_headers_where_one_belongs_are_refused() {
    let own = ("Origin", "https://example.com");
    let same = ("Sec-Fetch-Site", "same-origin");
    let service = service().await;
    service
        .refuses(
            OTHER,
            &[
                &[own, own],
                &[own, ("Origin", "https://evil.test")],
                &[same, same],
                &[same, ("Sec-Fetch-Site", "cross-site")],
                &[same, own, ("Origin", "https://evil.test")],
            ],
        )
        .await;
    // What no browser sends: which of two hosts is the service's?
    let token = admin();
    let answer = service
        .app
        .raw(format!(
            "POST / HTTP/1.1\r\nHost: evil.test\r\nHost: example.com\r\nConnection: close\r\n\
             Origin: https://example.com\r\nCookie: __Host-token={token}\r\nContent-Length: 0\r\n\r\n"
        ))
        .await;
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
}

#[tokio::test]
async fn websocket_hijacking_is_refused() {
    let service = service().await;
    let origin = ("Origin", "https://evil.test");
    for upgrade in ["websocket", "WebSocket", "h2c, websocket", ""] {
        let handshake = [
            ("Connection", "Upgrade"),
            ("Upgrade", upgrade),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        for (further, detail) in [
            (&[origin][..], OTHER),
            (&[origin, ("Sec-Fetch-Site", "cross-site")], OTHER),
            (&[("Sec-Fetch-Site", "same-site")], OTHER),
            (&[("Origin", "null")], OTHER),
            (&[], UNKNOWN),
        ] {
            let attack = [&handshake[..], further].concat();
            let answer = service.send(Method::GET, &attack).await;
            answer.refuses(&format!("{attack:?}"), 403, detail, None);
        }
    }
    assert_eq!(service.changes.load(Ordering::SeqCst), 0);
}

#[test]
fn websocket_hijacking_over_http_2_is_refused() {
    // RFC 8441: the handshake is a CONNECT, and the host stands in the request's target.
    let request = |origin: &str| {
        let request = Request::builder()
            .method("CONNECT")
            .uri("https://example.com/live");
        request
            .header("Origin", origin)
            .header("Host", "evil.test")
            .body(())
            .unwrap()
    };
    let protection = CsrfProtection::default();
    assert!(protection.check(&request("https://example.com")).is_ok());
    for origin in ["https://evil.test", "http://example.com", "null"] {
        let error = protection.check(&request(origin)).expect_err(origin);
        assert_eq!(error.reason(), CrossSiteReason::OtherOrigin);
    }
}

#[tokio::test]
async fn a_method_override_does_not_go_round_the_check() {
    // Where a layer outside writes the method anew, what it has become counts.
    let overriding = || {
        map_request(|mut request: axum::extract::Request| async {
            if request.uri().query() == Some("_method=DELETE") {
                *request.method_mut() = Method::DELETE;
            }
            request
        })
    };
    let routes = || SecureRouter::new().route("/", any(ADMIN.guard(whoami)));
    let cookie = || Authentication::with_extractor(ISSUER.authenticator(), TokenCookie::default());
    let around = Router::new().fallback_service(routes().secured_by(cookie()));
    for app in [
        App::secured(routes().layer(overriding()).secured_by(cookie())).await,
        App::serve(around.layer(overriding())).await,
    ] {
        for (path, status) in [("/?_method=DELETE", 403), ("/", 200)] {
            let request = app.request(Method::GET, path);
            let request = request.header("Sec-Fetch-Site", "cross-site");
            let answer = send(request.header("Cookie", format!("__Host-token={}", admin()))).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.body);
        }
    }

    // Nothing of this library heeds such headers: a GET stays one.
    let service = service().await;
    for name in [
        "X-HTTP-Method-Override",
        "X-HTTP-Method",
        "X-Method-Override",
    ] {
        service
            .refuses(OTHER, &[&[(name, "GET"), ("Sec-Fetch-Site", "cross-site")]])
            .await;
    }
}

// --- cookies and headers -----------------------------------------------------------------------

#[tokio::test]
async fn a_planted_second_cookie_is_refused() {
    // A sibling subdomain sets a cookie for the whole domain; a nameless cookie holds `name=value`.
    let service = service().await;
    let (victim, attacker) = (admin(), ISSUER.token("eve").role("admin").sign());
    let mine = format!("__Host-token={victim}");
    let planted = format!("__Host-token={attacker}");
    let same = ("Sec-Fetch-Site", "same-origin");
    for cookies in [
        vec![format!("{mine}; {planted}")],
        vec![format!("{planted}; {mine}")],
        vec![planted.clone(), mine.clone()],
        vec![format!("{mine}; ={planted}; {planted}")],
    ] {
        let mut headers: Vec<_> = cookies
            .iter()
            .map(|cookie| ("Cookie", cookie.as_str()))
            .collect();
        headers.push(same);
        let answer = service.send_to("/", &Method::POST, &headers).await;
        answer.is_missing(&cookies.join(" | "));
    }
    // What is called otherwise is another cookie.
    let others = format!("__host-token={attacker}; __Host-tokens={attacker}; {mine}");
    let answer = service
        .send_to("/", &Method::POST, &[("Cookie", &others), same])
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn a_cookie_and_a_header_are_two_tokens() {
    let service = Service::start(TokenCookie::default().or_authorization_header()).await;
    let bearer = format!("Bearer {}", admin());
    let cookie = format!("__Host-token={}", admin());
    let (cookie, header) = (
        ("Cookie", cookie.as_str()),
        ("Authorization", bearer.as_str()),
    );
    let same = ("Sec-Fetch-Site", "same-origin");
    let cross = ("Sec-Fetch-Site", "cross-site");
    let post = Method::POST;
    for further in [same, cross] {
        let answer = service
            .send_to("/", &post, &[cookie, header, further])
            .await;
        answer.is_missing("both");
        let answer = service
            .send_to(
                "/",
                &post,
                &[cookie, ("Authorization", "Basic YTpi"), further],
            )
            .await;
        answer.is_missing("a cookie beside another scheme");
    }
    for further in [&[][..], &[cross], &[("Origin", "https://evil.test")]] {
        let answer = service
            .send_to("/", &post, &[&[header], further].concat())
            .await;
        assert_eq!(
            answer.status, 200,
            "no page can set the header: {further:?}"
        );
    }
    let answer = service.send_to("/", &post, &[cookie, cross]).await;
    answer.refuses("the cookie alone", 403, OTHER, None);
    let answer = service.send_to("/", &post, &[cookie, same]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn an_agent_s_header_does_not_vouch_for_the_cookie() {
    let service = service().await;
    let agent = format!(
        "Bearer {}",
        ISSUER.token("agent").claim("scopes", ["a"]).sign()
    );
    let agent = ("X-Agent-Authorization", agent.as_str());
    service
        .refuses(OTHER, &[&[agent, ("Sec-Fetch-Site", "cross-site")]])
        .await;
    let answer = service
        .send(Method::POST, &[agent, ("Sec-Fetch-Site", "same-origin")])
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

// --- where it is checked -----------------------------------------------------------------------

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

// --- what is configured ------------------------------------------------------------------------

#[tokio::test]
async fn allowed_origins_may_act_and_host_no_longer_counts() {
    let service = Service::start(allowing(&[
        "https://app.example.org",
        "http://intranet:8080",
    ]))
    .await;
    service
        .refuses(
            OTHER,
            &[
                &[("Origin", "https://example.com")],
                &[("Origin", "https://example.org")],
                &[("Origin", "http://app.example.org")],
                &[("Origin", "http://intranet")],
                &[
                    ("Sec-Fetch-Site", "cross-site"),
                    ("Origin", "https://example.com"),
                ],
                &[("Sec-Fetch-Site", "cross-site")],
            ],
        )
        .await;
    service
        .admits(&[
            &[("Origin", "https://app.example.org")],
            &[
                ("Sec-Fetch-Site", "cross-site"),
                ("Origin", "https://app.example.org"),
            ],
            &[
                ("Sec-Fetch-Site", "same-site"),
                ("Origin", "http://intranet:8080"),
            ],
            &[("Sec-Fetch-Site", "same-origin")],
        ])
        .await;
}

#[tokio::test]
async fn behind_a_proxy_that_writes_host_anew_pages_are_refused_until_their_origin_is_named() {
    let page = ("Origin", "https://shop.test");
    service().await.refuses(OTHER, &[&[page]]).await;
    Service::start(allowing(&["https://shop.test"]))
        .await
        .admits(&[&[page]])
        .await;
}

#[test]
fn what_is_no_origin_is_a_configuration_error() {
    for wrong in [
        "*",
        "null",
        "example.com",
        "https://example.com/",
        "https://Example.com",
        "https://a:443",
    ] {
        let error = CsrfProtection::default()
            .allowed_origins(["https://a.test", wrong])
            .expect_err(wrong);
        assert_eq!(error.key(), "allowed_origins");
        assert!(error.problem().contains(wrong), "{error}");
    }
    let error = CsrfProtection::default()
        .allowed_origins([""; 0])
        .expect_err("none");
    assert_eq!(error.key(), "allowed_origins");
}

#[tokio::test]
async fn only_danger_lifts_the_check() {
    let cookie =
        TokenCookie::default().accept_cross_site_requests(danger::allow_cross_site_requests());
    Service::start(cookie)
        .await
        .admits(&[
            &[],
            &[
                ("Sec-Fetch-Site", "cross-site"),
                ("Origin", "https://evil.test"),
            ],
        ])
        .await;
}

// --- extractors of one's own -------------------------------------------------------------------

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
    let app = App::secured(super::support::behind(ADMIN, authentication)).await;
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

// --- the layer ---------------------------------------------------------------------------------

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
