//! The access map of a router: its endpoints, with their paths in full and their rules together.

use std::borrow::Cow;

use axum::routing::MethodFilter;

use super::endpoint::{Endpoint, Methods};
use super::protected_resource::served;
use super::router::SecureRouter;
use super::steps::Step;
use crate::access_map::{AccessEntry, AccessMap, AccessRule, EVERY_METHOD, FALLBACK, NOT_FOUND};

/// The methods of a filter, by their names.
const METHODS: [(MethodFilter, &str); 9] = [
    (MethodFilter::GET, "GET"),
    (MethodFilter::HEAD, "HEAD"),
    (MethodFilter::POST, "POST"),
    (MethodFilter::PUT, "PUT"),
    (MethodFilter::PATCH, "PATCH"),
    (MethodFilter::DELETE, "DELETE"),
    (MethodFilter::OPTIONS, "OPTIONS"),
    (MethodFilter::TRACE, "TRACE"),
    (MethodFilter::CONNECT, "CONNECT"),
];

pub(super) fn map<S: Clone + Send + Sync + 'static>(router: &SecureRouter<S>) -> AccessMap {
    let mut entries = Vec::new();
    collect(router.steps(), "", &mut entries);
    for metadata in served(router.steps()) {
        for endpoint in metadata.methods::<S>().endpoints() {
            entries.extend(of_endpoint(endpoint, metadata.path()));
        }
    }
    if !entries.iter().any(|entry| entry.path() == FALLBACK) {
        entries.push(AccessEntry::new(
            EVERY_METHOD,
            FALLBACK,
            AccessRule::Authenticated,
            NOT_FOUND,
        ));
    }
    AccessMap::new(entries)
}

fn collect<S: Clone + Send + Sync + 'static>(
    steps: &[Step<S>],
    prefix: &str,
    entries: &mut Vec<AccessEntry>,
) {
    for step in steps {
        match step {
            Step::Route { path, methods } => {
                let path = nested(prefix, path);
                for endpoint in methods.endpoints() {
                    entries.extend(of_endpoint(endpoint, &path));
                }
            }
            Step::NestService { path, endpoint } => {
                for path in of_service(&nested(prefix, path)) {
                    entries.extend(of_endpoint(endpoint, &path));
                }
            }
            Step::Nest { path, router } => {
                collect(router.steps(), &nested(prefix, path), entries);
            }
            Step::Merge { router } => collect(router.steps(), prefix, entries),
            Step::Fallback { endpoint } => {
                // The last one counts.
                entries.retain(|entry| entry.path() != FALLBACK);
                entries.extend(of_endpoint(endpoint, FALLBACK));
            }
            Step::Layer(_) | Step::AccessMap(_) | Step::Metadata(_) => {}
        }
    }
}

fn of_endpoint<S>(endpoint: &Endpoint<S>, path: &str) -> impl Iterator<Item = AccessEntry> {
    let names: Vec<&str> = match endpoint.methods() {
        Methods::Every => vec![EVERY_METHOD],
        Methods::Some(filter) => {
            let methods = METHODS.iter();
            let named = methods.filter(|(method, _)| filter.or(*method) == filter);
            named.map(|(_, name)| *name).collect()
        }
    };
    let rule = endpoint.rule();
    let access = AccessRule::of(rule, endpoint.required());
    // A reason says why a function is open; one that a router closes needs none.
    let reason = rule
        .reason()
        .filter(|_| access.admits_everybody() || !rule.policy().admits_everybody());
    let handler = match rule.module_path() {
        "" => rule.name().to_owned(),
        module => format!("{module}::{}", rule.name()),
    };
    names.into_iter().map(move |method| {
        AccessEntry::new(method, path, access.clone(), &*handler)
            .with_reason(reason)
            .at(rule.file(), rule.line())
    })
}

/// The paths of a service nested at this one, as axum routes it: itself, with a slash, and all below.
fn of_service(path: &str) -> Vec<String> {
    let slash = if path.ends_with('/') { "" } else { "/" };
    let mut paths = vec![format!("{path}{slash}"), format!("{path}{slash}{{*rest}}")];
    if !slash.is_empty() {
        paths.push(path.to_owned());
    }
    paths
}

/// As axum joins the path of a nested router and that of its route.
pub(super) fn nested<'p>(prefix: &str, path: &'p str) -> Cow<'p, str> {
    if prefix.is_empty() {
        path.into()
    } else if prefix.ends_with('/') {
        format!("{prefix}{}", path.trim_start_matches('/')).into()
    } else if path == "/" {
        prefix.to_owned().into()
    } else {
        format!("{prefix}{path}").into()
    }
}
