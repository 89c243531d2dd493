//! The attribute macros of `pico-auth`. Use them through that crate, which re-exports them and has
//! everything that they generate code for.
//!
//! This file holds the entry points and their documentation; [`attribute`] tells how they work.

mod attribute;
mod diagnostics;
mod fallback;
mod names;
mod paths;

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
    /// Role.
    requires_role = RequiresRole;
    /// Group.
    requires_group = RequiresGroup;
    /// Scope.
    requires_scope = RequiresScope;
    /// Agent scope.
    requires_agent_scope = RequiresAgentScope;
    /// Authenticated.
    authenticated = Authenticated;
    /// Optional.
    optional_authentication = OptionalAuthentication;
    /// Anonymous.
    allow_anonymous = AllowAnonymous;
}

/// What every rule attribute becomes, below all other attributes of its function.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __rule(arguments: TokenStream, item: TokenStream) -> TokenStream {
    attribute::rule(&arguments.into(), &item.into()).into()
}
