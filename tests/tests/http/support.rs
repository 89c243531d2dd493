//! An application on a free port, and a client that speaks to it.

use std::net::SocketAddr;

use pico_auth::SecuredRouter;
use reqwest::{Method, RequestBuilder};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A served application; it stops when it is dropped.
pub struct App {
    address: SocketAddr,
    client: reqwest::Client,
    task: JoinHandle<()>,
}

/// An answer, with what the tests look at.
pub struct Answer {
    pub status: u16,
    pub challenge: Option<String>,
    pub retry_after: Option<String>,
    pub content_type: Option<String>,
    pub body: String,
}

impl App {
    pub async fn serve(app: impl Into<axum::Router>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = app.into();
        let task = tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            address,
            client,
            task,
        }
    }

    pub async fn secured(app: SecuredRouter) -> Self {
        Self::serve(app.into_axum_router()).await
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.address))
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        let request = self.request(Method::GET, path);
        send(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
        .await
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let header = |name| {
        let value = response.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    Answer {
        status: response.status().as_u16(),
        challenge: header("www-authenticate"),
        retry_after: header("retry-after"),
        content_type: header("content-type"),
        body: response.text().await.unwrap(),
    }
}
