//! The attribute macros of `pico-auth`. Use them through that crate, which re-exports them and has
//! everything that they generate code for.
//!
//! This file holds the entry points and their documentation; `attribute/mod.rs` tells how they work.

mod arguments;
mod attribute;
mod claims;
mod diagnostics;
mod documented;
mod fallback;
mod names;
mod paths;
mod testing;
#[cfg(test)]
mod tests;
mod typed;

use proc_macro::TokenStream;

use attribute::Kind;

macro_rules! rule_attributes {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)+) => {
        $(
            $(#[$doc])*
            #[proc_macro_attribute]
            pub fn $name(arguments: TokenStream, item: TokenStream) -> TokenStream {
                attribute::public(Kind::$kind, &arguments.into(), &item.into()).into()
            }
        )+
    };
}

rule_attributes! {
    /// Admits callers who have at least one of the roles.
    ///
    /// ```
    /// # use pico_auth::{AuthClientError, requires_role};
    /// #[requires_role("admin", "editor")]
    /// async fn publish(id: u64) -> Result<String, AuthClientError> {
    ///     Ok(format!("article {id} is public"))
    /// }
    /// ```
    ///
    /// Names are string literals, compared byte by byte: `Admin` is not `admin`, or variants of an enum
    /// that derives `Role`, such as `#[requires_role(AppRole::Admin)]`, where a misspelt one does not
    /// compile. To require several roles at once, write `all("admin", "editor")`, or the attribute once
    /// for each: **several attributes must all hold**, in whatever order they stand and whatever
    /// attributes of other crates stand between them.
    ///
    /// A rule that nobody can meet, that contradicts another or that is misspelt does not compile:
    ///
    /// ```compile_fail
    /// # use pico_auth::requires_role;
    /// #[requires_role("admin ")] // a role with a space at its end
    /// async fn publish(id: u64) {}
    /// ```
    ///
    /// # On an `async fn`
    ///
    /// The function becomes one that returns a future which carries the rule in its type
    /// (`SecuredFuture`). It is called and awaited as before. The rule is checked on the first poll,
    /// against the `SecurityContext` of the running request; for a refused caller, the body never
    /// runs. Arguments live as long as in a plain `async fn`.
    ///
    /// A refusal is returned as an error. A return type whose name ends in `Result` is kept, and its
    /// error needs `From<AuthClientError>`; so is `Response`. Any other type `T` becomes
    /// `Result<T, AuthClientError>`, which axum answers as it would answer `T`.
    ///
    /// # On other functions
    ///
    /// Methods and functions that are not `async` keep their signature, and the check is their first
    /// act. They must be able to return the refusal: `Result<_, E>` with `E: From<AuthClientError>`.
    ///
    /// A function that returns `Pin<Box<dyn Future>>`, `BoxFuture` or `impl Future`, and so one that
    /// `#[async_trait]` has rewritten, is checked on the first poll of that future. All of its body
    /// runs behind the check, and so its future holds the arguments that the body uses: they must
    /// live as long as the future does, and be `Send` where it is.
    ///
    /// # On an `impl` block
    ///
    /// The rule is that of every function of the block, also of those that are written tomorrow.
    ///
    /// ```
    /// # use pico_auth::{AuthClientError, allow_anonymous, requires_role, requires_scope};
    /// struct Users;
    ///
    /// #[requires_role("admin")]
    /// impl Users {
    ///     async fn list() -> Result<String, AuthClientError> {
    ///         Ok("all users".to_owned())
    ///     }
    ///
    ///     #[requires_scope("users:write")] // and the role
    ///     async fn rename(&self) -> Result<(), AuthClientError> {
    ///         Ok(())
    ///     }
    ///
    ///     #[allow_anonymous(reason = "builds the service")] // in place of the role
    ///     fn new() -> Self {
    ///         Self
    ///     }
    /// }
    /// ```
    ///
    /// `routing::get(Users::list)` takes such a function as any other. What a function says of itself is
    /// added, and both must hold. Only `#[allow_anonymous(reason = "..")]` replaces the rule of the block,
    /// for this one function, and here it has to say why.
    ///
    /// A function that cannot return the refusal and is not open does not compile, nor does a macro that
    /// is called in the block, or is an attribute of a constant or a type there, because the functions that
    /// it writes would not be seen:
    ///
    /// ```compile_fail
    /// # use pico_auth::requires_role;
    /// # struct Users;
    /// #[requires_role("admin")]
    /// impl Users {
    ///     fn new() -> Self { // return `Result<Self, AuthClientError>`, or say that it is open
    ///         Self
    ///     }
    /// }
    /// ```
    ///
    /// All attributes that require something can stand on a block, except for `when(..)` and `after`,
    /// which speak of one function. A block cannot be open as a whole: that is said function by function.
    ///
    /// A trait has no rule; each `impl` of it has its own. Its functions keep the return types that the
    /// trait gives them. **What a trait provides and the block does not write has no rule**:
    ///
    /// ```
    /// # use pico_auth::{AuthClientError, authenticated};
    /// # struct Files;
    /// trait Store {
    ///     async fn get(&self, name: &str) -> Result<String, AuthClientError>;
    /// }
    ///
    /// #[authenticated]
    /// impl Store for Files {
    ///     async fn get(&self, name: &str) -> Result<String, AuthClientError> {
    ///         Ok(name.to_owned())
    ///     }
    /// }
    /// ```
    ///
    /// # In the documentation
    ///
    /// A function with documentation gains a last paragraph, such as "**Access:** requires one of roles:
    /// `admin`". One without stays without: the paragraph would silence the lint `missing_docs`, and would
    /// take the place of what a trait says of the function.
    ///
    /// # Limits
    ///
    /// - An attribute that *drops* the attributes of a function, or *copies* its body into a function
    ///   without them, as `#[cached]` and `#[memoize]` do, would leave a body without a rule. Such
    ///   attributes are refused where they stand below the rule; above it they run first and cannot be
    ///   seen. Put them on a private function, and call that from the protected one.
    /// - On an `impl` block, an attribute that drops what the functions say of themselves is refused in the
    ///   same way, also where the rule of the block is left. A rule that was imported under another name
    ///   (`use pico_auth::requires_role as admin_only`) is not known as one, and its loss is not noticed.
    /// - An attribute on a function that drops *one of several* rules, while it leaves the one that waits below
    ///   all others, is not noticed. So write the rules of a function above its other attributes, where
    ///   nobody sees them one by one.
    /// - An attribute on a function that *writes another one* beside it, with a body of its own, leaves
    ///   that without a rule, in the block of a rule, too.
    /// - `#[axum::debug_handler]` copies the body, too, but only to check its types, and never runs the
    ///   copy. It may stand anywhere, and always comes first. It needs axum's feature `macros`.
    /// - In a body that a `macro_rules!` writes, an expression it was given (`$x:expr`) loses the
    ///   parentheses it never had, below any attribute macro: write `($x)` there. In `when(..)` and
    ///   `after = ..` this is taken care of.
    /// - A trait whose `async fn` has no receiver gives its implementations a return type; on a function of
    ///   the implementation, write it as `Result<_, E>`, or put the rule on the block. On a *provided* function without receiver, the
    ///   attribute asks every implementation for a `SecuredFuture`, that is, for a rule of its own.
    ///
    /// # Another name for the dependency
    ///
    /// Generated code begins with `::pico_auth`. A crate that renames the dependency writes
    /// `extern crate its_name as pico_auth;` at its root, or gives a path as the last argument:
    /// `#[requires_role("admin", crate = its_name)]`.
    requires_role = RequiresRole;

    /// Admits callers who are in at least one of the groups.
    ///
    /// ```
    /// # use pico_auth::requires_group;
    /// #[requires_group("finance", "audit")]
    /// async fn balance() -> u64 {
    ///     42
    /// }
    /// ```
    ///
    /// At least one group has to be named:
    ///
    /// ```compile_fail
    /// # use pico_auth::requires_group;
    /// #[requires_group]
    /// async fn balance() -> u64 {
    ///     42
    /// }
    /// ```
    ///
    /// What becomes of the function, and how rules combine, is told at `requires_role`.
    requires_group = RequiresGroup;

    /// Admits callers whose bearer token has the scope, one of `any(..)`, or every one of `all(..)`.
    ///
    /// ```
    /// # use pico_auth::requires_scope;
    /// #[requires_scope("orders:read")]
    /// async fn list() {}
    ///
    /// #[requires_scope(any("orders:write", "orders:admin"))]
    /// async fn change() {}
    ///
    /// #[requires_scope(all("orders:write", "payments:write"))]
    /// async fn pay() {}
    /// ```
    ///
    /// A granted `orders:*` covers `orders:read`, a granted `*` everything. Both readings of a bare
    /// list are common, so it does not compile:
    ///
    /// ```compile_fail
    /// # use pico_auth::requires_scope;
    /// #[requires_scope("orders:write", "payments:write")] // one of them? both?
    /// async fn pay() {}
    /// ```
    ///
    /// What becomes of the function, and how rules combine, is told at `requires_role`.
    requires_scope = RequiresScope;

    /// Admits requests in which an agent acts whose token has the scope, one of `any(..)`, or every
    /// one of `all(..)`.
    ///
    /// ```
    /// # use pico_auth::{requires_agent_scope, requires_role};
    /// #[requires_role("treasurer")] // the caller
    /// #[requires_agent_scope("treasury:read")] // the agent that acts for them
    /// async fn summary() {}
    /// ```
    ///
    /// The agent token does not stand in for the bearer token, nor the bearer token for it. A scope
    /// that no token can carry does not compile:
    ///
    /// ```compile_fail
    /// # use pico_auth::requires_agent_scope;
    /// #[requires_agent_scope("treasury:*:read")] // a wildcard in the middle matches nothing
    /// async fn summary() {}
    /// ```
    ///
    /// What becomes of the function, and how rules combine, is told at `requires_role`.
    requires_agent_scope = RequiresAgentScope;

    /// Admits callers who have authenticated in a certain way, or recently: the claims `acr` and `auth_time` of
    /// the bearer token (step-up, RFC 9470).
    ///
    /// ```
    /// # use pico_auth::{requires_authentication, requires_role};
    /// #[requires_role("treasurer")]
    /// #[requires_authentication(acr = "mfa", max_age_seconds = 300)]
    /// async fn pay() {}
    ///
    /// #[requires_authentication(acr("mfa", "phr"))] // one of them, the preferred one first
    /// async fn balance() {}
    ///
    /// #[requires_authentication(max_age_seconds = 3600)]
    /// async fn change_address() {}
    /// ```
    ///
    /// Which values `acr` has is decided by the authorization server. They are compared byte by byte, and none
    /// implies another. `auth_time` is when the caller proved who they are, not when the token was issued; the
    /// leeway of the settings is allowed for. **A token without the claim that is asked for is refused**, and so
    /// is one whose `auth_time` lies in the future.
    ///
    /// Where another authentication would make the whole rule of the function hold, the answer is 401, and its
    /// challenge tells the client what to ask the user for: `error="insufficient_user_authentication"`,
    /// `acr_values` and `max_age`. A caller who would be refused afterwards, too, for want of a role, gets 403.
    ///
    /// It asks for something, in seconds:
    ///
    /// ```compile_fail
    /// # use pico_auth::requires_authentication;
    /// #[requires_authentication(max_age = 300)]
    /// async fn pay() {}
    /// ```
    ///
    /// What becomes of the function, and how rules combine, is told at `requires_role`.
    requires_authentication = RequiresAuthentication;

    /// Admits callers who meet a rule that is put together from parts.
    ///
    /// ```
    /// # use pico_auth::{Policy, Requirement, Role, authorize};
    /// # struct Order { owner: String }
    /// #[derive(Role)]
    /// #[role(rename_all = "lowercase")]
    /// enum AppRole {
    ///     Admin,
    ///     Auditor,
    /// }
    ///
    /// #[authorize(any(role(AppRole::Admin), all(group("ops"), scope("pay:write"))))]
    /// async fn pay() {}
    ///
    /// #[authorize(any(role(AppRole::Admin), when(ctx.subject() == order.owner)))]
    /// async fn cancel(order: Order) {}
    ///
    /// const PAYMENTS: Policy = Policy::require(Requirement::any_scope(&["pay:write"]));
    ///
    /// #[authorize(not(role(AppRole::Auditor)), policy = PAYMENTS)]
    /// async fn refund() {}
    /// ```
    ///
    /// # Parts
    ///
    /// | Part | Holds where |
    /// |---|---|
    /// | `role(..)`, `group(..)` | the caller has one of the names, or every one of `all(..)` |
    /// | `scope(..)`, `agent_scope(..)` | a token has the scope, one of `any(..)`, or every one of `all(..)` |
    /// | `authentication(acr = "mfa", max_age_seconds = 300)` | the caller has authenticated so, as `requires_authentication` says |
    /// | `any(..)`, `all(..)` | one of the parts holds, all of them do |
    /// | `not(..)` | the part does not hold. A missing identity is never permission: every rule implies an authenticated caller, and `not(agent_scope(..))` an agent |
    /// | `policy = PATH` | the caller meets the [`Policy`](https://docs.rs/pico-auth/latest/pico_auth/enum.Policy.html) of this constant; beside a rule, both must hold |
    /// | `when(..)` | the expression is true |
    ///
    /// Names are string literals, or variants of an enum that derives `Role`, `Group` or `Scope`. What is
    /// built is constant data; `any()` and its like do not compile:
    ///
    /// ```compile_fail
    /// # use pico_auth::authorize;
    /// #[authorize(any())]
    /// async fn pay() {}
    /// ```
    ///
    /// # Conditions on the request
    ///
    /// `when(..)` takes an ordinary expression, a `bool` or a `Result<bool, AuthUnavailableError>`. It
    /// sees the arguments as the body does and the caller as `ctx`, a `&SecurityContext`, and may
    /// `.await` in an async function. It is evaluated when the function has its arguments, and only if
    /// the rest of the rule does not decide without it; before the arguments are extracted, only who
    /// cannot pass whatever the conditions come to is refused. The refusal does not tell the expression.
    ///
    /// It borrows: what it moves out of an argument, the body does not have. A `?` ends the function with
    /// its error, without running the body; `return` does not compile. **Do not call a macro that has a
    /// `return` inside**: this attribute cannot see it, and it would end the function with a result
    /// before the rule is decided. It cannot use a pattern of an argument under `#[async_trait]`, which
    /// binds patterns inside of the body: give such an argument a name. `ctx` cannot be the name of an
    /// argument beside it.
    ///
    /// # Conditions on the result
    ///
    /// ```
    /// # use pico_auth::{AuthClientError, authorize};
    /// # struct Order { owner: String }
    /// # async fn load(id: u64) -> Order { Order { owner: id.to_string() } }
    /// #[authorize(after = |ctx, order| order.owner == ctx.subject())]
    /// async fn order(id: u64) -> Result<Order, AuthClientError> {
    ///     Ok(load(id).await)
    /// }
    /// ```
    ///
    /// `after` sees the caller and what is about to be returned: `&T` of `Ok(T)`, where errors pass as
    /// they are, `&T` of any other type, `&Response`. Where it is false, the caller gets the refusal
    /// in place of the result. It does not see arguments that the body has taken. **The body has run by
    /// then, and whatever it did has happened**: it is for reading, not for writing.
    ///
    /// What becomes of the function, and how rules combine, is told at `requires_role`.
    authorize = Authorize;

    /// Admits every caller with a valid token.
    ///
    /// ```
    /// # use pico_auth::{AuthClientError, SecurityContext, authenticated};
    /// #[authenticated]
    /// async fn who_am_i() -> Result<String, AuthClientError> {
    ///     Ok(SecurityContext::require()?.subject().to_owned())
    /// }
    /// ```
    ///
    /// Requirements imply it, so that beside one it does not compile:
    ///
    /// ```compile_fail
    /// # use pico_auth::{authenticated, requires_role};
    /// #[authenticated]
    /// #[requires_role("admin")]
    /// async fn delete_everything() {}
    /// ```
    ///
    /// What becomes of the function, and how rules combine, is told at `requires_role`.
    authenticated = Authenticated;

    /// Admits callers without a token, and callers with a valid one. A bad token is refused by the
    /// layer that reads it, before the function is called.
    ///
    /// ```
    /// # use pico_auth::{SecurityContext, optional_authentication};
    /// #[optional_authentication]
    /// async fn greeting() -> String {
    ///     match SecurityContext::current() {
    ///         Some(caller) => format!("Hello {}", caller.subject()),
    ///         None => "Hello stranger".to_owned(),
    ///     }
    /// }
    /// ```
    ///
    /// The return type stays as it is. Beside another rule, also that of an `impl` block, it does not
    /// compile:
    ///
    /// ```compile_fail
    /// # use pico_auth::{optional_authentication, requires_role};
    /// #[optional_authentication]
    /// #[requires_role("admin")]
    /// async fn greeting() {}
    /// ```
    optional_authentication = OptionalAuthentication;

    /// Admits everybody. The token is never looked at, not even a bad one.
    ///
    /// ```
    /// # use pico_auth::allow_anonymous;
    /// #[allow_anonymous]
    /// async fn health() -> &'static str {
    ///     "ok"
    /// }
    /// ```
    ///
    /// It says that a function is open on purpose, which is why routing asks for it. The return type
    /// stays as it is. It can say why, for whoever reads the rules:
    ///
    /// ```
    /// # use pico_auth::allow_anonymous;
    /// #[allow_anonymous(reason = "load balancer probe")]
    /// async fn health() -> &'static str {
    ///     "ok"
    /// }
    /// ```
    ///
    /// The reason is a string literal, and it says something:
    ///
    /// ```compile_fail
    /// # use pico_auth::allow_anonymous;
    /// #[allow_anonymous(reason = "")]
    /// async fn health() {}
    /// ```
    ///
    /// In an `impl` block with a rule, it replaces that rule for one function, and must say why. Beside
    /// another rule of the function it does not compile:
    ///
    /// ```compile_fail
    /// # use pico_auth::{allow_anonymous, requires_role};
    /// #[allow_anonymous]
    /// #[requires_role("admin")]
    /// async fn health() {}
    /// ```
    allow_anonymous = AllowAnonymous;
}

