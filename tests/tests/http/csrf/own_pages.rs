//! What the service's own pages do.

use reqwest::Method;

use super::super::support::admin;
use super::service;

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
