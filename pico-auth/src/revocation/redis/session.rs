//! One subscription, and the set as it was when the subscription began.
//!
//! The order matters: first subscribe, then read the set. What was revoked before is in the set, what is
//! revoked since comes as a message; nothing falls between.
//!
//! That messages still come is proven, not assumed: a beat is a message to a channel of our own, and
//! Redis delivers the messages of a connection in order. When a beat arrives, all that was revoked before
//! it was sent has arrived, too.

use std::pin::Pin;
use std::time::Duration;

use futures_util::Stream;
use redis::aio::{MultiplexedConnection, PubSubStream};
use redis::{Msg, Value};

use super::connect::{Fault, Server};
use super::layout::Layout;
use super::mirror::Mirror;
use crate::crypto::fill_random;

/// How many members are asked for at once.
const PAGE: usize = 5000;

pub(super) struct Session {
    commands: MultiplexedConnection,
    messages: PubSubStream,
    beat_channel: String,
    beats: u64,
}

impl Session {
    /// Subscribes and reads the whole set.
    pub(super) async fn open(
        server: &Server,
        layout: &Layout,
        mirror: &Mirror,
    ) -> Result<Self, Fault> {
        let mut session = within(server.timeout, Self::subscribe(server, layout)).await?;
        session.read_set(layout, mirror).await?;
        Ok(session)
    }

    async fn subscribe(server: &Server, layout: &Layout) -> Result<Self, Fault> {
        let mut random = [0; 16];
        fill_random(&mut random).map_err(|_| "there is no randomness")?;
        let beat_channel = format!("{}:{:032x}", layout.beat, u128::from_be_bytes(random));
        let mut subscriber = server.subscriber().await?;
        subscriber
            .subscribe(&[layout.added.as_str(), beat_channel.as_str()])
            .await?;
        Ok(Self {
            commands: server.commands().await?,
            messages: subscriber.into_on_message(),
            beat_channel,
            beats: 0,
        })
    }

    /// `ZSCAN` answers everything that is in the set from its beginning to its end, and blocks the server
    /// for one page at a time.
    async fn read_set(&mut self, layout: &Layout, mirror: &Mirror) -> Result<(), Fault> {
        let mut cursor = 0_u64;
        loop {
            let mut page = redis::cmd("ZSCAN");
            page.arg(&layout.set).arg(cursor).arg("COUNT").arg(PAGE);
            let (next, members): (u64, Vec<(Vec<u8>, f64)>) =
                page.query_async(&mut self.commands).await?;
            mirror.add_page(&members);
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }

    /// Sends a beat and reads messages until it arrives. Answers when it was sent: what was revoked before
    /// is known.
    pub(super) async fn beat(
        &mut self,
        timeout: Duration,
        mirror: &Mirror,
    ) -> Result<Duration, Fault> {
        let sent_at = mirror.elapsed();
        within(timeout, self.send_and_receive(mirror)).await?;
        mirror.is_current(sent_at);
        Ok(sent_at)
    }

    async fn send_and_receive(&mut self, mirror: &Mirror) -> Result<(), Fault> {
        self.beats += 1;
        let beat = self.beats.to_string();
        let (role, heard_by): (Vec<Value>, u64) = redis::pipe()
            .cmd("ROLE")
            .cmd("PUBLISH")
            .arg(&self.beat_channel)
            .arg(&beat)
            .query_async(&mut self.commands)
            .await?;
        let role = role.into_iter().next();
        let role: Option<String> = role.and_then(|role| redis::from_redis_value(role).ok());
        if role.as_deref() != Some("master") {
            return Err("the server is a replica: it may have lost its primary".into());
        }
        if heard_by == 0 {
            return Err("the subscription is gone, or belongs to another server".into());
        }
        loop {
            let message = self.next().await?;
            if message.get_channel_name() != self.beat_channel {
                mirror.add_message(message.get_payload_bytes());
            } else if message.get_payload_bytes() == beat.as_bytes() {
                return Ok(());
            }
        }
    }

    /// Reads messages until the connection ends.
    pub(super) async fn listen(&mut self, mirror: &Mirror) -> Fault {
        loop {
            match self.next().await {
                Ok(message) if message.get_channel_name() == self.beat_channel => {}
                Ok(message) => mirror.add_message(message.get_payload_bytes()),
                Err(fault) => return fault,
            }
        }
    }

    async fn next(&mut self) -> Result<Msg, Fault> {
        let next =
            |context: &mut std::task::Context<'_>| Pin::new(&mut self.messages).poll_next(context);
        let message = std::future::poll_fn(next).await;
        message.ok_or_else(|| "the connection has ended".into())
    }
}

pub(super) async fn within<T>(
    timeout: Duration,
    attempt: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    tokio::time::timeout(timeout, attempt)
        .await
        .unwrap_or_else(|_| Err("timed out".into()))
}
