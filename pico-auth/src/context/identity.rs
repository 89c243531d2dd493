//! What the bearer token alone says of the caller.

use std::any::Any;
use std::sync::Arc;

use crate::claims::{Names, TokenClaims, TypedClaims};

/// The claims of the bearer token, also as a type of the application where one is read.
pub(crate) struct Identity {
    pub(crate) claims: TokenClaims,
    pub(crate) typed: Option<TypedClaims>,
}

impl Identity {
    /// The claim `sub`, unless the claims type names another.
    pub(crate) fn subject(&self) -> &str {
        let typed = self.typed.as_ref();
        let decided = typed.and_then(|typed| typed.decided.subject.as_deref());
        decided.unwrap_or_else(|| self.claims.sub())
    }

    /// The roles, if the claims type decides them.
    pub(crate) fn roles(&self) -> Option<&Names> {
        self.typed.as_ref()?.decided.roles.as_ref()
    }

    pub(crate) fn groups(&self) -> &Names {
        let typed = self.typed.as_ref();
        let decided = typed.and_then(|typed| typed.decided.groups.as_ref());
        decided.unwrap_or_else(|| self.claims.group_names())
    }

    pub(crate) fn scopes(&self) -> &Names {
        let typed = self.typed.as_ref();
        let decided = typed.and_then(|typed| typed.decided.scopes.as_ref());
        decided.unwrap_or_else(|| self.claims.scope_names())
    }

    /// The claims as `C`, be it the application's type or [`TokenClaims`].
    pub(crate) fn claims<C: Any>(&self) -> Option<&C> {
        let typed = self.typed.as_ref();
        typed
            .and_then(|typed| typed.claims.downcast_ref())
            .or_else(|| (&self.claims as &dyn Any).downcast_ref())
    }

    /// The same, to keep.
    pub(crate) fn shared_claims<C: Any + Send + Sync>(&self) -> Option<Arc<C>> {
        if let Some(typed) = &self.typed
            && let Ok(claims) = Arc::downcast(Arc::clone(&typed.claims))
        {
            return Some(claims);
        }
        let claims: Arc<dyn Any + Send + Sync> = Arc::new(self.claims.clone());
        claims.downcast().ok()
    }
}
