//! Stage 1: where the token is, and where it is never looked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pico_auth::{
    Authentication, KeyFuture, KeyLookup, KeyQuery, KeySource, Policy, TokenCookie, TokenHeader,
};
use reqwest::Method;

use super::support::{App, ISSUER, behind, send, serve};

#[tokio::test]
async fn one_bearer_header_in_any_case_is_the_token() {
    let app = serve(Policy::Authenticated).await;
    let token = ISSUER.token("u1").sign();
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer  "] {
        let answer = app
            .get_with(&[("Authorization", &format!("{scheme} {token}"))])
            .await;
        answer.is_ok(scheme, "u1");
    }
    let answer = app
        .get_with(&[("aUTHORIZATION", &format!("Bearer {token}"))])
        .await;
    answer.is_ok("the header's name in any case", "u1");
}

#[tokio::test]
async fn anything_but_one_bearer_credential_is_a_missing_token() {
    let app = serve(Policy::Authenticated).await;
    let token = ISSUER.token("u1").sign();
    let good = format!("Bearer {token}");
    for value in [
        String::new(),
        token.clone(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer =".to_owned(),
        format!("Bearer{token}"),
        format!("Bearer\t{token}"),
        format!("BearerX {token}"),
        format!("Token {token}"),
        format!("Basic {token}"),
        format!("DPoP {token}"),
        format!("Bearer \"{token}\""),
        format!("Bearer token={token}"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer {token} {token}"),
        format!("Bearer {token},"),
        format!("Bearer Bearer {token}"),
        format!("Basic YTpi, Bearer {token}"),
    ] {
        let answer = app.get_with(&[("Authorization", &value)]).await;
        answer.is_missing(&value);
    }
    app.get_with(&[]).await.is_missing("no header");
    for (what, other) in [
        ("two identical headers", good.as_str()),
        ("a second, bad header", "Bearer x"),
        ("a second header of another scheme", "Basic YTpi"),
        ("a second, empty header", ""),
    ] {
        for pair in [[good.as_str(), other], [other, good.as_str()]] {
            let headers = pair.map(|value| ("Authorization", value));
            app.get_with(&headers).await.is_missing(what);
        }
    }
}

#[tokio::test]
async fn bytes_no_client_would_send_are_a_missing_token_or_a_bad_request() {
    let app = serve(Policy::Authenticated).await;
    let token = ISSUER.token("u1").sign();
    let head = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
    let with = |header: &[u8]| [head, header, b"\r\n\r\n"].concat();
    for (what, header, status) in [
        (
            "non-ASCII after the token",
            format!("Authorization: Bearer {token}\u{e9}"),
            "401",
        ),
        (
            "a non-ASCII scheme",
            format!("Authorization: B\u{e9}arer {token}"),
            "401",
        ),
        (
            "a no-break space",
            format!("Authorization: Bearer\u{a0}{token}"),
            "401",
        ),
        (
            "an obs-fold (RFC 9112 §5.2)",
            format!("Authorization: Bearer\r\n {token}"),
            "400",
        ),
        (
            "a space before the colon (RFC 9112 §5.1)",
            format!("Authorization : Bearer {token}"),
            "400",
        ),
        (
            "a zero byte",
            format!("Authorization: Bearer {token}\0"),
            "400",
        ),
        (
            "a bare carriage return",
            format!("Authorization: Bearer {token}\rX: y"),
            "400",
        ),
        (
            "an underscore is another header",
            format!("HTTP_AUTHORIZATION: Bearer {token}"),
            "401",
        ),
    ] {
        let answer = app.raw(with(header.as_bytes())).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{what}: {answer}"
        );
    }
    let latin1 = [b"Authorization: Bearer ", token.as_bytes(), b"\xff"].concat();
    let answer = app.raw(with(&latin1)).await;
    assert!(
        answer.starts_with("HTTP/1.1 401"),
        "bytes that are not UTF-8: {answer}"
    );
    let answer = app
        .raw(with(format!("Authorization: Bearer {token}").as_bytes()))
        .await;
    assert!(
        answer.starts_with("HTTP/1.1 200"),
        "the same by the rules: {answer}"
    );
}

#[tokio::test]
async fn a_token_in_the_query_the_body_or_another_header_is_not_looked_at() {
    let app = serve(Policy::Authenticated).await;
    let token = ISSUER.token("u1").sign();
    let get = |path: &str| app.request(Method::GET, path);
    let form = format!("access_token={token}");
    let requests = [
        get(&format!("/?access_token={token}")),
        get(&format!("/?Authorization=Bearer%20{token}")),
        app.request(Method::POST, "/")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form),
        get("/").header("Cookie", format!("access_token={token}; token={token}")),
        get("/").header("Proxy-Authorization", format!("Bearer {token}")),
        get("/").header("X-Forwarded-Authorization", format!("Bearer {token}")),
        get("/").header("X-Agent-Authorization", format!("Bearer {token}")),
    ];
    for request in requests {
        let what = format!("{request:?}");
        send(request).await.is_missing(&what);
    }
}

/// Counts how often a key was asked for.
struct Counting(Arc<AtomicUsize>);

impl KeySource for Counting {
    fn find<'a>(&'a self, _: KeyQuery<'a>) -> KeyFuture<'a> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(KeyLookup::Unknown)))
    }
}

