//! Which characters a line can show.

/// Neither a control character, nor one that some readers end a line at, nor one that turns the direction of
/// writing (UAX #9 §2): text of these alone cannot be taken for another line, nor steer a terminal.
pub(crate) fn is_plain(character: char) -> bool {
    let breaks_or_turns = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !character.is_control() && !breaks_or_turns
}
