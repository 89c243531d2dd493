//! The operations of a document, by their methods.

use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, PathItem};

use crate::access_map::{AccessEntry, AccessMap, unnamed};

fn of_item(item: &PathItem) -> impl Iterator<Item = (&str, &Operation)> {
    let own = [
        ("GET", &item.get),
        ("PUT", &item.put),
        ("POST", &item.post),
        ("DELETE", &item.delete),
        ("OPTIONS", &item.options),
        ("HEAD", &item.head),
        ("PATCH", &item.patch),
        ("TRACE", &item.trace),
        ("QUERY", &item.query),
    ];
    let own = own.into_iter();
    // Of OpenAPI 3.2.
    let more = item.additional_operations.iter();
    own.filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
        .chain(more.map(|(method, operation)| (method.as_str(), operation)))
}

fn of_item_mut(item: &mut PathItem) -> impl Iterator<Item = (&str, &mut Operation)> {
    let own = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("OPTIONS", &mut item.options),
        ("HEAD", &mut item.head),
        ("PATCH", &mut item.patch),
        ("TRACE", &mut item.trace),
        ("QUERY", &mut item.query),
    ];
    let own = own.into_iter();
    let more = item.additional_operations.iter_mut();
    own.filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
        .chain(more.map(|(method, operation)| (method.as_str(), operation)))
}

/// Every operation with its method and path.
pub(super) fn all(document: &OpenApi) -> impl Iterator<Item = (&str, &str, &Operation)> {
    let items = document.paths.paths.iter();
    items.flat_map(|(path, item)| {
        of_item(item).map(move |(method, operation)| (method, path.as_str(), operation))
    })
}

/// The same, to be changed.
pub(super) fn all_mut(
    document: &mut OpenApi,
) -> impl Iterator<Item = (&str, &str, &mut Operation)> {
    let items = document.paths.paths.iter_mut();
    items.flat_map(|(path, item)| {
        of_item_mut(item).map(move |(method, operation)| (method, path.as_str(), operation))
    })
}

/// The route that answers an operation: names of parameters may differ.
pub(super) fn route_of<'m>(
    map: &'m AccessMap,
    method: &str,
    path: &str,
) -> Option<&'m AccessEntry> {
    let asked = unnamed(path);
    let exactly = |entry: &AccessEntry| unnamed(entry.path()) == asked;
    let as_documented = |entry: &AccessEntry| unnamed(&documented(entry.path())) == asked;
    map.answering(method, exactly)
        .or_else(|| map.answering(method, as_documented))
}

/// A path of the router as it stands in a document, where a parameter for the rest is one as any other.
pub(crate) fn documented(path: &str) -> String {
    path.replace("{*", "{")
}
