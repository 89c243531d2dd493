::core::compile_error! {
    "names are compared byte by byte, and this one begins or ends with white space: write \"admin\""
}
#[::pico_auth::__private::__rule(requires_role("admin "))]
async fn handler() -> u8 {
    7
}
