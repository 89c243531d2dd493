//! Whether what a request shows is what its token is bound to.

use std::sync::Arc;

use super::confirmation::Confirmation;
use super::credentials::Credentials;
use super::dpop::{Dpop, DpopCheck};
use crate::clock::Clock;
use crate::error::{AuthConfigurationError, AuthUnavailableError, TokenInvalidReason};

/// Why a token is not accepted from this sender.
pub(crate) enum Refusal {
    Invalid(TokenInvalidReason),
    /// It cannot be decided now.
    Unavailable(AuthUnavailableError),
}

impl From<TokenInvalidReason> for Refusal {
    fn from(reason: TokenInvalidReason) -> Self {
        Self::Invalid(reason)
    }
}

/// What the tokens of one issuer must be bound to.
pub(crate) struct SenderRules {
    dpop: Option<DpopCheck>,
    /// Whether tokens that are bound to nothing are refused.
    required: bool,
    clock: Arc<dyn Clock>,
}

impl SenderRules {
    pub(crate) fn new(
        dpop: Option<Dpop>,
        required: bool,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AuthConfigurationError> {
        let dpop = dpop.map(|dpop| dpop.check(&*clock)).transpose()?;
        Ok(Self {
            dpop,
            required,
            clock,
        })
    }

    /// The algorithms of accepted proofs, separated by spaces; `None` where proofs are not checked.
    pub(crate) fn dpop_algorithms(&self) -> Option<&str> {
        self.dpop.as_ref().map(DpopCheck::algorithms)
    }

    /// Whether a token of the scheme `Bearer` that is bound to nothing can be accepted.
    pub(crate) const fn accepts_unbound(&self) -> bool {
        !self.required
    }

    /// Compares what the request shows with what its verified token is `bound` to.
    pub(crate) fn check(
        &self,
        bound: &Confirmation,
        credentials: &Credentials<'_>,
    ) -> Result<(), Refusal> {
        let refused = |what| Err(TokenInvalidReason::SenderConstraint(what).into());
        if self.required && bound.is_none() {
            return refused("is not bound to its sender, as this service demands");
        }
        match (bound.x5t_s256.as_deref(), credentials.certificate) {
            (None, _) => {}
            (Some(hash), Some(certificate)) if certificate.is(hash) => {}
            (Some(_), Some(_)) => return refused("is bound to another client certificate"),
            (Some(_), None) => {
                return refused("is bound to a client certificate, and none was presented");
            }
        }
        // The proof comes last: only then it is remembered, and worth nothing from there on.
        match (bound.jkt.as_deref(), &credentials.proof) {
            (None, None) => Ok(()),
            // Without this, a thief would send the token as if it were a bearer token (RFC 9449 §7.2).
            (Some(_), None) => {
                refused("is bound to a DPoP key; send it by the scheme DPoP, with a proof")
            }
            (None, Some(_)) => refused("is not bound to a DPoP key; send it by the scheme Bearer"),
            (Some(jkt), Some(proof)) => match &self.dpop {
                Some(dpop) => dpop.check(credentials.token, jkt, proof, &*self.clock),
                None => refused("is bound to a DPoP key, and this service takes no DPoP proofs"),
            },
        }
    }
}
