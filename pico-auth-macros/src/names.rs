//! Names: of roles, groups and scopes as the user writes them, and of what the macros generate.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::attribute::{Kind, Name};

/// The type that stands for the rule of a function.
pub(crate) const RULE_TYPE: &str = "__PicoAuthRule";

/// Where generated words are resolved: in the edition of this crate, seen by the user's code.
pub(crate) fn generated() -> Span {
    Span::call_site()
}

/// Where the compiler shall report what is wrong with generated code: at tokens of the user. Only the
/// place is theirs, the meaning of the code stays that of [`generated`].
pub(crate) struct Place {
    begin: Span,
    end: Span,
}

impl Place {
    pub(crate) fn of(tokens: impl ToTokens) -> Self {
        let mut spans = tokens.into_token_stream().into_iter().map(|t| t.span());
        let begin = spans.next().unwrap_or_else(generated);
        let end = spans.last().unwrap_or(begin);
        Self {
            begin: generated().located_at(begin),
            end: generated().located_at(end),
        }
    }

    /// Where it begins, with the meaning of generated code.
    pub(crate) fn begin(&self) -> Span {
        self.begin
    }

    /// Puts the first of the tokens at the begin of the place and the last at its end. What is nested
    /// in groups stays where it is.
    pub(crate) fn spread(&self, tokens: TokenStream) -> TokenStream {
        let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for token in &mut tokens {
            token.set_span(self.begin);
        }
        if let Some(last) = tokens.last_mut() {
            last.set_span(self.end);
        }
        tokens.into_iter().collect()
    }
}

/// A generated word that means the same wherever it stands: part of a path, the rule's type.
pub(crate) fn word(name: &str) -> Ident {
    Ident::new(name, generated())
}

/// A generated variable. The user's code cannot see it, whatever it calls its own.
pub(crate) fn variable(name: &str) -> Ident {
    Ident::new(&format!("__pico_auth_{name}"), Span::mixed_site())
}

/// A name as a constant, of a type that must be one of this kind.
pub(crate) fn value(kind: Kind, private: &TokenStream, name: &Name) -> TokenStream {
    let path = match name {
        Name::Literal(literal) => return literal.to_token_stream(),
        Name::Path(path) => path,
    };
    let is_named = word(if kind.is_scope() {
        "scope"
    } else {
        kind.noun()
    });
    // What is no name is reported at the path, and by nothing but `is_named`.
    let reference = Place::of(path).spread(quote!(&));
    quote! {
        const {
            #[allow(unused_imports)]
            use #private::Unnamed as _;
            #private::#is_named(#reference #path);
            #path.name()
        }
    }
}

/// What is wrong with `name` as a name of this kind, and what to do.
pub(crate) fn mistake(kind: Kind, name: &str) -> Option<String> {
    let noun = kind.noun();
    if name.is_empty() {
        return Some(format!(
            "this {noun} has an empty name, which nobody can have: write the name"
        ));
    }
    let trimmed = name.trim();
    if trimmed.is_empty() {
        return Some(format!(
            "this {noun} has a blank name, which nobody should have: write the name"
        ));
    }
    if trimmed != name {
        return Some(format!(
            "names are compared byte by byte, and this one begins or ends with white space: \
             write {trimmed:?}"
        ));
    }
    if kind.is_scope() {
        return scope_mistake(name);
    }
    name.chars().find(|c| c.is_control()).map(|c| {
        format!("a {noun} name with the control character {c:?} matches no sane token: remove it")
    })
}

/// The same of a name that a caller is given, where nothing is required.
pub(crate) fn mistake_of_granted(kind: Kind, name: &str) -> Option<String> {
    if kind.is_scope() && name.trim() == name {
        if name.contains(' ') {
            let scopes: Vec<String> = name.split_whitespace().map(|s| format!("{s:?}")).collect();
            return Some(format!(
                "a scope contains no space (RFC 6749 §3.3), so these are {} scopes: write `{}`",
                scopes.len(),
                scopes.join(", ")
            ));
        }
        if has_misplaced_wildcard(name) {
            return Some(
                "`*` is a wildcard only as the last part of a scope (`a:b:*`) or alone; anywhere \
                 else it covers nothing: write the scopes one by one"
                    .to_owned(),
            );
        }
    }
    mistake(kind, name)
}

/// What is wrong with a class of authentication, and what to do. A challenge lists several with spaces between
/// them, in quotes (RFC 9470 §3).
pub(crate) fn acr_mistake(value: &str) -> Option<String> {
    if value.trim().is_empty() {
        return Some(
            "this class of authentication has no name, so nobody could pass: write the name"
                .to_owned(),
        );
    }
    if value.contains(char::is_whitespace) {
        let parts: Vec<String> = value.split_whitespace().map(|s| format!("{s:?}")).collect();
        return Some(format!(
            "a class of authentication contains no space: write `acr({})` if these are several, one of which \
             suffices",
            parts.join(", ")
        ));
    }
    let refused = value.chars().find(|c| !is_in_quotes(*c))?;
    Some(format!(
        "no challenge can name this class of authentication: {refused:?} is not allowed in one (RFC 9470 §3), \
         only printable ASCII without space, `\"` and `\\`"
    ))
}

/// Whether it can stand in quotes as it is, in a list with spaces: RFC 6749 §3.3.
const fn is_in_quotes(c: char) -> bool {
    matches!(c, '\x21' | '\x23'..='\x5B' | '\x5D'..='\x7E')
}

/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`, RFC 6749 §3.3.
fn scope_mistake(scope: &str) -> Option<String> {
    if scope.contains(' ') {
        let parts: Vec<String> = scope.split_whitespace().map(|s| format!("{s:?}")).collect();
        let list = parts.join(", ");
        return Some(format!(
            "a scope contains no space (RFC 6749 §3.3), so these are {} scopes: write \
             `all({list})` if the caller needs every one, `any({list})` if one suffices",
            parts.len()
        ));
    }
    if let Some(c) = scope.chars().find(|c| !is_in_quotes(*c)) {
        return Some(format!(
            "no token can carry this scope: {c:?} is not allowed in one (RFC 6749 §3.3), only \
             printable ASCII without space, `\"` and `\\`"
        ));
    }
    if has_misplaced_wildcard(scope) {
        return Some(
            "`*` is a wildcard only as the last part of a scope (`a:b:*`) or alone; anywhere else \
             it matches nothing: name the scopes in `any(..)` or `all(..)` instead"
                .to_owned(),
        );
    }
    None
}

fn has_misplaced_wildcard(scope: &str) -> bool {
    let before_last_part = scope.rsplit_once(':').map_or("", |(before, _)| before);
    let last_part = scope.rsplit(':').next().unwrap_or(scope);
    before_last_part.contains('*') || (last_part.contains('*') && last_part != "*")
}
