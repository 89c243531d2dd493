//! Headers that need not be read again.
//!
//! The tokens of one issuer and key all begin with the same text. A header is known once a token with it
//! was verified, so nobody fills this with what does not verify.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::compact::Header;
use crate::jwks::{KeyEdition, VerificationKey};

/// A header and the key it asks for.
pub(super) struct KnownHeader {
    /// As it stands in tokens.
    pub(super) text: Box<str>,
    pub(super) header: Header,
    pub(super) key: Arc<VerificationKey>,
    /// Of the keys among which it was found.
    pub(super) edition: KeyEdition,
}

/// The first few of the keys that there are now. An issuer signs with one or two at a time.
#[derive(Default)]
pub(super) struct KnownHeaders {
    headers: ArcSwap<Vec<Arc<KnownHeader>>>,
}

const MAX: usize = 8;

impl KnownHeaders {
    /// The header with exactly this text, if its key is still the one that it asks for.
    pub(super) fn find(&self, text: &str, now: KeyEdition) -> Option<Arc<KnownHeader>> {
        let headers = self.headers.load();
        let mut known = headers.iter();
        known
            .find(|known| known.edition == now && *known.text == *text)
            .cloned()
    }

    pub(super) fn remember(&self, header: KnownHeader) {
        let header = Arc::new(header);
        // Those of other editions go: keys have changed.
        let stays = |known: &&Arc<KnownHeader>| {
            known.edition == header.edition && known.text != header.text
        };
        if self.headers.load().iter().filter(stays).count() >= MAX {
            return;
        }
        self.headers.rcu(|headers| {
            let others = headers.iter().filter(stays).cloned();
            others.chain([Arc::clone(&header)]).collect::<Vec<_>>()
        });
    }
}
