use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{PAGE, SCRIPT, STYLE, content_security_policy, filled};
use crate::access_map::{AccessEntry, AccessMap, AccessRule, EVERY_METHOD, FALLBACK};
use crate::crypto::sha256;
use crate::error::Permission;

fn one_of(permission: Permission, names: &[&str]) -> AccessRule {
    AccessRule::OneOf {
        permission,
        names: names.iter().map(|name| Box::from(*name)).collect(),
    }
}

fn role(name: &str) -> AccessRule {
    one_of(Permission::Role, &[name])
}

/// The page's rows, each without what is around its cells.
fn rows(page: &str) -> Vec<&str> {
    let table = between(page, "<table id=\"matrix\">", "</table>");
    table
        .split("<tr data-")
        .skip(1)
        .map(|row| row.split("</tr>").next().unwrap())
        .collect()
}

fn between<'p>(page: &'p str, start: &str, end: &str) -> &'p str {
    let rest = page.split_once(start).unwrap().1;
    rest.split_once(end).unwrap().0
}

#[test]
fn a_reason_cannot_write_script_into_the_page() {
    let attack =
        r#"</script><script>alert(1)</script><img src=x onerror=alert(1)>"' onfocus='alert(1)"#;
    let rules = [
        AccessRule::Anonymous,
        role(attack),
        one_of(Permission::Group, &[attack]),
        one_of(Permission::Scope, &[attack]),
        one_of(Permission::AgentScope, &[attack]),
    ];
    let entries = rules.into_iter().enumerate().map(|(line, rule)| {
        AccessEntry::new(attack, format!("/{attack}"), rule, attack)
            .with_reason(Some(attack))
            .at(attack, u32::try_from(line).unwrap())
    });
    let hostile = AccessMap::new(entries.collect()).with_known_roles([attack]);
    let page = hostile.to_html(attack);
    let harmless = AccessMap::new(Vec::new()).to_html("");
    for tag in ["<script", "</script", "<img", "<style", "<meta"] {
        assert_eq!(
            page.matches(tag).count(),
            harmless.matches(tag).count(),
            "{tag}"
        );
    }
    // Nor does anything leave an attribute: between its quotes there is none.
    assert!(!page.contains("onerror=alert(1)>\"") && !page.contains("\" onfocus"));
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39; onfocus=&#39;alert(1)"));
}

#[test]
fn text_of_the_application_is_no_part_of_the_template() {
    let entry = AccessEntry::new("GET", "/{{style}}", AccessRule::Anonymous, "h");
    let page = AccessMap::new(vec![entry.with_reason(Some("{{script}}"))]).to_html("{{matrix}}");
    assert!(page.contains("<h1>{{matrix}}</h1>"));
    assert!(page.contains("/<wbr>{{style}}"));
    assert!(page.contains("<span class=\"reason\">{{script}}</span>"));
}

#[test]
fn every_place_of_the_template_is_filled() {
    let mut names = Vec::new();
    filled(PAGE, |name, _| names.push(name.to_owned()));
    assert_eq!(
        names,
        [
            "csp", "title", "style", "title", "summary", "findings", "filters", "matrix", "roles",
            "version", "script"
        ]
    );
    let page = AccessMap::new(Vec::new()).to_html("t");
    assert!(!page.contains("{{"));
}

#[test]
fn the_policy_lets_the_own_script_run_and_nothing_else() {
    let page = AccessMap::new(Vec::new()).to_html("t");
    let hash = |text: &str| STANDARD.encode(sha256(text.as_bytes()));
    let own = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(between(&page, "<style>", "</style>")),
        hash(between(&page, "<script>", "</script>"))
    );
    assert_eq!(
        between(
            &page,
            "http-equiv=\"Content-Security-Policy\" content=\"",
            "\""
        ),
        own
    );
    assert_eq!(
        content_security_policy(),
        format!("{own}; frame-ancestors 'none'")
    );
    for text in [STYLE, SCRIPT] {
        for end in ["</s", "<!--", "{{"] {
            assert!(!text.contains(end), "{end} would end it");
        }
    }
    // What a policy with hashes forbids, and what would be asked for elsewhere.
    for forbidden in [
        " style=",
        " onclick",
        " onload",
        "javascript:",
        "http:",
        "https:",
        "url(",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn a_row_says_what_the_rule_says() {
    let both = AccessRule::All(vec![role("admin"), one_of(Permission::Group, &["ops"])]);
    let map = AccessMap::new(vec![
        AccessEntry::new("GET", "/a", AccessRule::Anonymous, "a::open").at("src/a.rs", 7),
        AccessEntry::new("PUT", "/a", both, "a::put"),
        AccessEntry::new(EVERY_METHOD, "/b/{*rest}", AccessRule::Authenticated, "b"),
        AccessEntry::new(
            EVERY_METHOD,
            FALLBACK,
            AccessRule::Any(vec![role("editor"), AccessRule::Condition]),
            "c",
        ),
    ]);
    let page = map.to_html("t");
    let cells = |row: &str| -> Vec<String> {
        let classes = row.split("<td class=\"").skip(1);
        let classes = classes.map(|cell| cell.split('"').next().unwrap().to_owned());
        classes.take(2).collect()
    };
    let rows = rows(&page);
    let [open, put, any, rest] = rows[..] else {
        panic!("four rows, not {rows:?}")
    };
    assert_eq!(map.roles(), ["admin", "editor"]);
    assert_eq!(cells(open), ["open", "open"]);
    assert!(open.contains("data-open") && open.contains("no reason given"));
    assert!(open.contains("src/<wbr>a.rs:7") && open.contains("a::<wbr>open"));
    assert_eq!(cells(put), ["if", "no"]);
    assert!(put.starts_with("groups=\"1\" data-scopes=\"\"><th"));
    assert!(put.contains("all of (role &#39;admin&#39;; group &#39;ops&#39;)"));
    assert_eq!(cells(any), ["yes", "yes"]);
    assert!(any.contains("<span class=\"method\">every</span> <code>/<wbr>b/<wbr>{*rest}</code>"));
    assert_eq!(cells(rest), ["if", "yes"]);
    assert!(rest.contains("any other path") && rest.contains("data-request"));
    assert!(rest.contains("depends on the request"));
}

#[test]
fn large_groups_are_divided() {
    let paths =
        ["orders", "invoices"].map(|kind| (0..15).map(move |i| format!("/api/{kind}/x{i}")));
    let paths = paths.into_iter().flatten();
    let others = ["/", "/health", "/{tenant}/x", "/health/deep"].map(str::to_owned);
    let entries = paths
        .chain(others)
        .map(|path| AccessEntry::new("GET", path, AccessRule::Authenticated, "h"));
    let fallback = AccessEntry::new(EVERY_METHOD, FALLBACK, AccessRule::Authenticated, "h");
    let page = AccessMap::new(entries.chain([fallback]).collect()).to_html("t");
    let groups = page.split("colspan=\"3\"><span>").skip(1);
    let groups: Vec<_> = groups
        .map(|rest| rest.split("</span>").next().unwrap())
        .collect();
    assert_eq!(
        groups,
        [
            "/<wbr>",
            "/<wbr>api/<wbr>invoices",
            "/<wbr>api/<wbr>orders",
            "/<wbr>health",
            "any other path"
        ]
    );
}
