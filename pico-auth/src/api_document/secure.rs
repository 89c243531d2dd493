//! Writes into a document what the access map says.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};

use super::operations::{all_mut, route_of};
use super::schemes::{AGENT_HEADER, Schemes};
use super::security::{Alternative, Security};
use super::words::sentence;
use crate::access_map::{AccessEntry, AccessMap};

/// The name of the schema of refusals.
const ERROR: &str = "AuthError";

/// The 401 of an operation that asks for a certain authentication.
const STEP_UP: &str = "The token is missing, expired or not valid, or the caller must authenticate anew as the \
                       challenge says (RFC 9470)";

/// The refusals of an operation: status, whether it is one of authorization, description.
pub(super) const REFUSALS: [(&str, bool, &str); 3] = [
    ("401", false, "The token is missing, expired or not valid"),
    ("403", true, "The token is valid and does not suffice"),
    (
        "503",
        false,
        "Whether the token is valid cannot be known now; try again after `Retry-After` seconds",
    ),
];

/// Says in each operation of a document what the route of the same method and path requires: its `security`,
/// its refusals (unless it describes them itself) and a last paragraph of its description. Adds the schema
/// `AuthError` where it is used and not there.
///
/// The scheme for the caller's token is the one that the document declares, for HTTP bearer tokens, OAuth 2 or
/// OpenID Connect, whatever its name. Of several it is `bearerAuth`; where there is none, `bearerAuth` is added.
/// Likewise `agentAuth` for agents.
///
/// What the document said of `security` is replaced. Operations that have no route are left alone;
/// [`check`](super::check) finds them. It can be called again with the same rules: nothing is said twice. Of
/// other rules, a description would keep what it said of the old ones: call it when all rules are there.
pub fn secure(document: &mut OpenApi, map: &AccessMap) {
    let schemes = Schemes::of(document);
    let mut uses = Uses {
        bearer: schemes.bearer(),
        agent: schemes.agent(),
        has_bearer: false,
        has_agent: false,
    };
    for (method, path, operation) in all_mut(document) {
        if let Some(entry) = route_of(map, method, path) {
            describe(operation, entry, &mut uses);
        }
    }
    if uses.has_bearer {
        let components = document.components.get_or_insert_with(Components::new);
        uses.declare(components);
    }
}

/// The schemes, each with whether it is to be declared, and which of them are used.
struct Uses {
    bearer: (String, bool),
    agent: (String, bool),
    has_bearer: bool,
    has_agent: bool,
}

fn describe(operation: &mut Operation, entry: &AccessEntry, uses: &mut Uses) {
    let security = Security::of(entry.rule());
    operation.security = Some(uses.requirements(&security));
    let description = operation.description.get_or_insert_default();
    let sentence = sentence(entry);
    if !(*description == sentence || description.ends_with(&format!("\n\n{sentence}"))) {
        if !description.is_empty() {
            description.push_str("\n\n");
        }
        description.push_str(&sentence);
    }
    if security == Security::Open {
        return;
    }
    uses.has_bearer = true;
    if let Security::OneOf(alternatives) = &security {
        uses.has_agent |= alternatives.iter().any(|one| one.agent.is_some());
    }
    for (status, description) in refusals(entry) {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(ERROR)));
            let response = ResponseBuilder::new().description(description);
            RefOr::T(
                response
                    .content("application/json", content.build())
                    .build(),
            )
        });
    }
}

/// The refusals that a route can answer with.
pub(super) fn refusals(entry: &AccessEntry) -> impl Iterator<Item = (&'static str, &'static str)> {
    use crate::access_map::AccessRule::{
        Anonymous, Authenticated, AuthenticationStrength, OptionalAuthentication,
    };
    let can_authenticate = !matches!(entry.rule(), Anonymous);
    // Where nothing but another authentication is asked for, that is what every refusal says.
    let can_forbid = !matches!(
        entry.rule(),
        Anonymous | OptionalAuthentication | Authenticated | AuthenticationStrength { .. }
    );
    let steps_up = !entry.rule().strengths().is_empty();
    REFUSALS
        .into_iter()
        .filter(move |(_, forbids, _)| {
            if *forbids {
                can_forbid
            } else {
                can_authenticate
            }
        })
        .map(move |(status, _, description)| match status {
            "401" if steps_up => (status, STEP_UP),
            _ => (status, description),
        })
}

impl Uses {
    fn requirements(&self, security: &Security) -> Vec<SecurityRequirement> {
        match security {
            Security::Open => Vec::new(),
            Security::Optional => vec![
                SecurityRequirement::default(),
                self.requirement(&Alternative::default()),
            ],
            Security::OneOf(alternatives) => alternatives
                .iter()
                .map(|alternative| self.requirement(alternative))
                .collect(),
        }
    }

    fn requirement(&self, alternative: &Alternative) -> SecurityRequirement {
        let bearer = SecurityRequirement::new(&self.bearer.0, &alternative.scopes);
        match &alternative.agent {
            Some(scopes) => bearer.add(&self.agent.0, scopes),
            None => bearer,
        }
    }

    fn declare(self, components: &mut Components) {
        if let (name, true) = self.bearer {
            let bearer = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT")
                .description(Some("The access token of the caller (RFC 6750)"));
            components.add_security_scheme(name, SecurityScheme::Http(bearer.build()));
        }
        if let ((name, true), true) = (self.agent, self.has_agent) {
            let description =
                "The token of the agent that acts for the caller: `Bearer`, a space, the token";
            let header = ApiKeyValue::with_description(AGENT_HEADER, description);
            components.add_security_scheme(name, SecurityScheme::ApiKey(ApiKey::Header(header)));
        }
        let schemas = &mut components.schemas;
        schemas.entry(ERROR.to_owned()).or_insert_with(error_schema);
    }
}

/// `{"detail": "…"}`
fn error_schema() -> RefOr<Schema> {
    let detail: Object = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("What was wrong, such as `Token has expired`"))
        .build();
    let error = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("Why the request was refused"))
        .property("detail", Schema::Object(detail))
        .required("detail");
    RefOr::T(Schema::Object(error.build()))
}
