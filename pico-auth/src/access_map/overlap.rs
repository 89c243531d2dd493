//! Which routes a request matches, as axum's router decides: it prefers text to holes, from left to right, and
//! looks at the method only then.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::query::answering;
use super::{AccessEntry, FALLBACK};

/// The paths of a map.
pub(crate) struct Paths<'m>(Vec<Path<'m>>);

impl<'m> Paths<'m> {
    pub(crate) fn of(entries: &'m [AccessEntry]) -> Self {
        let mut paths: BTreeMap<&str, Vec<&AccessEntry>> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| *entry.path != *FALLBACK) {
            paths.entry(&entry.path).or_default().push(entry);
        }
        let paths = paths.into_iter().map(|(path, entries)| Path {
            parts: parts(path),
            entries,
        });
        Self(paths.collect())
    }

    pub(crate) fn tree(&self) -> Tree<'_, 'm> {
        let mut tree = Tree::default();
        for path in &self.0 {
            tree.insert(&path.parts, path);
        }
        tree
    }

    /// The pairs of entries of which the router takes the first for requests that match both paths.
    pub(super) fn overlaps(&self) -> Vec<(&'m AccessEntry, &'m AccessEntry)> {
        let tree = self.tree();
        let mut pairs = Vec::new();
        for path in &self.0 {
            let mut others = Vec::new();
            tree.matching(&path.parts, &mut others);
            for other in others.into_iter().filter(|other| path.beats(other)) {
                pairs.extend(path.shared(other));
            }
        }
        pairs
    }
}

/// What answers where a path is not routed any more.
pub(super) enum Instead<'m> {
    /// An entry of another path that matches, if it has the method.
    Path(Option<&'m AccessEntry>),
    /// What answers where no path matches.
    Fallback,
}

/// One path, and its entries.
struct Path<'m> {
    parts: Vec<Part>,
    entries: Vec<&'m AccessEntry>,
}

impl<'m> Path<'m> {
    /// Whether it has text where the other one has a hole, at the first difference.
    fn beats(&self, other: &Self) -> bool {
        let mut pairs = self.parts.iter().zip(&other.parts);
        let difference = pairs.find(|(one, other)| one != other);
        difference.is_some_and(|(one, other)| match (one.hole, other.hole) {
            (Hole::None, _) => true,
            (_, Hole::None) => false,
            _ => one.text.len() > other.text.len(),
        })
    }

    /// The entries that a method leads to in both paths.
    fn shared(&self, other: &Self) -> Vec<(&'m AccessEntry, &'m AccessEntry)> {
        let mut shared = Vec::new();
        let both = self.entries.iter().chain(&other.entries);
        let methods = both.map(|entry| &*entry.method);
        for method in methods.chain(["HEAD"]) {
            if let (Some(one), Some(other)) = (self.answering(method), other.answering(method)) {
                let pair = (one, other);
                if !shared.contains(&pair) {
                    shared.push(pair);
                }
            }
        }
        shared
    }

    fn answering(&self, method: &str) -> Option<&'m AccessEntry> {
        let of = |method: &str| self.entries.iter().find(|entry| *entry.method == *method);
        answering(method, |method| of(method).copied())
    }
}

/// What stands between two slashes: text, and perhaps a hole behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    text: String,
    hole: Hole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hole {
    None,
    /// `{id}`
    Segment,
    /// `{*rest}`
    Rest,
}

impl Part {
    const fn text(text: String) -> Self {
        let hole = Hole::None;
        Self { text, hole }
    }

    /// Something that it matches, and no text of a route is likely to be.
    fn filled(mut self) -> Self {
        if self.hole != Hole::None {
            self.text.push('\u{e000}');
        }
        Self::text(self.text)
    }
}

/// A map may come from a file, so that the tree of its paths needs a bound: what is left of a longer one is
/// one part.
const MOST_PARTS: usize = 100;

fn parts(path: &str) -> Vec<Part> {
    path.splitn(MOST_PARTS, '/').skip(1).map(part).collect()
}

fn part(segment: &str) -> Part {
    let mut text = String::new();
    let mut characters = segment.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            // Braces that are text are written twice.
            ('{', Some('{')) | ('}', Some('}')) => {
                characters.next();
            }
            ('{', next) => {
                let hole = if next == Some(&'*') {
                    Hole::Rest
                } else {
                    Hole::Segment
                };
                return Part { text, hole };
            }
            _ => {}
        }
        text.push(character);
    }
    Part::text(text)
}

