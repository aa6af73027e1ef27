//! Where a service listens.
//!
//! Whoever must say an address before the service begins, as the demonstration does, listens there from then on and
//! hands the listener over; nobody else can take the address in between.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

/// Listeners that are open already, by address.
#[derive(Debug, Default)]
pub(crate) struct Listening(Mutex<BTreeMap<SocketAddr, TcpListener>>);

impl Listening {
    /// Listens at an address of this machine that nobody has.
    pub(crate) fn anywhere(&self) -> Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(address, listener);
        Ok(address)
    }

    /// The listener at an address: the one that is open, or a new one.
    pub(crate) async fn at(&self, address: SocketAddr) -> Result<tokio::net::TcpListener> {
        let open = {
            let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            open.remove(&address)
        };
        let listener = match open {
            Some(open) => tokio::net::TcpListener::from_std(open),
            None => tokio::net::TcpListener::bind(address).await,
        };
        listener.with_context(|| format!("cannot listen at {address}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_was_said_is_nobody_elses_until_it_is_served() {
        let listening = Listening::default();
        let address = listening.anywhere().unwrap();
        let taken = Listening::default().at(address).await.unwrap_err();
        assert!(taken.to_string().contains(&address.to_string()));
        let served = listening.at(address).await.unwrap();
        assert_eq!(served.local_addr().unwrap(), address);
        // It is handed over once.
        listening.at(address).await.unwrap_err();
        drop(served);
        listening.at(address).await.unwrap();
    }
}
