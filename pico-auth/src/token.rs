pub(crate) fn bearer_credential(_v: &[u8]) -> Option<&str> {
    None
}