macro_rules! derives {
    ($($(#[$doc:meta])* $derive:ident, $helper:ident, $function:ident;)+) => {
        $(
            $(#[$doc])*
            #[proc_macro_derive($derive, attributes($helper))]
            pub fn $function(item: TokenStream) -> TokenStream {
                typed::derive(typed::Kind::$derive, item.into()).into()
            }
        )+
    };
}

derives! {
    /// Makes an enum without fields the roles of an application (`TypedName`, `RoleName`).
    ///
    /// ```
    /// use pico_auth::{AuthClientError, Role, requires_role};
    ///
    /// #[derive(Debug, Clone, Copy, PartialEq, Eq, Role)]
    /// #[role(rename_all = "kebab-case")]
    /// enum AppRole {
    ///     #[role(implies(Editor))]
    ///     Admin, // "admin", who may do what an editor may, and so what a viewer may
    ///     #[role(implies(Viewer))]
    ///     Editor,
    ///     Viewer,
    ///     #[role(rename = "svc:billing")]
    ///     BillingService,
    /// }
    ///
    /// #[requires_role(AppRole::Viewer)]
    /// async fn list() -> Result<u32, AuthClientError> {
    ///     Ok(3)
    /// }
    ///
    /// const NAME: &str = AppRole::BillingService.name();
    /// assert_eq!(NAME, "svc:billing");
    /// ```
    ///
    /// # Names
    ///
    /// **Without `rename` or `rename_all`, the name is the variant as it is written**, as in serde:
    /// `Admin` is the role `Admin`, not `admin`. `rename_all` takes serde's words: `lowercase`,
    /// `UPPERCASE`, `PascalCase`, `camelCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case`,
    /// `SCREAMING-KEBAB-CASE`. Names that are only given to serde are not taken over: `#[serde(rename = ..)]` or
    /// `#[serde(rename_all = ..)]` does not compile unless it is said here, too. Nor do names that are empty
    /// or the same.
    ///
    /// `name()` is a `const fn`, for a `Policy` of your own: `Requirement::any_role(&[AppRole::Admin.name()])`.
    /// `From` makes a `String` or `&'static str` of a value, for whatever takes names:
    /// `ctx.has_role(AppRole::Admin.into())`.
    ///
    /// A field of `#[derive(Claims)]` can have it as its type: `Vec<AppRole>` refuses a token with any
    /// other role, `TypedNames<AppRole>` keeps those apart.
    ///
    /// # Hierarchy
    ///
    /// `implies(..)` names variants whose rights a role has, too, directly or through others. It holds
    /// where the context is built with it: `AuthenticatorBuilder::role_hierarchy::<AppRole>()`, in tests
    /// `SecurityContext::test(..).role_hierarchy::<AppRole>()`. A circle does not compile:
    ///
    /// ```compile_fail
    /// #[derive(pico_auth::Role)]
    /// enum AppRole {
    ///     #[role(implies(Editor))]
    ///     Admin,
    ///     #[role(implies(Admin))]
    ///     Editor,
    /// }
    /// ```
    Role, role, derive_role;

    /// Makes an enum without fields the groups of an application (`TypedName`, `GroupName`).
    ///
    /// ```
    /// use pico_auth::{Group, requires_group};
    ///
    /// #[derive(Group)]
    /// #[group(rename_all = "lowercase")]
    /// enum Team {
    ///     Finance,
    ///     Audit,
    /// }
    ///
    /// #[requires_group(Team::Finance, Team::Audit)]
    /// async fn balance() -> u64 {
    ///     42
    /// }
    /// ```
    ///
    /// A group is not a role:
    ///
    /// ```compile_fail
    /// # use pico_auth::{Group, requires_role};
    /// # #[derive(Group)]
    /// # enum Team { Finance }
    /// #[requires_role(Team::Finance)]
    /// async fn balance() {}
    /// ```
    ///
    /// Names are told at `Role`.
    Group, group, derive_group;

    /// Makes an enum without fields the scopes of an application (`TypedName`, `ScopeName`), of the
    /// bearer token and of agents' tokens.
    ///
    /// ```
    /// use pico_auth::{Scope, requires_scope};
    ///
    /// #[derive(Scope)]
    /// enum AppScope {
    ///     #[scope(rename = "orders:read")]
    ///     ReadOrders,
    ///     #[scope(rename = "orders:write")]
    ///     WriteOrders,
    /// }
    ///
    /// #[requires_scope(all(AppScope::ReadOrders, AppScope::WriteOrders))]
    /// async fn change() {}
    /// ```
    ///
    /// A scope that no token can carry does not compile:
    ///
    /// ```compile_fail
    /// #[derive(pico_auth::Scope)]
    /// enum AppScope {
    ///     #[scope(rename = "orders read")]
    ///     ReadOrders,
    /// }
    /// ```
    ///
    /// Names are told at `Role`.
    Scope, scope, derive_scope;
}

/// Runs a test as a caller (feature `test-kit`).
///
/// ```
/// # use pico_auth::{AuthClientError, requires_role};
/// #[requires_role("editor")]
/// async fn publish(id: u64) -> Result<String, AuthClientError> {
///     Ok(format!("article {id} is public"))
/// }
///
/// #[pico_auth::test(subject = "u1", roles("editor"))]
/// async fn editors_publish() {
///     assert_eq!(publish(7).await.unwrap(), "article 7 is public");
/// }
///
/// #[pico_auth::test(subject = "u2", roles("viewer"))]
/// async fn viewers_do_not() {
///     let refusal = publish(7).await.unwrap_err();
///     assert_eq!(refusal.to_string(), "Requires one of roles: ['editor']");
/// }
/// ```
///
/// The body runs inside of the context that `SecurityContext::test` makes, so that
/// `SecurityContext::current()` and the rules of the functions it calls see this caller. There is no token
/// and no request: a service with its routes is tested by `TestIssuer`. What a test spawns does not inherit
/// the context, as in a request, unless this attribute stands [below that of another
/// runtime](#beside-other-attributes).
///
/// # Arguments
///
/// | Argument | The caller |
/// |---|---|
/// | `subject = "u1"` | is called so; mandatory |
/// | `roles("admin", AppRole::Editor)` | has these roles: string literals, or variants of an enum that derives `Role` |
/// | `groups("staff")`, `scopes("orders:read")` | is in these groups, has these scopes of the bearer token |
/// | `agent(subject = "bot", scopes("orders:*"))` | is acted for by this agent |
/// | `role_hierarchy = AppRole` | has what the roles imply, too, as with an authenticator that was told so |
/// | `crate = path` | pico-auth under another name |
///
/// What is not listed is not granted. Claims are given by `SecurityContext::test(..)` inside of a plain test.
/// A misspelt word, or a caller who is nobody, does not compile:
///
/// ```compile_fail
/// #[pico_auth::test(roles("admin"))] // whose?
/// fn nobody() {}
/// ```
///
/// # Beside other attributes
///
/// Alone, it adds the standard `#[test]`, and runs an async function on tokio's current-thread runtime with
/// all drivers that are compiled in. Beside `#[tokio::test]`, `#[rstest]` and other attributes that make a
/// test, above or below them, it adds the context and nothing else. `#[should_panic]`, `#[ignore]`, `#[cfg]`
/// and functions that return a `Result` do what they always do.
///
/// **Put it above attributes that start a runtime of their own**, such as `#[sqlx::test]` and
/// `#[actix_web::test]`. Below them it sees only the sync function that they have written, and which part of
/// that is the test is known of `#[tokio::test]` alone: all of the function runs in the context then, with the
/// runtime, and a task that the test spawns on the same thread sees the caller, too.
///
/// Leave out the standard `#[test]`, or put it below: one that stands above has already run, so that the
/// test would be listed twice.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    testing::test(&arguments.into(), &item.into()).into()
}

/// What every rule attribute becomes, below all other attributes of its function.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __rule(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::rule(&arguments.into(), &item.into()).into()
}

/// What a rule attribute becomes behind those that only check types.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __checked(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::checked(&arguments.into(), &item.into()).into()
}

