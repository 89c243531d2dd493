//! An application on a free port, a client that speaks to it, and the words all stages share.

use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pico_auth::routing::any;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    Authentication, Policy, Requirement, SecureRouter, SecuredService, SecurityContext,
};
use reqwest::{Method, RequestBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One issuer for all tests: its key takes long to generate.
pub(crate) static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::in_memory);

pub(crate) const ADMIN: Policy = Policy::require(Requirement::any_role(&["admin"]));
pub(crate) const MISSING: &str = "Missing or invalid Authorization header";
pub(crate) const INVALID_TOKEN: &str = r#"Bearer error="invalid_token""#;
pub(crate) const INSUFFICIENT_SCOPE: &str = r#"Bearer error="insufficient_scope""#;

/// Answers the subject of the caller, or `nobody`.
pub(crate) fn whoami(caller: Option<SecurityContext>) -> Ready<String> {
    ready(caller.map_or_else(|| "nobody".to_owned(), |caller| caller.subject().to_owned()))
}

/// Answers who the caller is without an extractor.
pub(crate) fn ambient() -> String {
    SecurityContext::current().map_or_else(|| "nobody".to_owned(), |c| c.subject().to_owned())
}

/// `whoami` behind one policy, for every method of `/`.
pub(crate) fn behind(policy: Policy, authentication: impl Into<Authentication>) -> SecuredService {
    SecureRouter::new()
        .route("/", any(policy.guard(whoami)))
        .secured_by(authentication)
}

/// `behind`, served.
pub(crate) async fn serve(policy: Policy) -> App {
    App::secured(behind(policy, ISSUER.authenticator())).await
}

pub(crate) fn admin() -> String {
    ISSUER.token("ada").role("admin").sign()
}

pub(crate) fn viewer() -> String {
    ISSUER.token("vic").role("viewer").sign()
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A served application; it stops when it is dropped.
pub(crate) struct App {
    address: SocketAddr,
    client: reqwest::Client,
    task: JoinHandle<()>,
}

/// An answer, with what the tests look at.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl App {
    pub(crate) async fn serve(app: impl Into<axum::Router>) -> Self {
        let app = app.into();
        Self::listen(|listener| async { axum::serve(listener, app).await.unwrap() }).await
    }

    pub(crate) async fn secured(app: SecuredService) -> Self {
        Self::listen(|listener| async { axum::serve(listener, app).await.unwrap() }).await
    }

    /// Serves as `server` says.
    pub(crate) async fn listen<F>(server: impl FnOnce(TcpListener) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(server(listener));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            address,
            client,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.address))
    }

    pub(crate) async fn call(&self, method: Method, path: &str, token: Option<&str>) -> Answer {
        let request = self.request(method, path);
        send(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
        .await
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.call(Method::GET, path, token).await
    }

    /// `GET /` with these headers and no others of ours.
    pub(crate) async fn get_with(&self, headers: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::GET, "/");
        let with =
            |request: RequestBuilder, (name, value): &(&str, &str)| request.header(*name, *value);
        send(headers.iter().fold(request, with)).await
    }

    /// Sends these bytes and reads until the server closes the connection: for what no HTTP client
    /// would send. Say `Connection: close`.
    pub(crate) async fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may refuse and close before it has read all.
        let _ = stream.write_all(bytes.as_ref()).await;
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        // Only so that a failing test ends; a reset after the answer is as good as an end.
        let _ = tokio::time::timeout(Duration::from_secs(10), read)
            .await
            .expect("the server neither answers nor closes the connection");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn challenge(&self) -> Option<&str> {
        self.header("www-authenticate")
    }

    /// Exactly this refusal, in every part.
    #[track_caller]
    pub(crate) fn refuses(&self, what: &str, status: u16, detail: &str, challenge: Option<&str>) {
        let body = serde_json::json!({ "detail": detail }).to_string();
        assert_eq!((self.status, &self.body), (status, &body), "{what}");
        assert_eq!(
            self.header("content-type"),
            Some("application/json"),
            "{what}"
        );
        assert_eq!(self.challenge(), challenge, "{what}");
    }

    /// 401: no usable bearer token.
    #[track_caller]
    pub(crate) fn is_missing(&self, what: &str) {
        self.refuses(what, 401, MISSING, Some("Bearer"));
    }

    /// 401: a bad token.
    #[track_caller]
    pub(crate) fn is_invalid(&self, what: &str, detail: &str) {
        self.refuses(what, 401, detail, Some(INVALID_TOKEN));
    }

    /// 200 with this body.
    #[track_caller]
    pub(crate) fn is_ok(&self, what: &str, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (200, body), "{what}");
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.text().await.unwrap(),
    }
}
