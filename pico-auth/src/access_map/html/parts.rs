//! What stands around the table: numbers, findings, filters, roles.

use std::fmt::Write;

use super::escape::escaped;
use super::matrix::Names;
use crate::access_map::{AccessEntry, AccessMap, AccessRule, RoleAccess};

/// How many findings are shown without being asked for.
const FEW: usize = 6;

impl AccessMap {
    pub(super) fn write_summary(&self, page: &mut String) {
        let count = |is: &dyn Fn(&AccessRule) -> bool| {
            let rules = self.entries().iter().map(AccessEntry::rule);
            rules.filter(|rule| is(rule)).count()
        };
        let open = count(&AccessRule::admits_everybody);
        let any_token = count(&|rule| *rule == AccessRule::Authenticated);
        let unexplained = self
            .entries()
            .iter()
            .filter(|entry| *entry.rule() == AccessRule::Anonymous && entry.reason().is_none());
        for (number, label, class) in [
            (self.entries().len(), "routes", ""),
            (self.roles().len(), "roles", ""),
            (open, "open to everybody", "open"),
            (unexplained.count(), "open without a reason", "warn"),
            (any_token, "any valid token", ""),
            (
                self.entries().len() - open - any_token,
                "roles, groups, scopes or conditions",
                "",
            ),
            (
                count(&AccessRule::depends_on_request),
                "depend on the request",
                "",
            ),
        ] {
            let class = if number == 0 { "" } else { class };
            // Writing to a string never fails; so here and below.
            let _ = writeln!(
                page,
                "<div class=\"{class}\"><dt>{label}</dt><dd>{number}</dd></div>"
            );
        }
    }

    pub(super) fn write_findings(&self, page: &mut String) {
        let findings = self.lint();
        if findings.is_empty() {
            page.push_str("<p>Nothing that is probably a mistake was found.</p>\n");
            return;
        }
        let open = if findings.len() <= FEW { " open" } else { "" };
        let (number, s) = match findings.len() {
            1 => (1, ""),
            number => (number, "s"),
        };
        let _ = writeln!(
            page,
            "<details{open}><summary>{number} finding{s}: probably mistakes</summary>\n<ul>"
        );
        for finding in findings {
            let _ = writeln!(page, "<li>{}</li>", with_code(&finding.to_string()));
        }
        page.push_str("</ul></details>\n");
    }

    pub(super) fn write_filters(&self, page: &mut String) {
        let roles = self.roles();
        select(page, "role", "Role may call", &[("", "", &roles)]);
        let names = Names::of(self);
        select(
            page,
            "group",
            "Rule names group",
            &[("", "", &names.groups)],
        );
        let scopes: [(&str, &str, &[&str]); 2] = [
            ("bearer token", "", &names.scopes),
            ("agent token", "agent ", &names.agent_scopes),
        ];
        select(page, "scope", "Rule names scope", &scopes);
    }

    pub(super) fn write_roles(&self, page: &mut String) {
        for role in self.roles() {
            let routes = |wanted| {
                let all = self.access();
                all.filter(|access| access.with_role(role) == wanted)
                    .count()
            };
            let implied: Vec<_> = self.implied_by(role).map(escaped).collect();
            let _ = writeln!(
                page,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"number\">{}</td>\
                 <td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
                escaped(role),
                implied.join(", "),
                routes(RoleAccess::Admitted),
                routes(RoleAccess::Possible),
                routes(RoleAccess::Refused),
            );
        }
    }
}

/// Text whose code stands between backticks.
fn with_code(text: &str) -> String {
    let mut html = String::new();
    for (i, part) in text.split('`').enumerate() {
        let part = escaped(part);
        if i % 2 == 0 {
            html.push_str(&part);
        } else {
            let _ = write!(html, "<code>{part}</code>");
        }
    }
    html
}

/// A choice of one name, where there are any: groups of names, each with a label and what stands before the
/// names in the page's address.
fn select(page: &mut String, id: &str, label: &str, groups: &[(&str, &str, &[&str])]) {
    if groups.iter().all(|(_, _, names)| names.is_empty()) {
        return;
    }
    let _ = write!(
        page,
        "<label>{label} <select id=\"{id}\"><option value=\"\">any</option>"
    );
    for (group, prefix, names) in groups {
        if names.is_empty() {
            continue;
        }
        if !group.is_empty() {
            let _ = write!(page, "<optgroup label=\"{group}\">");
        }
        for name in *names {
            let name = escaped(name);
            let _ = write!(page, "<option value=\"{prefix}{name}\">{name}</option>");
        }
        if !group.is_empty() {
            page.push_str("</optgroup>");
        }
    }
    page.push_str("</select></label>\n");
}
