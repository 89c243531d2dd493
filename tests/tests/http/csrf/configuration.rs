//! What can be configured, and what lifts the check.

use pico_auth::{CsrfProtection, TokenCookie, danger};

use super::{OTHER, Service, allowing, service};

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
