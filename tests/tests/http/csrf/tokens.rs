//! Cookies beside other cookies and beside headers.

use pico_auth::TokenCookie;
use reqwest::Method;

use super::super::support::{ISSUER, admin};
use super::{OTHER, Service, service};

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
