//! Shows: a gRPC server of tonic behind pico-auth, and a client. Rules stand above the methods of the
//! service; health and reflection are opened by name.
//!
//! Try it: `cargo run` in this folder. It starts the server, calls it, and prints what is answered.
//! `cargo test` calls it over a real socket.

mod client;
mod server;
mod shop;
#[cfg(test)]
mod tests;

use std::error::Error;

use pico_auth::test_kit::TestIssuer;
use shop::v1::OrderId;
use tokio::net::TcpListener;
use tokio_stream::StreamExt;
use tonic::Status;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let issuer = TestIssuer::in_memory();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let never = std::future::pending();
    tokio::spawn(server::serve(listener, issuer.authenticator(), never));

    let reader = issuer.token("rita").scope("orders:read").sign();
    let admin = issuer.token("ada").role("admin").sign();
    let channel = client::connect(address).await?;
    for (who, token) in [
        ("nobody", None),
        ("rita", Some(reader)),
        ("ada", Some(admin)),
    ] {
        let mut client = client::client(&channel, token.as_deref())?;
        let order = || OrderId { id: 7 };
        let got = client.get(order()).await;
        println!(
            "{who} gets: {}",
            said(got.map(|order| order.into_inner().note))
        );
        let cancelled = client.cancel(order()).await;
        println!(
            "{who} cancels: {}",
            said(cancelled.map(|order| order.into_inner().note))
        );
        match client.watch(order()).await {
            Ok(orders) => {
                let notes: Vec<_> = orders
                    .into_inner()
                    .map(|order| said(order.map(|o| o.note)))
                    .collect()
                    .await;
                println!("{who} watches: {}", notes.join(", "));
            }
            Err(status) => println!("{who} watches: {}", said(Err(status))),
        }
    }
    Ok(())
}

fn said(answer: Result<String, Status>) -> String {
    answer.unwrap_or_else(|status| format!("{:?}, {}", status.code(), status.message()))
}