/// Paths by their parts.
#[derive(Default)]
pub(crate) struct Tree<'t, 'm> {
    here: Option<&'t Path<'m>>,
    texts: BTreeMap<&'t str, Tree<'t, 'm>>,
    /// By the text in front of the hole.
    holes: BTreeMap<&'t str, Tree<'t, 'm>>,
    rests: BTreeMap<&'t str, &'t Path<'m>>,
}

impl<'t, 'm> Tree<'t, 'm> {
    /// The path, as it was routed, to which the router leads requests for this one.
    #[cfg(feature = "test-kit")]
    pub(crate) fn reached(&self, path: &str) -> Option<&'m str> {
        let segments = path.split('/').skip(1).map(str::to_owned);
        let path = self.best(&segments.map(Part::text).collect::<Vec<_>>())?;
        path.entries.first().map(|entry| &*entry.path)
    }

    /// What a request for `entry` of another map comes to in this one.
    pub(super) fn instead_of(&self, entry: &AccessEntry) -> Instead<'m> {
        let filled = parts(&entry.path).into_iter().map(Part::filled);
        match self.best(&filled.collect::<Vec<_>>()) {
            Some(path) => Instead::Path(path.answering(&entry.method)),
            None => Instead::Fallback,
        }
    }

    fn best(&self, parts: &[Part]) -> Option<&'t Path<'m>> {
        let mut matching = Vec::new();
        self.matching(parts, &mut matching);
        let matching = matching.into_iter();
        matching.reduce(|best, path| if path.beats(best) { path } else { best })
    }

    fn insert(&mut self, parts: &'t [Part], path: &'t Path<'m>) {
        let Some((part, others)) = parts.split_first() else {
            self.here = Some(path);
            return;
        };
        let children = match part.hole {
            Hole::None => &mut self.texts,
            Hole::Segment => &mut self.holes,
            Hole::Rest => {
                self.rests.insert(&part.text, path);
                return;
            }
        };
        children.entry(&part.text).or_default().insert(others, path);
    }

    /// The paths that match some of what these parts match, themselves included.
    fn matching(&self, parts: &[Part], found: &mut Vec<&'t Path<'m>>) {
        let Some((part, others)) = parts.split_first() else {
            found.extend(self.here);
            return;
        };
        let text = &*part.text;
        // A hole can be empty only where something follows.
        let fills = |text: &str, hole: &str| {
            text.starts_with(hole) && (text.len() > hole.len() || !others.is_empty())
        };
        let touches = |one: &str| one.starts_with(text) || text.starts_with(one);
        match part.hole {
            Hole::None => {
                if let Some(tree) = self.texts.get(text) {
                    tree.matching(others, found);
                }
                for (hole, tree) in &self.holes {
                    if fills(text, hole) {
                        tree.matching(others, found);
                    }
                }
                let rests = self.rests.iter().filter(|(rest, _)| fills(text, rest));
                found.extend(rests.map(|(_, path)| *path));
            }
            Hole::Segment => {
                for (other, tree) in self.texts_from(text) {
                    if fills(other, text) {
                        tree.matching(others, found);
                    }
                }
                for (hole, tree) in &self.holes {
                    if touches(hole) {
                        tree.matching(others, found);
                    }
                }
                let rests = self.rests.iter().filter(|(rest, _)| touches(rest));
                found.extend(rests.map(|(_, path)| *path));
            }
            Hole::Rest => {
                for (other, tree) in self.texts_from(text) {
                    if other == text {
                        tree.below(found);
                    } else {
                        tree.all(found);
                    }
                }
                for (hole, tree) in &self.holes {
                    if touches(hole) {
                        tree.all(found);
                    }
                }
                let rests = self.rests.iter().filter(|(rest, _)| touches(rest));
                found.extend(rests.map(|(_, path)| *path));
            }
        }
    }

    /// The texts that begin so.
    fn texts_from(&self, start: &str) -> impl Iterator<Item = (&'t str, &Tree<'t, 'm>)> {
        let range = (Bound::Included(start), Bound::Unbounded);
        let texts = self.texts.range::<str, _>(range);
        texts
            .map(|(text, tree)| (*text, tree))
            .take_while(move |(text, _)| text.starts_with(start))
    }

    fn all(&self, found: &mut Vec<&'t Path<'m>>) {
        found.extend(self.here);
        self.below(found);
    }

    fn below(&self, found: &mut Vec<&'t Path<'m>>) {
        for tree in self.texts.values().chain(self.holes.values()) {
            tree.all(found);
        }
        found.extend(self.rests.values());
    }
}
