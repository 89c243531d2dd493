//! Writing to the set, and keeping the mirror current.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use redis::aio::MultiplexedConnection;
use tokio::sync::Mutex;

use super::connect::{Fault, Server};
use super::layout::{self, Layout};
use super::mirror::Mirror;
use super::session::{Session, within};
use crate::meter;
use crate::revocation::attempts::{Attempts, backoff, jittered};
use crate::revocation::entries::MARGIN;

/// How often an instance proves that it still hears.
const BEAT: Duration = Duration::from_secs(1);

/// How soon a connection that was lost is made anew.
const RECONNECT: Duration = Duration::from_millis(250);

/// The longest pause between two attempts to connect.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// How many time-outs an attempt may take in all. Each page of the set has one of its own, so a server
/// that hangs is noticed sooner: this is for one whose set never ends, and far more than millions of
/// entries take.
const PATIENCE: u32 = 100;

/// All or nothing. What has expired is removed by the time of Redis: an instance whose clock is wrong must
/// not remove what others still need.
const REVOKE: &str = "
redis.call('ZADD', KEYS[1], 'GT', ARGV[1], ARGV[2])
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. (now - tonumber(ARGV[3])))
redis.call('PUBLISH', ARGV[4], ARGV[5])
";

pub(super) struct Shared {
    pub(super) server: Server,
    pub(super) layout: Layout,
    pub(super) mirror: Mirror,
    pub(super) attempts: Attempts,
    /// The connection for `revoke`, once there is one.
    pub(super) writer: Mutex<Option<MultiplexedConnection>>,
}

impl Shared {
    /// Adds a token to the set, and tells everyone.
    pub(super) async fn write(&self, member: &str, until: Duration) -> Result<(), Fault> {
        let written = within(self.patience(), self.transact(member, until)).await;
        if written.is_err() {
            *self.writer.lock().await = None;
        }
        written
    }

    /// How long someone waits: to connect, and to be answered.
    pub(super) const fn patience(&self) -> Duration {
        self.server.timeout.saturating_mul(2)
    }

    async fn transact(&self, member: &str, until: Duration) -> Result<(), Fault> {
        let mut connection = self.writer().await?;
        let score = layout::score(until);
        let mut script = redis::cmd("EVAL");
        script
            .arg(REVOKE)
            .arg(1)
            .arg(&self.layout.set)
            .arg(score)
            .arg(member)
            .arg(MARGIN.as_secs())
            .arg(&self.layout.added)
            .arg(layout::message(score, member));
        Ok(script.query_async::<()>(&mut connection).await?)
    }

    /// One connection serves any number of writers at once.
    async fn writer(&self) -> Result<MultiplexedConnection, Fault> {
        let mut writer = self.writer.lock().await;
        if let Some(connection) = &*writer {
            return Ok(connection.clone());
        }
        let connection = self.server.commands().await?;
        *writer = Some(connection.clone());
        Ok(connection)
    }

    /// Keeps the mirror current for as long as it is polled.
    pub(super) async fn run(self: Arc<Self>) {
        let _end = self.attempts.end_of_all();
        let mut session = None;
        let mut failures = 0;
        loop {
            self.attempts.begin();
            let attempt = self.attempt(&mut session);
            let outcome = within(self.server.timeout.saturating_mul(PATIENCE), attempt).await;
            let pause = match outcome {
                Ok(()) => {
                    failures = 0;
                    BEAT
                }
                Err(fault) => {
                    session = None;
                    failures += 1;
                    let pause = jittered(backoff(failures, MAX_PAUSE));
                    self.failed(&fault, pause);
                    pause
                }
            };
            self.attempts.end();
            if let Some(fault) = self.pause(&mut session, pause).await {
                session = None;
                self.failed(&fault, RECONNECT);
                tokio::time::sleep(jittered(RECONNECT)).await;
            }
        }
    }

    async fn attempt(&self, session: &mut Option<Session>) -> Result<(), Fault> {
        let session = if let Some(session) = session {
            session
        } else {
            session.insert(Session::open(&self.server, &self.layout, &self.mirror).await?)
        };
        let current_at = session.beat(self.server.timeout, &self.mirror).await?;
        let source = || self.server.address();
        meter::revocation_list_current(self.mirror.clock(), source, current_at);
        Ok(())
    }

    /// Waits until the next attempt is due, by time or by demand, or the session has ended.
    async fn pause(&self, session: &mut Option<Session>, pause: Duration) -> Option<Fault> {
        let demand = pin!(self.attempts.demand());
        let Some(session) = session else {
            let _ = tokio::time::timeout(pause, demand).await;
            return None;
        };
        let listen = pin!(session.listen(&self.mirror));
        match tokio::time::timeout(pause, select(listen, demand)).await {
            Ok(Either::Left((fault, _))) => Some(fault),
            Ok(Either::Right(_)) | Err(_) => None,
        }
    }

    fn failed(&self, fault: &Fault, retry_after: Duration) {
        let cause = format!("redis {}: {fault}", self.server.address());
        tracing::warn!(auth.cause = ?cause, "the list of revoked tokens is not heard any more");
        self.mirror.failed(cause, retry_after);
    }
}
