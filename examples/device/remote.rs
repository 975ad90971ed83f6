//! Devices of other machines.

use std::net::{TcpStream, ToSocketAddrs};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use burn::tensor::Device;
use burn::tensor::remote::{ConnectError, RemoteHost};

use burn_extras::remote::send_formulas;

use super::servers::Servers;
use super::token;
use crate::problem::Problem;

/// How long a server may take to answer a call.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server as it is named on the command line: `ws://HOST:PORT`.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// `HOST:PORT`.
    address: String,
}

impl Server {
    /// The servers of a list.
    pub fn parse_all(list: &str) -> Result<Vec<Self>, Problem> {
        let mut servers = Vec::new();
        for name in list.split(',') {
            let server = Self::parse(name.trim())?;
            if servers.contains(&server) {
                return Err(Problem(format!("--device {list}: {name} is there twice")));
            }
            servers.push(server);
        }
        Ok(servers)
    }

    fn parse(name: &str) -> Result<Self, Problem> {
        let address = name.strip_prefix("ws://").unwrap_or_default();
        let address = address.trim_end_matches('/');
        let port = address.rsplit_once(':').map(|(host, port)| {
            let is_host = !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']);
            is_host.then(|| port.parse::<u16>().ok()).flatten()
        });
        match port.flatten() {
            Some(1..) => Ok(Self {
                address: address.to_string(),
            }),
            _ => Err(Problem(format!(
                "--device {name}: expected a server as ws://HOST:PORT"
            ))),
        }
    }

    /// Its device, once it lets this program in.
    pub fn connect(&self, how: &Servers) -> Result<Device, Problem> {
        // Burn would call for a quarter of a minute.
        self.call()
            .map_err(|why| Problem(format!("--device {self}: no server answers there: {why}")))?;
        let mut host = RemoteHost::websocket(&self.to_string());
        let token = token::given(how.token.as_deref())?;
        if let Some(token) = &token {
            host = host.with_credential(token);
        }
        let connected = Device::remote_options(&host).init();
        let device = connected.map_err(|error| self.refused(&error, token.is_some()))?;
        if !how.composed {
            send_formulas(&device);
        }
        Ok(device)
    }

    fn refused(&self, error: &ConnectError, has_token: bool) -> Problem {
        let why = match (error, has_token) {
            (ConnectError::Unauthorized, true) => "the server does not take this token".into(),
            (ConnectError::Unauthorized, false) => {
                format!("the server wants a token: --token, or {}", token::VARIABLE)
            }
            (ConnectError::IncompatibleProtocol { .. }, _) => {
                format!("{error}: build both with the same Burn")
            }
            // It is not a server of Burn's.
            (ConnectError::Handshake { .. } | ConnectError::Unreachable { .. }, _) => {
                "what answers there is no server of Burn's".into()
            }
            (error, _) => error.to_string(),
        };
        Problem(format!("--device {self}: {why}"))
    }

    fn call(&self) -> Result<(), String> {
        let addresses = self.address.to_socket_addrs();
        let mut why = "the name has no address".to_string();
        for address in addresses.map_err(|error| error.to_string())? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(_) => return Ok(()),
                Err(error) => why = error.to_string(),
            }
        }
        Err(why)
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ws://{}", self.address)
    }
}

/// What ended the work on servers, in a line.
pub fn ended(servers: &[Server]) -> String {
    let gone = servers.iter().filter(|server| server.call().is_err());
    let gone: Vec<String> = gone.map(Server::to_string).collect();
    match gone[..] {
        [] => "a server ended the session: its log says why".to_string(),
        [ref one] => format!("{one} is gone"),
        [..] => format!("{} are gone", gone.join(" and ")),
    }
}

/// Does what computes on servers. Where one of them does not answer, Burn panics, and here is a line.
pub fn watched<T>(
    servers: &[Server],
    work: impl FnOnce() -> Result<T, Problem>,
) -> Result<T, Problem> {
    if servers.is_empty() {
        return work();
    }
    // For the rest of the program: Burn's threads panic as well, some of them later.
    panic::set_hook(Box::new(|_| {}));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Problem(ended(servers))))
}
