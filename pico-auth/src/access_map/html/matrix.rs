//! The table of routes and roles.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::escape::{breakable, escaped};
use crate::access_map::{AccessMap, AccessRule, EVERY_METHOD, FALLBACK, RoleAccess, WhoCan};
use crate::error::Permission;

/// How many routes may stand together without a look at the next part of their paths.
const MANY: usize = 24;

impl AccessMap {
    pub(super) fn write_matrix(&self, page: &mut String) {
        let roles = self.roles();
        page.push_str("<thead>\n<tr><th scope=\"col\" class=\"route\">Route</th>");
        for role in &roles {
            let role = escaped(role);
            // Writing to a string never fails; so here and below.
            let _ = write!(
                page,
                "<th scope=\"col\" class=\"role\"><span>{role}</span></th>"
            );
        }
        page.push_str(
            "<th scope=\"col\" class=\"rule\">Who may call it</th>\
             <th scope=\"col\" class=\"code\">Handler and source</th></tr>\n</thead>\n",
        );
        let names = Names::of(self);
        for (group, routes) in grouped(self.access().collect(), 1) {
            let _ = write!(
                page,
                "<tbody>\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\"><span>{}</span></th></tr>\n",
                roles.len() + 3,
                breakable(&group),
            );
            for route in routes {
                route.write_row(&roles, &names, page);
            }
            page.push_str("</tbody>\n");
        }
    }
}

/// The groups and scopes that rules name: rows tell theirs by number.
pub(super) struct Names<'m> {
    pub(super) groups: Vec<&'m str>,
    pub(super) scopes: Vec<&'m str>,
    pub(super) agent_scopes: Vec<&'m str>,
}

impl<'m> Names<'m> {
    pub(super) fn of(map: &'m AccessMap) -> Self {
        let all = |of| {
            let names = map
                .entries()
                .iter()
                .flat_map(|entry| entry.rule().names(of));
            let mut names: Vec<&str> = names.collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        Self {
            groups: all(Permission::Group),
            scopes: all(Permission::Scope),
            agent_scopes: all(Permission::AgentScope),
        }
    }
}

/// The numbers of the names that a rule has, counted from `first`.
fn numbers(all: &[&str], rule: &AccessRule, of: Permission, first: usize) -> Vec<String> {
    let own = rule.names(of);
    let numbered = all.iter().enumerate();
    numbered
        .filter(|(_, name)| own.contains(**name))
        .map(|(number, _)| (number + first).to_string())
        .collect()
}

impl WhoCan<'_> {
    fn write_row(&self, roles: &[&str], names: &Names<'_>, page: &mut String) {
        let entry = self.entry();
        let rule = entry.rule();
        let groups = numbers(&names.groups, rule, Permission::Group, 1);
        let mut scopes = numbers(&names.scopes, rule, Permission::Scope, 1);
        let after = names.scopes.len() + 1;
        scopes.extend(numbers(
            &names.agent_scopes,
            rule,
            Permission::AgentScope,
            after,
        ));
        let _ = write!(
            page,
            "<tr data-groups=\"{}\" data-scopes=\"{}\"{}{}><th scope=\"row\">",
            groups.join(" "),
            scopes.join(" "),
            flag(rule.admits_everybody(), " data-open"),
            flag(rule.depends_on_request(), " data-request"),
        );
        match (entry.method(), entry.path()) {
            (_, FALLBACK) => page.push_str("any other path"),
            (method, path) => {
                let method = if method == EVERY_METHOD {
                    "every"
                } else {
                    method
                };
                let (method, path) = (escaped(method), breakable(path));
                let _ = write!(
                    page,
                    "<span class=\"method\">{method}</span> <code>{path}</code>"
                );
            }
        }
        page.push_str("</th>");
        for role in roles {
            let (class, word) = cell(self.with_role(role));
            let _ = write!(page, "<td class=\"{class}\"><span>{word}</span></td>");
        }
        self.write_rule(page);
        let handler = breakable(entry.handler());
        let _ = write!(page, "<td class=\"code\"><code>{handler}</code>");
        if let Some(source) = entry.source() {
            let source = breakable(source);
            let _ = write!(page, " <code class=\"source\">{source}</code>");
        }
        page.push_str("</td></tr>\n");
    }

    fn write_rule(&self, page: &mut String) {
        let entry = self.entry();
        let rule = escaped(&entry.rule().to_string()).into_owned();
        let _ = write!(page, "<td class=\"rule\">{rule}");
        match (entry.rule(), entry.reason()) {
            (_, Some(reason)) => {
                let reason = escaped(reason);
                let _ = write!(page, " <span class=\"reason\">{reason}</span>");
            }
            (AccessRule::Anonymous, None) => {
                page.push_str(" <span class=\"tag warn\">no reason given</span>");
            }
            _ => {}
        }
        if entry.rule().depends_on_request() {
            page.push_str(" <span class=\"tag\">depends on the request</span>");
        }
        page.push_str("</td>");
    }
}

/// The class of a cell, which gives it a colour and a sign, and its word.
pub(super) const fn cell(access: RoleAccess) -> (&'static str, &'static str) {
    match access {
        RoleAccess::Anonymous => ("open", "everybody"),
        RoleAccess::Admitted => ("yes", "admitted"),
        RoleAccess::Possible => ("if", "perhaps"),
        RoleAccess::Refused => ("no", "refused"),
    }
}

const fn flag(is_set: bool, attribute: &'static str) -> &'static str {
    if is_set { attribute } else { "" }
}

/// The routes by the beginnings of their paths: by as many parts as it takes to have no large groups.
fn grouped(routes: Vec<WhoCan<'_>>, depth: usize) -> Vec<(String, Vec<WhoCan<'_>>)> {
    let mut groups: BTreeMap<String, Vec<WhoCan<'_>>> = BTreeMap::new();
    for route in routes {
        let path = route.entry().path();
        groups
            .entry(beginning(path, depth))
            .or_default()
            .push(route);
    }
    let mut fine = Vec::new();
    for (group, routes) in groups {
        let is_whole = |route: &WhoCan<'_>| beginning(route.entry().path(), depth + 1) == group;
        if routes.len() <= MANY || routes.iter().all(is_whole) {
            fine.push((group, routes));
        } else {
            fine.extend(grouped(routes, depth + 1));
        }
    }
    fine
}

/// The first parts of a path that are the same for each request.
fn beginning(path: &str, depth: usize) -> String {
    if path == FALLBACK {
        // After every path: these begin with `/`.
        return "any other path".to_owned();
    }
    let parts = path.split('/').skip(1).take(depth);
    let fixed = parts.take_while(|part| !part.contains('{'));
    let beginning: String = fixed.flat_map(|part| ["/", part]).collect();
    if beginning.is_empty() {
        "/".to_owned()
    } else {
        beginning
    }
}
