//! The discovery sequence of the MCP authorization specification, played by a client that knows nothing but
//! the URL of a server: the example `mcp-server`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use pico_auth::test_kit::TestIssuer;
use reqwest::header::{ORIGIN, WWW_AUTHENTICATE};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[path = "../../examples/mcp-server.rs"]
#[allow(dead_code, reason = "its `main` is not called")]
mod server;

/// A server, and a client of it.
struct World {
    issuer: TestIssuer,
    /// All that the client is told.
    url: String,
    client: Client,
}

impl World {
    async fn new() -> Self {
        let issuer = TestIssuer::start().await;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let resource = server::metadata(&url, issuer.url()).unwrap();
        let app = server::app(&resource, server::authenticator(&issuer, &resource));
        tokio::spawn(async { axum::serve(listener, app).await });
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            issuer,
            url,
            client,
        }
    }

    fn post(&self, message: &Value) -> RequestBuilder {
        let request = self.client.post(&self.url).body(message.to_string());
        request
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
    }

    async fn json(&self, url: &str) -> Option<Value> {
        let response = self.client.get(url).send().await.unwrap();
        let is_there = response.status() == StatusCode::OK;
        if is_there {
            Some(body(response).await)
        } else {
            None
        }
    }

    /// What an authorization server does that knows `resource` (RFC 8707): the token is for it alone.
    fn token(&self, resource: &str, scope: &str) -> String {
        let token = self.issuer.token("alice").claim("aud", resource);
        token.scope(scope).sign()
    }

    async fn call(&self, tool: &str, token: &str) -> Response {
        let message = request(
            7,
            "tools/call",
            &json!({ "name": tool, "arguments": { "text": "a" } }),
        );
        self.post(&message).bearer_auth(token).send().await.unwrap()
    }
}

fn request(id: u64, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

async fn body(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

/// A parameter of the challenge.
fn parameter(response: &Response, name: &str) -> Option<String> {
    let challenge = response.headers()[WWW_AUTHENTICATE].to_str().unwrap();
    let parameters = challenge.strip_prefix("Bearer ")?;
    let given = parameters.split(", ").filter_map(|one| one.split_once('='));
    let mut values = given.filter(|(given, _)| *given == name);
    values
        .next()
        .map(|(_, value)| value.trim_matches('"').to_owned())
}

#[tokio::test]
async fn a_client_finds_its_way_from_the_url_alone() {
    let world = World::new().await;
    let initialize = request(1, "initialize", &json!({ "protocolVersion": "2025-06-18" }));

    // 1. 401, which names the metadata.
    let refused = world.post(&initialize).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let metadata_url = parameter(&refused, "resource_metadata").unwrap();

    // 2. The metadata, which must be about the server that was asked (RFC 9728 §3.3).
    let metadata = world.json(&metadata_url).await.unwrap();
    assert_eq!(metadata["resource"], *world.url);
    let issuer = metadata["authorization_servers"][0].as_str().unwrap();

    // 3. The authorization server, by OAuth (RFC 8414) or by OpenID Connect.
    let of_oauth = format!("{issuer}/.well-known/oauth-authorization-server");
    let of_oidc = format!("{issuer}/.well-known/openid-configuration");
    let found = match world.json(&of_oauth).await {
        Some(found) => found,
        None => world.json(&of_oidc).await.unwrap(),
    };
    assert_eq!(found["issuer"], *issuer);

    // 4. A token for this resource, with the scopes that it names.
    let scopes: Vec<String> = serde_json::from_value(metadata["scopes_supported"].clone()).unwrap();
    let token = world.token(metadata["resource"].as_str().unwrap(), &scopes.join(" "));

    // 5. In.
    let answer = world
        .post(&initialize)
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    let answer = body(answer).await;
    assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let accepted = world
        .post(&notification)
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(accepted.status(), StatusCode::ACCEPTED);
    let list = world.post(&request(2, "tools/list", &json!({})));
    let tools = body(list.bearer_auth(&token).send().await.unwrap()).await;
    assert_eq!(tools["result"]["tools"].as_array().unwrap().len(), 3);
    assert_eq!(tools["id"], 2);
    let added = body(world.call("add_note", &token).await).await;
    assert_eq!(added["result"]["content"][0]["text"], "2 notes");
}

#[tokio::test]
async fn a_token_for_another_server_is_refused() {
    let world = World::new().await;
    let mut other: Url = world.url.parse().unwrap();
    other.set_path("/other");
    for audience in [other.as_str(), "test-api", &format!("{}/", world.url)] {
        let token = world.token(audience, "notes:read");
        let refused = world.call("list_notes", &token).await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{audience}");
        assert_eq!(
            parameter(&refused, "error").as_deref(),
            Some("invalid_token")
        );
        assert_eq!(
            body(refused).await["detail"],
            "Invalid token: Invalid audience"
        );
    }
}

#[tokio::test]
async fn a_client_learns_which_scope_and_which_authentication_a_tool_asks_for() {
    let world = World::new().await;
    let reader = world.token(&world.url, "notes:read");
    let refused = world.call("delete_notes", &reader).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        parameter(&refused, "error").as_deref(),
        Some("insufficient_scope")
    );
    let scope = parameter(&refused, "scope").unwrap();
    assert_eq!(scope, "notes:write");
    assert!(parameter(&refused, "resource_metadata").is_some());

    let writer = world.token(&world.url, &scope);
    let refused = world.call("delete_notes", &writer).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let error = parameter(&refused, "error");
    assert_eq!(error.as_deref(), Some("insufficient_user_authentication"));
    let acr = parameter(&refused, "acr_values").unwrap();
    assert_eq!(parameter(&refused, "max_age").as_deref(), Some("300"));

    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let token = world
        .issuer
        .token("alice")
        .claim("aud", &*world.url)
        .scope(scope);
    let stepped_up = token.claim("acr", acr).claim("auth_time", now).sign();
    let done = body(world.call("delete_notes", &stepped_up).await).await;
    assert_eq!(done["result"]["content"][0]["text"], "all notes are gone");
}

#[tokio::test]
async fn what_is_no_message_for_this_server() {
    let world = World::new().await;
    let token = world.token(&world.url, "notes:read");
    let list = request(1, "tools/list", &json!({}));
    let other_page = world.post(&list).header(ORIGIN, "https://evil.example");
    let status = other_page
        .bearer_auth(&token)
        .send()
        .await
        .unwrap()
        .status();
    assert_eq!(status, StatusCode::FORBIDDEN);
    let other_version = world.post(&list).header("mcp-protocol-version", "1.0");
    let status = other_version
        .bearer_auth(&token)
        .send()
        .await
        .unwrap()
        .status();
    assert_eq!(status, StatusCode::BAD_REQUEST);
    // There is no stream of events: only who is admitted is told.
    for (token, expected) in [(None, 401), (Some(&token), 405)] {
        let get = world.client.get(&world.url);
        let get = match token {
            Some(token) => get.bearer_auth(token),
            None => get,
        };
        assert_eq!(get.send().await.unwrap().status(), expected);
    }
}
