//! What the documentation of a function says of its rule.

use quote::quote;
use syn::parse::Parser;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use crate::attribute::model::{Kind, Name, Names, Quantifier, Requirement, Rule, Strength};
use crate::diagnostics::readable;

/// A paragraph at the end of the documentation, where there is one. A function without stays without:
/// the line would silence `missing_docs`, and take the place of what a trait says of the function.
pub(super) fn paragraph(rules: &[Rule], attributes: &[Attribute]) -> Vec<Attribute> {
    let docs: Vec<&Expr> = attributes.iter().filter_map(documentation).collect();
    let text: Vec<String> = docs.iter().filter_map(|doc| text(doc)).collect();
    let lines = || text.iter().flat_map(|text| text.lines());
    if docs.is_empty() || ends_in_code(lines()) {
        return Vec::new();
    }
    // As far to the right as the rest: rustdoc moves all of it to the left together.
    let written = lines().filter(|line| !line.trim().is_empty());
    let indent = written.map(indent).min().unwrap_or(0);
    let text = format!("{:indent$}**Access:** {}", "", access(rules));
    let paragraph = quote!(#[doc = ""] #[doc = #text]);
    Attribute::parse_outer.parse2(paragraph).unwrap_or_default()
}

fn documentation(attribute: &Attribute) -> Option<&Expr> {
    match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => Some(&doc.value),
        _ => None,
    }
}

/// The text, if it is written here.
fn text(doc: &Expr) -> Option<String> {
    match doc {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

fn indent(line: &str) -> usize {
    line.chars().take_while(|c| matches!(c, ' ' | '\t')).count()
}

/// Whether the end is inside of an example, of which a line of text would be a part.
fn ends_in_code<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    let mut open = None;
    for line in lines.map(str::trim) {
        let fence = ["```", "~~~"].into_iter().find(|it| line.starts_with(it));
        open = match (open, fence) {
            (None, fence) => fence,
            (Some(open), _) if line.starts_with(open) => None,
            (open, _) => open,
        };
    }
    open.is_some()
}

/// Who is admitted.
fn access(rules: &[Rule]) -> String {
    let requirements: Vec<String> = rules
        .iter()
        .flat_map(|rule| &rule.requirements)
        .map(required)
        .collect();
    let mut text = match (rules, &requirements[..]) {
        ([rule], []) if rule.kind == Kind::AllowAnonymous => {
            let reason = rule.reason.as_ref();
            let reason = reason.map(|reason| format!(" ({})", plain(&reason.value())));
            "everybody; the token is not looked at".to_owned() + &reason.unwrap_or_default()
        }
        ([rule], []) if rule.kind == Kind::OptionalAuthentication => {
            "a valid token, if one is sent".to_owned()
        }
        (_, []) => "any valid token".to_owned(),
        (_, [one]) => format!("requires {one}"),
        (_, several) => format!("requires all of ({})", several.join("; ")),
    };
    if rules.iter().any(|rule| rule.after.is_some()) {
        text += ", and a condition on the result";
    }
    text
}

/// A requirement, in the words of a refusal (`RequiredPermissions`).
fn required(requirement: &Requirement) -> String {
    let list = |parts: &[Requirement]| {
        let parts: Vec<String> = parts.iter().map(required).collect();
        parts.join("; ")
    };
    match requirement {
        Requirement::Names(names) => named(names),
        Requirement::Any(parts) => format!("any of ({})", list(parts)),
        Requirement::All(parts) => format!("all of ({})", list(parts)),
        Requirement::Not(part) => format!("not ({})", required(part)),
        Requirement::Authentication(strength) => authentication(strength),
        Requirement::Policy(path) => format!("the policy {}", code(&readable(path))),
        Requirement::When(_) => "a condition on the request".to_owned(),
    }
}

fn authentication(strength: &Strength) -> String {
    let values: Vec<String> = strength
        .acr_values
        .iter()
        .map(|value| code(&value.value()))
        .collect();
    let class = if values.is_empty() {
        String::new()
    } else {
        format!(" with one of acr values: {}", values.join(", "))
    };
    let age = strength.max_age_seconds;
    let age = age.map(|seconds| format!(" within the last {seconds} seconds"));
    format!("authentication{class}{}", age.unwrap_or_default())
}

fn named(names: &Names) -> String {
    let quantifier = match names.quantifier {
        Quantifier::Any => "one",
        Quantifier::All => "all",
    };
    let list: Vec<String> = names.list.iter().map(name).collect();
    format!(
        "{quantifier} of {}s: {}",
        names.kind.noun(),
        list.join(", ")
    )
}

fn name(name: &Name) -> String {
    match name {
        Name::Literal(literal) => code(&literal.value()),
        Name::Path(path) => code(&readable(path)),
    }
}

/// The text as code, in which only backticks mean something: it stands between more of them than are
/// inside.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // Of a space at both ends, one each belongs to the fence.
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// The text as text, whatever Markdown would make of it: no link, no tag, no emphasis.
fn plain(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.trim().chars() {
        if c.is_ascii_punctuation() && !matches!(c, ',' | '.' | ';' | '?') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{code, plain};

    #[test]
    fn markdown_in_a_name_or_a_reason_is_not_understood() {
        for (name, expected) in [
            ("admin", "`admin`"),
            ("<b>[x](y)*_", "`<b>[x](y)*_`"),
            ("a`b", "`` a`b ``"),
            ("``", "``` `` ```"),
        ] {
            assert_eq!(code(name), expected);
        }
        assert_eq!(plain("load balancer, probe."), "load balancer, probe.");
        assert_eq!(
            plain("<b> [a](http://x) `c` *d_ &amp; \\"),
            r"\<b\> \[a\]\(http\:\/\/x\) \`c\` \*d\_ \&amp; \\"
        );
    }
}
