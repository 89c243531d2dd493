//! The trusted issuers, and which of them a token belongs to.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use arc_swap::ArcSwap;

use super::issuer::Issuer;
use crate::binding::Credentials;
use crate::challenge::Schemes;
use crate::context::SecurityContext;
use crate::error::{
    AuthClientError, AuthConfigurationError, AuthUnavailableError, TokenInvalidError,
    TokenInvalidReason, TokenKind,
};
use crate::jwt::{has_the_form_of_a_jws, unverified_issuer};
#[cfg(feature = "axum")]
use crate::names::Hierarchy;

/// A list that is replaced as a whole: a request keeps the issuer it began with. What an issuer remembers
/// goes with it.
#[derive(Default)]
pub(super) struct Issuers {
    /// Requests read it without a lock.
    trusted: ArcSwap<Vec<Arc<Issuer>>>,
    /// Who changes the list holds this, so that no change is lost.
    changes: Mutex<()>,
}

/// In how many memories a token is looked for, rather than in that of the issuer it names: reading its `iss`
/// takes as long as some lookups.
const FEW: usize = 8;

impl Issuers {
    pub(super) fn add(&self, issuer: Issuer) -> Result<(), AuthConfigurationError> {
        let _changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let trusted = self.trusted.load();
        if trusted.iter().any(|known| known.name == issuer.name) {
            let problem = format!(
                "`{}` is trusted already: two could not be told apart by the `iss` of a token",
                issuer.name
            );
            return Err(AuthConfigurationError::new("issuer", problem));
        }
        let opaque = |issuer: &Issuer| issuer.bearer.takes_opaque_tokens();
        if let Some(known) = trusted
            .iter()
            .find(|known| opaque(known) && opaque(&issuer))
        {
            let problem = format!(
                "`{}` has a token verifier or introspection and so has `{}`: an opaque token names no \
                 issuer, so only one of them can take it",
                known.name, issuer.name
            );
            return Err(AuthConfigurationError::new("token_verifier", problem));
        }
        let one_more = trusted.iter().cloned().chain([Arc::new(issuer)]);
        self.trusted.store(Arc::new(one_more.collect()));
        Ok(())
    }

    pub(super) fn remove(&self, name: &str) -> bool {
        let _changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let trusted = self.trusted.load();
        let others = trusted.iter().filter(|issuer| *issuer.name != *name);
        let others: Vec<_> = others.cloned().collect();
        let removed = others.len() < trusted.len();
        self.trusted.store(Arc::new(others));
        removed
    }

    pub(super) fn names(&self) -> Vec<String> {
        let trusted = self.trusted.load();
        trusted
            .iter()
            .map(|issuer| issuer.name.as_ref().into())
            .collect()
    }

    /// The issuer with exactly this name.
    pub(super) fn named(&self, name: &str) -> Option<Arc<Issuer>> {
        let trusted = self.trusted.load();
        trusted.iter().find(|issuer| *issuer.name == *name).cloned()
    }

    /// The issuer that may verify this bearer token. One alone needs no choice: it compares `iss` itself,
    /// after the signature.
    pub(super) fn of(&self, token: &str) -> Result<Arc<Issuer>, AuthClientError> {
        let refused = |reason| TokenInvalidError::new(TokenKind::Bearer, reason);
        let trusted = self.trusted.load();
        match trusted.as_slice() {
            [only] => return Ok(Arc::clone(only)),
            // The last one was distrusted.
            [] => return Err(refused(TokenInvalidReason::Issuer).into()),
            _ => {}
        }
        let longest = trusted.iter().map(|issuer| issuer.max_token_bytes);
        if token.len() > longest.max().unwrap_or_default() {
            return Err(refused(TokenInvalidReason::TooLarge).into());
        }
        let mut opaque = trusted.iter();
        if let Some(issuer) = opaque.find(|issuer| issuer.bearer.takes_opaque_tokens())
            && !has_the_form_of_a_jws(token)
        {
            return Ok(Arc::clone(issuer));
        }
        let name = unverified_issuer(token).map_err(refused)?;
        let issuer = self.named(&name);
        issuer.ok_or_else(|| refused(TokenInvalidReason::Issuer).into())
    }

    /// The caller, where one of the issuers need not wait for anything to know them.
    pub(super) fn at_hand(
        &self,
        credentials: &Credentials<'_>,
    ) -> Option<Result<SecurityContext, AuthClientError>> {
        let trusted = self.trusted.load();
        if trusted.len() > FEW {
            return self.of(credentials.token).ok()?.at_hand(credentials);
        }
        trusted
            .iter()
            .find_map(|issuer| issuer.at_hand(credentials))
    }

    /// Waits for all that requests of any issuer would wait for, at the same time.
    pub(super) async fn ready(&self, timeout: Duration) -> Result<(), AuthUnavailableError> {
        let trusted = self.trusted.load_full();
        let waits = trusted.iter().flat_map(|issuer| issuer.ready(timeout));
        let mut waits: Vec<_> = waits.collect();
        std::future::poll_fn(|context| {
            let mut failure = None;
            waits.retain_mut(|wait| match wait.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(outcome) => {
                    failure = failure.take().or(outcome.err());
                    false
                }
            });
            match failure {
                Some(failure) => Poll::Ready(Err(failure)),
                None if waits.is_empty() => Poll::Ready(Ok(())),
                None => Poll::Pending,
            }
        })
        .await
    }

    pub(super) fn accept_dpop(&self) -> bool {
        let trusted = self.trusted.load();
        trusted
            .iter()
            .any(|issuer| issuer.sender.dpop_algorithms().is_some())
    }

    #[cfg(feature = "axum")]
    pub(super) fn hierarchies(&self) -> Vec<Hierarchy> {
        let trusted = self.trusted.load();
        trusted
            .iter()
            .map(|issuer| issuer.reader.hierarchy)
            .collect()
    }

    pub(super) fn schemes(&self) -> Schemes {
        let trusted = self.trusted.load();
        let mut algorithms: Vec<_> = trusted
            .iter()
            .filter_map(|issuer| issuer.sender.dpop_algorithms())
            .flat_map(|names| names.split(' '))
            .collect();
        algorithms.sort_unstable();
        algorithms.dedup();
        Schemes {
            unbound: trusted.iter().any(|issuer| issuer.sender.accepts_unbound()),
            dpop: (!algorithms.is_empty()).then(|| algorithms.join(" ")),
        }
    }
}
