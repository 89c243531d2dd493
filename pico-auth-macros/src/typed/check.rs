//! Mistakes that show only when all variants are seen together.

use super::model::{Kind, Names, Variant};
use crate::diagnostics::{Diagnostics, closest};
use crate::names;

/// Each name on its own, and no name twice.
pub(super) fn names(kind: Kind, names: &Names, diagnostics: &mut Diagnostics) {
    let noun = kind.noun();
    for (i, variant) in names.variants.iter().enumerate() {
        if let Some(mistake) = names::mistake(kind.attribute(), &variant.name) {
            diagnostics.report_at(variant.place, mistake);
            continue;
        }
        let mut earlier = names.variants.iter().take(i);
        if let Some(earlier) = earlier.find(|earlier| earlier.name == variant.name) {
            diagnostics.report_at(
                variant.place,
                format!(
                    "`{}` and `{}` are both the {noun} {:?}: rename one of the two",
                    earlier.ident, variant.ident, variant.name
                ),
            );
        }
    }
}

/// What each variant implies, directly or not, as positions in the order of the variants. What is not
/// a hierarchy is reported and left out.
pub(super) fn hierarchy(names: &Names, diagnostics: &mut Diagnostics) -> Vec<Vec<usize>> {
    let variants = &names.variants;
    let direct: Vec<Vec<usize>> = variants
        .iter()
        .map(|variant| known(variant, variants, diagnostics))
        .collect();
    let mut walk = Walk {
        variants,
        direct: &direct,
        state: vec![State::New; variants.len()],
        path: Vec::new(),
    };
    for position in 0..variants.len() {
        walk.visit(position, diagnostics);
    }
    (0..variants.len())
        .map(|position| reachable(position, &direct))
        .collect()
}

fn known(variant: &Variant, variants: &[Variant], diagnostics: &mut Diagnostics) -> Vec<usize> {
    let mut implied = Vec::new();
    for name in &variant.implies {
        if *name == variant.ident {
            let message = format!("`{name}` has itself already: remove it from `implies`");
            diagnostics.report(name, message);
            continue;
        }
        if let Some(position) = variants.iter().position(|other| other.ident == *name) {
            implied.push(position);
            continue;
        }
        let others = variants.iter().map(|other| other.ident.to_string());
        let others: Vec<String> = others.filter(|other| variant.ident != other).collect();
        let message = match closest(&name.to_string(), others.iter().map(String::as_str)) {
            Some(meant) => format!("this enum has no variant `{name}`: write `{meant}`"),
            None => {
                format!("this enum has no variant `{name}`: add it, or remove it from `implies`")
            }
        };
        diagnostics.report(name, message);
    }
    implied
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

struct Walk<'a> {
    variants: &'a [Variant],
    direct: &'a [Vec<usize>],
    state: Vec<State>,
    path: Vec<usize>,
}

impl Walk<'_> {
    /// Reports each implication that closes a cycle, at the word that closes it.
    fn visit(&mut self, position: usize, diagnostics: &mut Diagnostics) {
        if self.state.get(position) != Some(&State::New) {
            return;
        }
        self.set(position, State::Open);
        self.path.push(position);
        for implied in self.direct.get(position).into_iter().flatten() {
            if self.state.get(*implied) == Some(&State::Open) {
                self.report(position, *implied, diagnostics);
            }
            self.visit(*implied, diagnostics);
        }
        self.path.pop();
        self.set(position, State::Done);
    }

    fn set(&mut self, position: usize, state: State) {
        if let Some(of_position) = self.state.get_mut(position) {
            *of_position = state;
        }
    }

    fn report(&self, from: usize, to: usize, diagnostics: &mut Diagnostics) {
        let cycle = self.path.iter().skip_while(|position| **position != to);
        let cycle = cycle.chain([&to]);
        let cycle: Vec<String> = cycle
            .filter_map(|position| self.variants.get(*position))
            .map(|variant| format!("`{}`", variant.ident))
            .collect();
        let (Some(from), Some(to)) = (self.variants.get(from), self.variants.get(to)) else {
            return;
        };
        let Some(word) = from.implies.iter().find(|word| **word == to.ident) else {
            return;
        };
        diagnostics.report(
            word,
            format!(
                "roles cannot imply each other in a circle: {}. Remove this one, or make them one role",
                cycle.join(" implies ")
            ),
        );
    }
}

fn reachable(from: usize, direct: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; direct.len()];
    let mut open = vec![from];
    while let Some(position) = open.pop() {
        for implied in direct.get(position).into_iter().flatten() {
            if let Some(seen) = seen.get_mut(*implied)
                && !*seen
            {
                *seen = true;
                open.push(*implied);
            }
        }
    }
    let reached = seen.iter().enumerate().filter(|(_, seen)| **seen);
    reached
        .map(|(position, _)| position)
        .filter(|position| *position != from)
        .collect()
}
