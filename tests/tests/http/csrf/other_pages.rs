//! What pages of other origins do.

use std::sync::atomic::Ordering;

use axum::Router;
use axum::http::Request;
use axum::middleware::map_request;
use pico_auth::routing::any;
use pico_auth::{Authentication, CrossSiteReason, CsrfProtection, SecureRouter, TokenCookie};
use reqwest::Method;

use super::super::support::{ADMIN, App, ISSUER, admin, send, whoami};
use super::{OTHER, Service, UNKNOWN, allowing, service};

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
