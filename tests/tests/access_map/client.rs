//! A client that sends what it is told to, over one connection.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub(crate) struct Client {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) handler: Option<String>,
    pub(crate) id: Option<usize>,
    pub(crate) path: Option<String>,
    /// Whether another authentication is asked for (RFC 9470).
    pub(crate) steps_up: bool,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            address,
            stream: BufReader::new(stream),
        }
    }

    pub(crate) async fn call(&mut self, method: &str, target: &str, headers: &str) -> Answer {
        let request = format!("{method} {target} HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let status = self.line().await;
        let status = status.split(' ').nth(1);
        let mut answer = Answer {
            status: status.unwrap_or_default().parse().unwrap(),
            ..Answer::default()
        };
        let (mut length, mut closes) = (0, false);
        loop {
            let line = self.line().await;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            let value = value.trim();
            match name {
                "content-length" => length = value.parse().unwrap(),
                "connection" => closes = value == "close",
                "x-handler" => answer.handler = Some(value.to_owned()),
                "www-authenticate" => {
                    answer.steps_up = value.contains("error=\"insufficient_user_authentication\"");
                }
                "x-id" => answer.id = value.parse().ok(),
                "x-path" => answer.path = Some(value.to_owned()),
                "transfer-encoding" => panic!("no body here is that long: {request}"),
                _ => {}
            }
        }
        if method != "HEAD" {
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await.unwrap();
        }
        // After a CONNECT that was let through, the connection speaks something else.
        if closes || method == "CONNECT" {
            *self = Self::connect(self.address).await;
        }
        answer
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }
}
