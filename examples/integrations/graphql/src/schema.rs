//! The schema. Who may ask for a field stands above its resolver.

use async_graphql::{EmptySubscription, Object, Result, Schema};
use pico_auth::{
    AuthUnavailableError, Dependency, SecurityContext, allow_anonymous, authenticated, authorize,
    requires_role, requires_scope,
};

use crate::refusals::Refusals;

pub type Blog = Schema<Query, Mutation, EmptySubscription>;

pub fn blog() -> Blog {
    Schema::build(Query, Mutation, EmptySubscription)
        .extension(Refusals)
        .finish()
}

pub struct Query;

/// Every field needs a valid token, also one that is added later, unless it says why not.
#[authenticated]
#[Object]
impl Query {
    /// `?` on an error of pico-auth works in every resolver.
    async fn me(&self) -> Result<String> {
        Ok(SecurityContext::require()?.subject().to_owned())
    }

    #[allow_anonymous(reason = "the blog is public")]
    async fn article(&self, id: u32) -> Result<Option<Article>> {
        Ok((id < 10).then_some(Article { id }))
    }

    /// The decision is made elsewhere, and cannot be had now.
    #[authorize(when(statistics_are_shared()))]
    async fn visitors(&self) -> Result<u32> {
        Ok(12)
    }
}

fn statistics_are_shared() -> std::result::Result<bool, AuthUnavailableError> {
    Err(AuthUnavailableError::new(Dependency::ExternalDecision))
}

pub struct Article {
    id: u32,
}

#[Object]
impl Article {
    #[allow_anonymous]
    async fn title(&self) -> String {
        format!("Article {}", self.id)
    }

    /// Nullable: who may not read it gets the rest of the article.
    #[requires_role("editor")]
    async fn notes(&self) -> Result<Option<String>> {
        Ok(Some(format!("notes on {}", self.id)))
    }

    #[requires_role("editor")]
    #[requires_scope("drafts:read")]
    async fn drafts(&self) -> Result<Vec<Draft>> {
        Ok(vec![Draft])
    }
}

/// Reached only through its article, and ruled all the same.
pub struct Draft;

#[authenticated]
#[Object]
impl Draft {
    async fn text(&self) -> Result<String> {
        Ok("To be continued".to_owned())
    }

    #[requires_role("chief-editor")]
    async fn fee(&self) -> Result<u32> {
        Ok(100)
    }
}

pub struct Mutation;

#[authenticated]
#[Object]
impl Mutation {
    #[requires_role("editor", "chief-editor")]
    async fn publish(&self, id: u32) -> Result<String> {
        Ok(format!("{id} is published"))
    }

    #[requires_role("chief-editor")]
    async fn delete(&self, id: u32) -> Result<String> {
        Ok(format!("{id} is gone"))
    }
}
