//! Paths of routes: random ones that axum takes together, requests for them, and which of them a
//! request matches.

use std::collections::BTreeMap;

use super::random::Random;

/// What axum makes of the path of a nested router and that of its route.
pub(crate) fn joined(prefix: &str, path: &str) -> String {
    match (prefix, path) {
        ("", path) => path.to_owned(),
        (prefix, "/") => prefix.to_owned(),
        (prefix, path) if prefix.ends_with('/') => format!("{prefix}{}", &path[1..]),
        (prefix, path) => format!("{prefix}{path}"),
    }
}

/// A random path, of a route or (`is_prefix`) of a nested router.
pub(crate) fn random_path(random: &mut Random, is_prefix: bool) -> String {
    let mut path = String::new();
    for _ in 0..random.below(3) + usize::from(is_prefix) {
        path.push('/');
        path.push_str(random.one_of(&[
            "a", "b", "a", "ab", "abc", "A", "x.y", "q{{1}}", "{id}", "{id}", "{name}", "a{x}",
            "ab{y}",
        ]));
    }
    match random.below(8) {
        0 if !is_prefix => path.push_str("/{*rest}"),
        1 if !is_prefix => path.push_str("/a{*rest}"),
        2 | 3 if !path.is_empty() => path.push('/'),
        _ => {}
    }
    if path.is_empty() {
        path.push('/');
    }
    path
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'p> {
    Text(char),
    Parameter(&'p str),
    Rest(&'p str),
}

fn parts(path: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut left = path;
    while let Some(c) = left.chars().next() {
        let hole = left.strip_prefix('{').filter(|_| !left.starts_with("{{"));
        if let Some((name, after)) = hole.and_then(|hole| hole.split_once('}')) {
            parts.push(match name.strip_prefix('*') {
                Some(name) => Part::Rest(name),
                None => Part::Parameter(name),
            });
            left = after;
        } else {
            let written = if matches!(c, '{' | '}') { 2 } else { 1 };
            parts.push(Part::Text(c));
            left = &left[written..];
        }
    }
    parts
}

/// The paths of an application so far, so that there is no start-up panic.
#[derive(Default, Clone)]
pub(crate) struct Paths {
    /// By the path without its names: how it was written, and its methods.
    taken: BTreeMap<String, (String, u16)>,
    /// At which place there is what kind of hole.
    holes: BTreeMap<String, bool>,
}

/// All nine methods, and the others.
pub(crate) const EVERY: u16 = 1 << 9;

impl Paths {
    /// Takes the methods of a path, those that are free; `exclusive`: all or none.
    pub(crate) fn take(&mut self, path: &str, methods: u16, exclusive: bool) -> u16 {
        let mut plain = String::new();
        let mut holes = Vec::new();
        for part in parts(path) {
            match part {
                Part::Text(c) => plain.push(c),
                Part::Parameter(_) => {
                    holes.push((plain.clone(), false));
                    plain.push('\u{1}');
                }
                Part::Rest(_) => {
                    holes.push((plain.clone(), true));
                    plain.push('\u{2}');
                }
            }
        }
        let other_hole = |(place, rest): &(String, bool)| {
            self.holes.get(place).is_some_and(|taken| taken != rest)
        };
        if holes.iter().any(other_hole) {
            return 0;
        }
        let free = match self.taken.get(&plain) {
            None => methods,
            Some(_) if exclusive => 0,
            Some((written, _)) if written != path => 0,
            Some((_, taken)) => methods & !taken,
        };
        if free == 0 {
            return 0;
        }
        self.holes.extend(holes);
        let taken = self.taken.entry(plain);
        let (_, taken) = taken.or_insert_with(|| (path.to_owned(), 0));
        *taken |= if exclusive { u16::MAX } else { free };
        free
    }
}

/// Of several paths the one that a request for `target` matches: text before holes, from left to right.
pub(crate) fn matching<'p>(paths: impl Iterator<Item = &'p str>, target: &str) -> Option<&'p str> {
    let matches = paths.filter_map(|path| Some((holes_of(path, target)?, path)));
    matches.max().map(|(_, path)| path)
}

pub(crate) fn is_match(path: &str, target: &str) -> bool {
    holes_of(path, target).is_some()
}

/// Where the holes of the path begin in a target that it matches, and the end of all.
fn holes_of(path: &str, target: &str) -> Option<Vec<usize>> {
    let mut holes = Vec::new();
    let mut at = 0;
    let parts = parts(path);
    for (i, part) in parts.iter().enumerate() {
        let left = &target[at..];
        match part {
            Part::Text(c) => {
                left.strip_prefix(*c)?;
                at += 1;
            }
            Part::Parameter(_) => {
                holes.push(at);
                let end = left.find('/').unwrap_or(left.len());
                // Only in the middle can it be empty.
                if end == 0 && i + 1 == parts.len() {
                    return None;
                }
                at += end;
            }
            Part::Rest(_) => {
                holes.push(at);
                if left.is_empty() {
                    return None;
                }
                at = target.len();
            }
        }
    }
    holes.push(usize::MAX);
    (at == target.len()).then_some(holes)
}

/// A random target that probably matches the path.
pub(crate) fn filled(path: &str, random: &mut Random) -> String {
    let mut target = String::new();
    for part in parts(path) {
        match part {
            Part::Text(c) => target.push(c),
            Part::Parameter(_) => target.push_str(random.one_of(&[
                "a", "b", "ab", "abc", "1", "x.y", "A", "%61", "a%2Fb", "q{1}", "..",
            ])),
            Part::Rest(_) => target
                .push_str(random.one_of(&["a", "a/b", "/", "1/2/", "ab/1", "%2e%2e/a", "b//a"])),
        }
    }
    if random.one_in(8) {
        match random.below(6) {
            0 => target.push('/'),
            1 => target.push_str("/a"),
            2 => target.push('b'),
            3 => target.insert(0, '/'),
            4 => target = target.to_uppercase(),
            _ => target.truncate(target.trim_end_matches('/').rfind('/').unwrap_or(0).max(1)),
        }
    }
    target
}