/// The type that `#[utoipa::path]` writes beside the function of this path.
#[doc(hidden)]
#[proc_macro]
pub fn path_of(path: TokenStream) -> TokenStream {
    documented::path_of(path.into()).into()
}

/// Reads the claims of a token into a struct, and says where roles, groups and scopes are.
///
/// ```
/// # use std::time::SystemTime;
/// use pico_auth::Claims;
///
/// #[derive(Claims)]
/// struct MyClaims {
///     /// The claim `tenant`, a string. It must be there.
///     tenant: String,
///     /// The roles of the caller, in place of the claim `role`: all of both places.
///     #[claim(roles, default)]
///     #[claim(path = "realm_access.roles", path = "resource_access.\"my.client\".roles")]
///     roles: Vec<String>,
///     /// A numeric date that may be absent.
///     auth_time: Option<SystemTime>,
/// }
/// ```
///
/// `Authenticator::typed::<MyClaims>(settings)` reads it from every bearer token;
/// `SecurityContext::claims::<MyClaims>()` and the extractor `Claims<MyClaims>` have it. A token that
/// does not fit is refused with a `TokenInvalidError` that names the claim, never its value.
///
/// # Words on a field
///
/// | `#[claim(..)]` | The field |
/// |---|---|
/// | nothing | is the claim of its own name |
/// | `rename = ".."` | is the claim of this name; a dot is part of the name |
/// | `path = ".."` | is inside objects: segments between dots, one with a dot in it in quotes. Given several times: a list of what stands at all places |
/// | `subject` | is the caller's subject; from `sub`, unless `path` says otherwise. Not empty |
/// | `roles`, `groups` | grants these; from the claim of this name, unless `path` says otherwise. Any number of fields |
/// | `scopes` | grants these; from `scope`, unless `path` says otherwise; a space-separated string, unless `forms` says otherwise |
/// | `forms(array, string, space_separated)` | is a list, accepted in the named forms only. `string` is a list of one |
/// | `default`, `default = path` | may be absent: `Default::default()`, or what the function returns |
/// | `deserialize` | is read by serde's `Deserialize`, for types that are no `ClaimValue` |
/// | `flatten` | is a struct with `#[derive(Claims)]`, read from the same place; what it grants is granted |
/// | `validate = path` | must pass a function `fn(&T) -> Result<(), &'static str>`; `&str` will do for a `String`, a slice for a `Vec` |
///
/// A type says which JSON it reads: see `ClaimValue`. Nothing is converted: without `forms`, a `Vec`
/// reads an array and a `String` a string. `null` is absence, and a claim that is absent is an error
/// unless the field is an `Option` or has a `default`. A struct that is a field without `flatten` is read
/// from an object, and cannot grant anything:
///
/// ```compile_fail
/// use pico_auth::{Claims, ClaimError, FromClaims, RawClaims};
///
/// #[derive(Claims)]
/// struct Access {
///     #[claim(roles)] // nobody would ask here
///     roles: Vec<String>,
/// }
///
/// #[derive(Claims)]
/// struct MyClaims {
///     realm_access: Access, // write `#[claim(roles, path = "realm_access.roles")]`
/// }
///
/// fn read(claims: &RawClaims) -> Result<MyClaims, ClaimError> {
///     MyClaims::from_claims(claims)
/// }
/// # fn main() { let _ = read(&RawClaims::new()); }
/// ```
///
/// Two subjects, one of them in a flattened struct, do not compile either:
///
/// ```compile_fail
/// use pico_auth::{Claims, FromClaims};
///
/// #[derive(Claims)]
/// struct Person {
///     #[claim(subject, path = "oid")]
///     id: String,
/// }
///
/// #[derive(Claims)]
/// struct MyClaims {
///     #[claim(subject, path = "email")]
///     email: String,
///     #[claim(flatten)]
///     person: Person,
/// }
/// # fn main() { let _ = MyClaims::NAMED; }
/// ```
///
/// # Words on the struct
///
/// `#[claims(validate = path)]` checks all fields together, by `fn(&Self) -> Result<(), &'static str>`.
/// A validator's message reaches the caller; because it is `&'static str`, it cannot repeat a value of
/// the token. `#[claims(crate = path)]` is for a renamed dependency.
///
/// # Why it stands alone
///
/// It does not need serde's `Deserialize`, and does not look at serde's attributes: there is one
/// reader, which is strict, and one set of words. With two derives on a struct, each `rename`,
/// `default` or `flatten` would have to be said twice, and where the two disagreed, the roles would come
/// from another place than the field of the same name; serde's errors also repeat what they read.
/// (Deriving `Deserialize` for other purposes does no harm.)
///
/// A misspelt word does not compile, nor does a path that no claim can have:
///
/// ```compile_fail
/// use pico_auth::Claims;
///
/// #[derive(Claims)]
/// struct MyClaims {
///     #[claim(role)] // write `roles`
///     roles: Vec<String>,
/// }
/// ```
#[proc_macro_derive(Claims, attributes(claim, claims))]
pub fn claims_derive(item: TokenStream) -> TokenStream {
    claims::derive(item.into()).into()
}
