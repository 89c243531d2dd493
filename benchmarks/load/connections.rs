//! The load: keep-alive connections of HTTP/1.1, one request at a time on each.
//!
//! One thread goes round its connections without ever sleeping. So a response never has to wake it,
//! which would be charged to the service, and would cost more or less as chance has it.

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// No service needs as long for one answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is asked for: one request.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub path: &'a str,
    pub token: Option<&'a str>,
}

impl Request<'_> {
    fn write_to(&self, buffer: &mut Vec<u8>) {
        buffer.clear();
        buffer.extend_from_slice(b"GET ");
        buffer.extend_from_slice(self.path.as_bytes());
        buffer.extend_from_slice(b" HTTP/1.1\r\nhost: api.example.com\r\naccept: */*\r\n");
        if let Some(token) = self.token {
            buffer.extend_from_slice(b"authorization: Bearer ");
            buffer.extend_from_slice(token.as_bytes());
            buffer.extend_from_slice(b"\r\n");
        }
        buffer.extend_from_slice(b"\r\n");
    }
}

/// Open connections to one service.
pub struct Connections {
    open: Vec<Connection>,
    /// The length of the answer with status 200: the same for every request.
    answer: usize,
    buffer: Vec<u8>,
}

struct Connection {
    stream: TcpStream,
    waiting: bool,
    received: usize,
    answer: [u8; 1_024],
}

impl Connections {
    pub fn open(
        address: SocketAddr,
        count: usize,
        request: Request<'_>,
    ) -> Result<Self, Box<dyn Error>> {
        let answer = ask(address, request)?;
        if !is_good(&answer) {
            return Err(format!("not a 200: {}", String::from_utf8_lossy(&answer)).into());
        }
        let open = || {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            Ok(Connection {
                stream,
                waiting: false,
                received: 0,
                answer: [0; 1_024],
            })
        };
        Ok(Self {
            open: (0..count).map(|_| open()).collect::<std::io::Result<_>>()?,
            answer: answer.len(),
            buffer: Vec::with_capacity(4_096),
        })
    }

    /// Sends all requests and takes all answers; an answer other than 200 is an error.
    pub fn run<'a>(
        &mut self,
        mut requests: impl Iterator<Item = Request<'a>>,
    ) -> Result<(), Box<dyn Error>> {
        let mut waiting = 0_usize;
        for connection in &mut self.open {
            if let Some(request) = requests.next() {
                request.write_to(&mut self.buffer);
                connection.send(&self.buffer)?;
                waiting += 1;
            }
        }
        let mut last_answer = Instant::now();
        let mut in_vain = 0_u32;
        while waiting > 0 {
            in_vain += 1;
            for connection in &mut self.open {
                if !connection.waiting || !connection.receive(self.answer)? {
                    continue;
                }
                in_vain = 0;
                waiting -= 1;
                if let Some(request) = requests.next() {
                    request.write_to(&mut self.buffer);
                    connection.send(&self.buffer)?;
                    waiting += 1;
                }
            }
            if in_vain == 0 {
                continue;
            }
            // The clock is looked at rarely: it is not what the loop is for.
            if in_vain == 1 {
                last_answer = Instant::now();
            } else if in_vain.is_multiple_of(1_024) && last_answer.elapsed() > PATIENCE {
                return Err(format!("no answer within {PATIENCE:?}").into());
            }
        }
        Ok(())
    }
}

impl Connection {
    fn send(&mut self, request: &[u8]) -> Result<(), Box<dyn Error>> {
        // The socket is empty: a request of a kilobyte fits, or something is wrong.
        let written = self.stream.write(request)?;
        if written != request.len() {
            return Err("the service does not take a whole request".into());
        }
        self.waiting = true;
        self.received = 0;
        Ok(())
    }

    /// Whether the answer is complete now.
    fn receive(&mut self, length: usize) -> Result<bool, Box<dyn Error>> {
        let rest = self.answer.get_mut(self.received..).unwrap_or_default();
        match self.stream.read(rest) {
            Ok(0) => Err("the service closed a connection".into()),
            Ok(read) => {
                self.received += read;
                let answer = self.answer.get(..self.received).unwrap_or_default();
                if self.received > length || !is_good(answer) {
                    let answer = String::from_utf8_lossy(answer);
                    return Err(format!("not the answer with status 200: {answer}").into());
                }
                self.waiting = self.received < length;
                Ok(!self.waiting)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn is_good(answer: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.1 200 ")
}

/// One request on a connection of its own: the whole answer.
fn ask(address: SocketAddr, request: Request<'_>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut buffer = Vec::new();
    request.write_to(&mut buffer);
    stream.write_all(&buffer)?;
    let mut answer = Vec::new();
    while !is_complete(&answer) {
        let mut part = [0; 1_024];
        let read = stream.read(&mut part)?;
        if read == 0 {
            return Err("the service closed a connection without an answer".into());
        }
        answer.extend_from_slice(part.get(..read).unwrap_or_default());
    }
    Ok(answer)
}

/// The status of the answer to one request on a connection of its own.
pub fn status(address: SocketAddr, request: Request<'_>) -> Result<u16, Box<dyn Error>> {
    let answer = ask(address, request)?;
    let status = answer.get(9..12).unwrap_or_default();
    Ok(std::str::from_utf8(status)?.parse()?)
}

/// Whether head and body are there. Without `content-length` the body is empty (or chunked, which no
/// service here does).
fn is_complete(answer: &[u8]) -> bool {
    let Some((head, body)) = std::str::from_utf8(answer)
        .ok()
        .and_then(|answer| answer.split_once("\r\n\r\n"))
    else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    body.len() >= length.unwrap_or(0)
}
