//! A server that says it is Redis, and whose set has no end.

use std::time::{Duration, Instant};

use pico_auth::{RedisRevocationList, RevocationList};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{is_unavailable, query};
use crate::soon::soon;

/// One command, in the words of the protocol.
async fn command(stream: &mut BufReader<TcpStream>) -> Option<Vec<String>> {
    let mut line = async || {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        Some(line.trim_end().to_owned())
    };
    let count: usize = line().await?.strip_prefix('*')?.parse().ok()?;
    let mut words = Vec::new();
    for _ in 0..count {
        line().await?;
        words.push(line().await?);
    }
    Some(words)
}

async fn serve(stream: TcpStream) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let words = command(&mut stream).await?;
        let answer = match words[0].as_str() {
            "SUBSCRIBE" => {
                let channels = words[1..].iter().enumerate();
                let said = channels.map(|(n, name)| {
                    let length = name.len();
                    format!(
                        "*3\r\n$9\r\nsubscribe\r\n${length}\r\n{name}\r\n:{}\r\n",
                        n + 1
                    )
                });
                said.collect()
            }
            // The cursor 1 and no members: ask again.
            "ZSCAN" => "*2\r\n$1\r\n1\r\n*0\r\n".to_owned(),
            _ => "+OK\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

/// Each page comes in time, so no time-out of a command ends it.
#[tokio::test]
async fn a_request_does_not_wait_for_the_end_of_an_endless_set() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    let list = RedisRevocationList::builder(url).timeout(Duration::from_millis(500));
    let list = list.build().unwrap();
    let begun = Instant::now();
    let cause = is_unavailable(soon("answered", list.is_revoked(query("good"))).await);
    assert!(cause.contains("not read to its end"), "{cause}");
    // The attempt goes on for a hundred time-outs, and is there for the next request.
    assert!(begun.elapsed() < Duration::from_secs(25));
}
