//! Claim paths: the same words as `pico_auth::ClaimPath` reads at run time.

/// The place of a claim: `realm_access.roles`, `resource_access."my.client".roles`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimPath {
    /// As it was written, for the errors of the generated code.
    pub(crate) text: String,
    pub(crate) segments: Vec<String>,
}

impl ClaimPath {
    /// The claim of this name at the top, whatever characters are in it.
    pub(crate) fn claim(name: &str) -> Self {
        Self {
            text: name.to_owned(),
            segments: vec![name.to_owned()],
        }
    }

    /// Parses a path; the error says what to write.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut segments = Vec::new();
        let mut rest = text;
        loop {
            let (segment, after) = if let Some(quoted) = rest.strip_prefix('"') {
                quoted.split_once('"').ok_or(
                    "a quote is not closed: write it at the end of the segment that it begins",
                )?
            } else {
                rest.split_at(rest.find('.').unwrap_or(rest.len()))
            };
            check_segment(segment, text)?;
            segments.push(segment.to_owned());
            if after.is_empty() {
                return Ok(Self {
                    text: text.to_owned(),
                    segments,
                });
            }
            rest = after.strip_prefix('.').ok_or_else(|| {
                format!("a dot must follow the quoted segment {segment:?}: write it there")
            })?;
        }
    }
}

fn check_segment(segment: &str, path: &str) -> Result<(), String> {
    if segment.is_empty() {
        return Err(if path.is_empty() {
            "the path is empty: write the place of the claim, such as `realm_access.roles`".into()
        } else {
            "a segment of the path is empty: remove the dot that is too many".into()
        });
    }
    if segment.contains('"') {
        return Err(
            "a quote must stand around a whole segment: write for example \
             `resource_access.\\\"my.client\\\".roles`"
                .to_owned(),
        );
    }
    let other = path.starts_with('/') || path.starts_with('$') || segment.ends_with(']');
    if other && !path.contains('"') {
        let words = path.split(['/', '.', '$', '[', ']', '\'']);
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        return Err(format!(
            "a path is names of members with dots between, and nothing else: write \"{}\"; a name that \
             has such characters in it stands in quotes",
            words.join(".")
        ));
    }
    if segment.trim() != segment {
        return Err(format!(
            "names of claims are compared byte by byte, and {segment:?} begins or ends with white \
             space: write {:?}",
            segment.trim()
        ));
    }
    Ok(())
}
