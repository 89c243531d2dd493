//! An access map as one HTML page that needs nothing else: no network, no server.
//!
//! All of it is written here, escaped; the script only hides rows, so that the page reads and prints without
//! it.

mod csp;
mod escape;
mod matrix;
mod parts;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use self::csp::policy_of;
use self::escape::escaped;
use super::AccessMap;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

impl AccessMap {
    /// The map as an HTML page for people who audit: a matrix of routes and roles, with the rule, the handler
    /// and the source of each route, what [`lint`](Self::lint) found, and filters by text, role, group and
    /// scope.
    ///
    /// It is one file without anything from outside, readable in a light or dark scheme and on paper. The
    /// page carries a `Content-Security-Policy` that lets its own script and style run and nothing else.
    ///
    /// ```
    /// # use pico_auth::SecureRouter;
    /// # let router: SecureRouter = SecureRouter::new();
    /// let page = router.access_map().to_html("Access map of the orders service");
    /// assert!(page.starts_with("<!doctype html>"));
    /// // std::fs::write("access-map.html", page)?;
    /// ```
    pub fn to_html(&self, title: &str) -> String {
        let (style, script) = (inlined(STYLE), inlined(SCRIPT));
        filled(PAGE, |name, page| match name {
            "title" => page.push_str(&escaped(title)),
            "csp" => page.push_str(&policy_of(&style, &script)),
            "style" => page.push_str(&style),
            "script" => page.push_str(&script),
            "version" => page.push_str(env!("CARGO_PKG_VERSION")),
            "summary" => self.write_summary(page),
            "findings" => self.write_findings(page),
            "filters" => self.write_filters(page),
            "matrix" => self.write_matrix(page),
            "roles" => self.write_roles(page),
            _ => {}
        })
    }
}

/// The policy for the header of a page: what its own policy says, and that no other page may frame it, which
/// only a header can say.
pub(crate) fn content_security_policy() -> String {
    let own = policy_of(&inlined(STYLE), &inlined(SCRIPT));
    format!("{own}; frame-ancestors 'none'")
}

/// As a browser reads it, whose hash must be the same: a checkout may have turned the line breaks.
fn inlined(text: &'static str) -> Cow<'static, str> {
    if text.contains('\r') {
        text.replace("\r\n", "\n").into()
    } else {
        text.into()
    }
}

/// The template with what belongs to its `{{name}}`. What is put in is not looked at again.
fn filled(template: &str, mut put: impl FnMut(&str, &mut String)) -> String {
    let mut parts = template.split("{{");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or((part, ""));
        put(name, &mut page);
        page.push_str(rest);
    }
    page
}
