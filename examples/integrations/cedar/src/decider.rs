//! Cedar as a [`PolicyDecider`]: the principal comes from the security context, the action from the
//! attribute, the resource from the function's arguments.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, Request, RestrictedExpression,
};
use pico_auth::{PolicyDecider, SecurityContext};

type BoxError = Box<dyn Error + Send + Sync>;

/// What the policies speak of.
#[derive(Debug, Clone)]
pub struct Document {
    pub id: String,
    pub owner: String,
    pub public: bool,
    pub locked: bool,
}

/// Cedar, embedded: the policies were parsed once, and no server is asked.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
}

impl Cedar {
    /// Parses the policies.
    pub fn new(policies: &str) -> Result<Self, BoxError> {
        Ok(Self {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_str(policies)?,
        })
    }
}

impl PolicyDecider<Document> for Cedar {
    async fn decide(
        &self,
        caller: &SecurityContext,
        action: &str,
        document: &Document,
    ) -> Result<bool, BoxError> {
        let principal = principal(caller)?;
        let resource = resource(document)?;
        let action = uid("Action", action)?;
        let request = Request::new(
            principal.uid(),
            action,
            resource.uid(),
            Context::empty(),
            None,
        )?;
        let entities = Entities::from_entities([principal, resource], None)?;
        let answer = self
            .authorizer
            .is_authorized(&request, &self.policies, &entities);
        // Cedar skips a policy that it cannot evaluate, also one that forbids. Here that is a failure.
        if let Some(error) = answer.diagnostics().errors().next() {
            return Err(error.to_string().into());
        }
        Ok(answer.decision() == Decision::Allow)
    }
}

/// `User::"<subject>"`, a member of `Role::"<role>"` for each of the caller's roles.
fn principal(caller: &SecurityContext) -> Result<Entity, BoxError> {
    let roles: HashSet<EntityUid> = caller
        .effective_roles()
        .map(|role| uid("Role", role))
        .collect::<Result<_, _>>()?;
    Ok(Entity::new(
        uid("User", caller.subject())?,
        HashMap::new(),
        roles,
    )?)
}

fn resource(document: &Document) -> Result<Entity, BoxError> {
    let owner = RestrictedExpression::new_entity_uid(uid("User", &document.owner)?);
    let attributes = HashMap::from([
        ("owner".to_owned(), owner),
        (
            "public".to_owned(),
            RestrictedExpression::new_bool(document.public),
        ),
        (
            "locked".to_owned(),
            RestrictedExpression::new_bool(document.locked),
        ),
    ]);
    Ok(Entity::new(
        uid("Document", &document.id)?,
        attributes,
        HashSet::new(),
    )?)
}

/// An id may hold anything: it is never parsed as Cedar's language.
fn uid(kind: &str, id: &str) -> Result<EntityUid, BoxError> {
    Ok(EntityUid::from_type_name_and_id(
        EntityTypeName::from_str(kind)?,
        EntityId::new(id),
    ))
}