#[tokio::test]
async fn a_token_over_the_limit_is_refused_before_any_work() {
    let lookups = Arc::new(AtomicUsize::new(0));
    let keys = Counting(Arc::clone(&lookups));
    let authenticator =
        ISSUER.authenticator_with(ISSUER.settings(), |builder| builder.key_source(keys));
    let app = App::secured(behind(Policy::Authenticated, authenticator)).await;

    let base = ISSUER.token("u1").claim("pad", "").sign().len();
    let of_size = |bytes: usize| {
        // Three characters become four of base64url.
        let mut pad = (bytes - base) * 3 / 4;
        loop {
            let token = ISSUER.token("u1").claim("pad", "x".repeat(pad)).sign();
            if token.len() >= bytes {
                return token;
            }
            pad += 1;
        }
    };
    let too_large = of_size(16 * 1024 + 1);
    let answer = app.get("/", Some(&too_large)).await;
    answer.is_invalid("one over 16 KiB", "Invalid token: Token is too large");
    assert_eq!(lookups.load(Ordering::SeqCst), 0, "no key was looked for");

    let garbage = "A".repeat(100 * 1024);
    let answer = app.get("/", Some(&garbage)).await;
    answer.is_invalid("100 KiB of garbage", "Invalid token: Token is too large");

    let fits = of_size(16 * 1024 - 8);
    let answer = app.get("/", Some(&fits)).await;
    answer.is_invalid("just below", "Invalid token: Unknown signing key");
    assert_eq!(lookups.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_giant_header_is_the_server_s_to_refuse_and_harms_nobody() {
    let app = serve(Policy::Authenticated).await;
    let giant = "A".repeat(1024 * 1024);
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {giant}\r\n\r\n");
    let answer = app.raw(request).await;
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    let token = ISSUER.token("u1").sign();
    app.get("/", Some(&token))
        .await
        .is_ok("the next request", "u1");
}

async fn cookie_app(policy: Policy) -> App {
    let cookie = TokenCookie::new("session").unwrap();
    let authentication = Authentication::with_extractor(ISSUER.authenticator(), cookie);
    App::secured(behind(policy, authentication)).await
}

#[tokio::test]
async fn the_token_of_a_cookie() {
    let app = cookie_app(Policy::Authenticated).await;
    let token = &ISSUER.token("u1").sign();
    for cookies in [
        vec![format!("session={token}")],
        vec![format!("a=b; session={token}; c=d")],
        vec![format!("a=b;session={token}")],
        vec![format!(
            "Session=x; session={token}; sessions=y; xsession=z"
        )],
        vec!["a=b".to_owned(), format!("session={token}")],
        vec![format!("no-value; ; =; session={token};")],
        vec![format!("other=\u{e9}t\u{e9}; session={token}")],
    ] {
        let headers: Vec<_> = cookies.iter().map(|c| ("Cookie", c.as_str())).collect();
        let answer = app.get_with(&headers).await;
        answer.is_ok(&cookies.join(" | "), "u1");
    }
}

#[tokio::test]
async fn anything_but_one_cookie_with_one_token_is_a_missing_token() {
    let app = cookie_app(Policy::Authenticated).await;
    let optional = cookie_app(Policy::OptionalAuthentication).await;
    let token = &ISSUER.token("u1").sign();
    for cookies in [
        vec![format!("session={token}; session={token}")],
        vec![format!("session={token}; session=")],
        vec![format!("session={token}"), format!("session={token}")],
        vec!["session=".to_owned()],
        vec!["session==".to_owned()],
        vec![format!("session=\"{token}\"")],
        vec![format!("session=Bearer {token}")],
        vec![format!("session={token}\u{e9}")],
        vec![format!("session={token},session={token}")],
    ] {
        let headers: Vec<_> = cookies.iter().map(|c| ("Cookie", c.as_str())).collect();
        app.get_with(&headers)
            .await
            .is_missing(&cookies.join(" | "));
        let answer = optional.get_with(&headers).await;
        answer.is_missing("a broken cookie is not an anonymous caller");
    }
    for other in ["Session", "session ", "sessions", "%73ession"] {
        let cookie = format!("{other}={token}");
        app.get_with(&[("Cookie", &cookie)]).await.is_missing(other);
    }
    let header = format!("Bearer {token}");
    let answer = app.get_with(&[("Authorization", &header)]).await;
    answer.is_missing("the header where a cookie is configured");
}

#[tokio::test]
async fn the_token_of_a_header_of_another_name() {
    let header = TokenHeader::new("X-Access-Token").unwrap();
    let authentication = Authentication::with_extractor(ISSUER.authenticator(), header);
    let app = App::secured(behind(Policy::Authenticated, authentication)).await;
    let token = ISSUER.token("u1").sign();
    let value = format!("Bearer {token}");
    let value = value.as_str();

    let answer = app.get_with(&[("x-access-token", value)]).await;
    answer.is_ok("the header", "u1");
    let answer = app
        .get_with(&[("x-access-token", value), ("authorization", "Basic YTpi")])
        .await;
    answer.is_ok("Authorization is somebody else's", "u1");
    let twice = [("x-access-token", value), ("x-access-token", value)];
    app.get_with(&twice).await.is_missing("twice");
    app.get_with(&[("x-access-token", &token)])
        .await
        .is_missing("no scheme");
    app.get_with(&[("authorization", value)])
        .await
        .is_missing("the wrong header");
}

#[test]
fn a_name_that_cannot_be_sent_is_a_configuration_error() {
    for name in ["", "a b", "a=b", "a;b", "a,b", "\u{e9}", "a\r\nb"] {
        let error = TokenCookie::new(name).expect_err(name);
        assert_eq!(error.key(), "token_cookie");
        let error = TokenHeader::new(name).expect_err(name);
        assert_eq!(error.key(), "token_header");
    }
}
