//! A real `redis-server` on a free port of loopback, with a folder of its own.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pico_auth::test_kit::ManualClock;
use pico_auth::{
    AuthUnavailableError, Dependency, RedisRevocationList, RedisRevocationListBuilder,
    RevocationList, RevocationQuery, TokenKind,
};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::soon::soon;

pub(crate) const ISSUER: &str = "https://id.example";

/// In the fixed time of the manual clock.
pub(crate) const FOREVER: Duration = Duration::from_secs(4_102_444_800);

pub(crate) struct Redis {
    pub(crate) port: u16,
    pub(crate) folder: PathBuf,
    arguments: Vec<String>,
    process: Option<tokio::process::Child>,
}

impl Redis {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A server with more arguments; `{port}` and `{folder}` stand for its own.
    pub(crate) async fn with(arguments: &[&str]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("pico-auth-redis-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self::in_folder(folder, arguments).await
    }

    pub(crate) async fn in_folder(folder: PathBuf, arguments: &[&str]) -> Self {
        let mut redis = Self {
            port: free_port(),
            folder,
            arguments: arguments.iter().map(|&argument| argument.into()).collect(),
            process: None,
        };
        // A stranger may have taken the port.
        if redis.try_run().await.is_err() {
            redis.port = free_port();
            redis.run().await;
        }
        redis
    }

    /// Starts it, again if need be, and waits until it says that it is ready.
    pub(crate) async fn run(&mut self) {
        if let Err(said) = self.try_run().await {
            panic!("redis-server did not start: {said:#?}");
        }
    }

    /// Answers what it said in place of being ready.
    async fn try_run(&mut self) -> Result<(), Vec<String>> {
        let (port, folder) = (self.port.to_string(), self.folder.to_str().unwrap());
        let fill = |argument: &String| {
            argument
                .replace("{port}", &port)
                .replace("{folder}", folder)
        };
        let tls = self
            .arguments
            .iter()
            .any(|argument| argument == "--tls-port");
        let mut process = tokio::process::Command::new("redis-server")
            .args(["--port", if tls { "0" } else { &port }])
            .args(["--bind", "127.0.0.1", "--dir", folder, "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", "always"])
            .args(self.arguments.iter().map(fill))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("these tests need the program `redis-server`: apt-get install redis-server");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        while let Some(line) = soon("started", lines.next_line()).await.unwrap() {
            if line.contains("Ready to accept connections") {
                // What it says later must go somewhere.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                self.process = Some(process);
                return Ok(());
            }
            said.push(line);
        }
        Err(said)
    }

    /// Kills it, as a power cut would.
    pub(crate) async fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().await.unwrap();
    }

    /// `STOP` freezes it with all its connections open, `CONT` goes on.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.process.as_ref().unwrap().id().unwrap().to_string();
        let status = Command::new("kill")
            .args([&format!("-{signal}"), &id])
            .status();
        assert!(status.unwrap().success());
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn builder(&self) -> RedisRevocationListBuilder {
        RedisRevocationList::builder(self.url())
    }

    /// A list of this server, as one instance has it.
    pub(crate) fn list(&self) -> RedisRevocationList {
        self.builder().build().unwrap()
    }

    pub(crate) fn list_with_clock(&self) -> (RedisRevocationList, ManualClock) {
        self.list_within(Duration::from_secs(30))
    }

    /// The same with another time-out: a short one where the server hangs.
    pub(crate) fn list_within(&self, timeout: Duration) -> (RedisRevocationList, ManualClock) {
        let clock = ManualClock::new();
        let builder = self.builder().timeout(timeout);
        (
            builder.clock(Arc::new(clock.clone())).build().unwrap(),
            clock,
        )
    }

    /// What it answers to one command, in the words of its protocol.
    pub(crate) async fn command(&self, words: &[&str]) -> String {
        self.commands(&[words]).await
    }

    /// What it answers to these commands on one connection.
    pub(crate) async fn commands(&self, commands: &[&[&str]]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        for words in commands.iter().copied().chain([&["QUIT"][..]]) {
            let mut request = format!("*{}\r\n", words.len());
            for word in words {
                write!(request, "${}\r\n{word}\r\n", word.len()).unwrap();
            }
            stream.write_all(request.as_bytes()).await.unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer.strip_suffix("+OK\r\n").unwrap_or(&answer).to_owned()
    }

    /// Waits until so many instances are subscribed.
    pub(crate) async fn until_subscribed(&self, instances: usize) {
        let wanted = format!(":{instances}\r\n");
        let question = ["PUBSUB", "NUMSUB", "pico-auth:revoked:added"];
        soon("subscribed", async {
            while !self.command(&question).await.ends_with(&wanted) {}
        })
        .await;
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.as_mut().map(tokio::process::Child::start_kill);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Free when this returns: a stranger may take it before the server does.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub(crate) fn run(program: &str, arguments: &[&str], folder: &Path) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
}

pub(crate) fn query(jti: &str) -> RevocationQuery<'_> {
    RevocationQuery::new(ISSUER, jti, TokenKind::Bearer, FOREVER)
}

/// The answer as the authenticator gets it.
pub(crate) async fn ask(
    list: &RedisRevocationList,
    jti: &str,
) -> Result<bool, AuthUnavailableError> {
    match list.at_hand(query(jti)) {
        Some(answer) => answer,
        None => list.is_revoked(query(jti)).await,
    }
}

pub(crate) async fn revoke(list: &RedisRevocationList, jti: &str) {
    let until = std::time::UNIX_EPOCH + FOREVER;
    list.revoke(ISSUER, jti, until).await.unwrap();
}

/// Waits until the instance refuses this token.
pub(crate) async fn until_refused(list: &RedisRevocationList, jti: &str) {
    soon("refused", async {
        while !ask(list, jti).await.unwrap() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[track_caller]
pub(crate) fn is_unavailable(answer: Result<bool, AuthUnavailableError>) -> String {
    let error = answer.expect_err("no list, no answer");
    assert_eq!(error.what(), Dependency::RevocationList);
    std::error::Error::source(&error).map_or_else(String::new, ToString::to_string)
}
