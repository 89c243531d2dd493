//! A service as a child process.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::issuer::{AUDIENCE, Issuer};
use crate::placement::Placement;

/// What a service is expected to refuse, and is checked for before it is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Refuses {
    Nothing,
    /// Only what the issuer did not sign.
    Forged,
    Everything,
}

/// How one service is started.
#[derive(Clone)]
pub struct Service {
    pub binary: &'static str,
    pub refuses: Refuses,
    /// Beside the issuer, the audience and where the keys are.
    pub settings: Vec<(&'static str, String)>,
}

impl Service {
    pub fn new(binary: &'static str) -> Self {
        Self {
            binary,
            refuses: match binary {
                "bare" => Refuses::Nothing,
                "raw-verification" => Refuses::Forged,
                _ => Refuses::Everything,
            },
            settings: Vec::new(),
        }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.push((name, value.into()));
        self
    }

    /// Starts it and waits until it listens.
    pub fn start(&self, issuer: &Issuer, placement: Placement) -> Result<Process, Box<dyn Error>> {
        let path = std::env::current_exe()?.with_file_name(self.binary);
        let mut command = Command::new(&path);
        command
            .env_clear()
            .env("AUTH_CLIENT_ISSUER", &issuer.url)
            .env("AUTH_CLIENT_AUDIENCE", AUDIENCE)
            .env("AUTH_CLIENT_JWKS_ENDPOINT", issuer.jwks_endpoint())
            .env("PUBLIC_KEY", issuer.public_key())
            .env("BIND_ADDR", "127.0.0.1:0")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped());
        let mut child = placement
            .with_services(|| command.spawn())
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let output = child.stdout.take().ok_or("no output")?;
        // From here on it is ended with the guard.
        let mut process = Process {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        process.address = line
            .trim()
            .strip_prefix("listening on http://")
            .ok_or_else(|| format!("{} did not start", self.binary))?
            .parse()?;
        Ok(process)
    }
}

/// A running service; ends with this value.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to do about it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
