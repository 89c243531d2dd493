"""Checks the book: the pages in docs, and what `mdbook build docs` made of them.

Usage: check.py FOLDER_OF_THE_BUILT_BOOK

- Every page is in SUMMARY.md, and every link of the built book leads to a page of it and to an anchor of that page. A
  link to the outside is only looked at: nothing is fetched.
- The same links, and those of the Markdown files at the top, lead to files of the repository: the pages are read there,
  too.
- Files of the repository that a page names exist, and so do the tests that the security model names.
- Rust code of a page is compiled: by a doc test in tests/src/lib.rs, or by tests/tutorial/run.py. Code of other
  libraries stands in docs/migrating only.
- A doc test leaves out what has `#[test]`. So tests under `#[pico_auth::test]` that a page or the documentation of an
  item shows are in tests/tests/test_kit/documented.rs, word for word, and any other test is one call of a function that
  the hidden `main` of the block calls, too.

At the end it breaks a copy of what it read, and must notice.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
# Code of the reader's own project: tests/tutorial/run.py writes and runs it.
FOLLOWED = "docs/tutorial.md"
SECURITY = "docs/security.md"
# Tests that are shown, where they run.
DOCUMENTED = "tests/tests/test_kit/documented.rs"
# How a block begins that rustdoc takes for Rust, and what says that it need not compile.
RUST, NOT_COMPILED = {"", "rust", "no_run", "should_panic"}, {"ignore", "compile_fail"}
FOLDERS = r"(?:\.ci|benchmarks|docs|examples|pico-auth|pico-auth-macros|tests)"


class Page(HTMLParser):
    """The links and anchors of one HTML file."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)


def outside(link):
    """What is wrong with a link to another site."""
    parts = urlsplit(link)
    if parts.scheme == "mailto":
        return None if "@" in parts.path else "is no address"
    if parts.scheme != "https" or not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.hostname or ""):
        return "is no https link to a host"
    return "has a space" if re.search(r"\s", link) else None


def target(page, link):
    """The file and the anchor that a relative link of `page` leads to; None for a file above the book."""
    path, _, anchor = link.partition("#")
    path = unquote(path.partition("?")[0])
    parts = list(PurePosixPath(page).parent.parts) if path else list(PurePosixPath(page).parts)
    for part in PurePosixPath(path).parts:
        if part == "..":
            if not parts:
                return None, anchor
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts), unquote(anchor)


def wrong_links(book, files):
    """Links of the built book that lead nowhere. `book`: HTML by path; `files`: all paths."""
    pages = {path: Page(text) for path, text in book.items()}
    for path, page in pages.items():
        for link in page.links:
            if link.startswith("data:"):
                continue
            if re.match(r"[a-z]+:|//", link):
                if problem := outside(link):
                    yield f"{path}: {link} {problem}"
                continue
            file, anchor = target(path, link)
            if file is None:
                yield f"{path}: {link} leaves the book: name the file, without a link"
            elif file not in files:
                yield f"{path}: {link} leads to no page"
            elif anchor and file in pages and anchor not in pages[file].anchors:
                yield f"{path}: {link} leads to no heading"


def wrong_sources(pages, top, doc_tests):
    """What is wrong with the Markdown. `pages`, `top`: text by path, from the top of the repository."""
    listed = {f"docs/{link}" for link in re.findall(r"\]\(([^)]+\.md)\)", pages["docs/SUMMARY.md"])}
    for path, text in {**pages, **top}.items():
        if path in pages and path not in listed | {"docs/SUMMARY.md"}:
            yield f"{path} is not in SUMMARY.md"
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose)):
            if re.match(r"[a-z]+:", link):
                if problem := outside(link):
                    yield f"{path}: {link} {problem}"
            elif not link.startswith("#") and not ((ROOT / path).parent / link.partition("#")[0]).exists():
                yield f"{path}: {link} leads to no file"
        if path == FOLLOWED:
            continue
        for name in re.findall(rf"`({FOLDERS}/[\w./-]+)`", prose):
            if not (ROOT / name).exists():
                yield f"{path}: there is no {name}"
        languages = set(re.findall(r"^```(rust\S*)", text, flags=re.MULTILINE))
        if languages - {"rust,ignore"} and path not in doc_tests:
            yield f"{path} has Rust code that nothing compiles: add it to tests/src/lib.rs"
        if "rust,ignore" in languages and not path.startswith("docs/migrating/"):
            yield f"{path} has code that is ignored"


def documentation(source):
    """The comments of a Rust file that rustdoc reads."""
    return "\n".join(re.findall(r"^\s*//[/!](?!/) ?(.*)$", source, flags=re.MULTILINE))


def compiled(page):
    """What a reader sees of each block of Rust code that rustdoc compiles, and what it hides."""
    for words, code in re.findall(r"^ *```(\S*)\n(.*?)^ *```$", page, flags=re.MULTILINE | re.DOTALL):
        first, *others = words.split(",")
        if first in RUST and not NOT_COMPILED & set(others):
            lines = code.splitlines()
            hidden = [line for line in lines if re.match(r" *#( |$)", line)]
            yield "\n".join(line for line in lines if line not in hidden), "\n".join(hidden)


def matching(text, start):
    """The index after the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] in "({[") - (text[index] in ")}]")
        if depth == 0:
            return index + 1
    return len(text)


def tests_of(code):
    """The attribute, name, body and whole text of each function that is marked as a test."""
    for found in re.finditer(r"#\[((?:\w+::)*(?:test|rstest))\b.*?\bfn (\w+)\(.*?(?=\{)", code, flags=re.DOTALL):
        end = matching(code, found.end())
        yield found[1], found[2], code[found.end() + 1 : end - 1].strip(), code[found.start() : end]


def normal(code):
    """Code as the formatter cannot change it."""
    return re.sub(r",(?=[)\]}])", "", re.sub(r"\s", "", code))


def called(body):
    """The function of a body that is one call."""
    call = re.match(r"(\w+)\(", body)
    return call[1] if call and matching(body, call.end() - 1) == len(body.rstrip("; ")) else None


def idle_tests(pages, documented):
    """Tests that are shown and that nothing runs. `pages`: Markdown by path."""
    run = {normal(whole) for *_, whole in tests_of(documented)}
    for path, page in pages.items():
        if path == FOLLOWED:
            continue
        for seen, hidden in compiled(page):
            for attribute, name, body, whole in tests_of(seen):
                if attribute == "pico_auth::test":
                    if normal(whole) not in run:
                        yield f"{path}: the test {name} is not in {DOCUMENTED}, word for word"
                elif not (function := called(body)) or f"{function}(" not in hidden:
                    yield f"{path}: nothing runs the test {name}: let it call one function, and a hidden `main`, too"


def names_of_tests(source):
    """The tests of a Rust file that are run."""
    lines = source.splitlines()
    for number, line in enumerate(lines):
        if not (found := re.match(r"(?!\s*//).*?\bfn (\w+)\(", line)):
            continue
        above = number
        while above and lines[above - 1].strip() and not re.search(r"[;{}]\s*$", lines[above - 1]):
            above -= 1
        attributes = "\n".join(line for line in lines[above : number + 1] if not re.match(r"\s*//", line))
        if re.search(r"#\[(\w+::)*(test|rstest)\b", attributes) and not re.search(r"#\[ignore\b", attributes):
            yield found[1]


def unknown_tests(text, tests):
    """Tests that the security model names and that are not there."""
    named = re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+){2,})`(?=[^|\n]*\|\n)", text)
    if len(named) < 20:
        yield f"{SECURITY}: only {len(named)} tests found in its last column"
    for name in named:
        if name not in tests:
            yield f"{SECURITY}: there is no test {name}"


def main(folder):
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    book = {path: (folder / path).read_text() for path in files if path.endswith(".html")}
    pages = {path.relative_to(ROOT).as_posix(): path.read_text() for path in (ROOT / "docs").rglob("*.md")}
    top = {path.name: path.read_text() for path in ROOT.glob("*.md")}
    compiled = (ROOT / "tests/src/lib.rs").read_text()
    doc_tests = set(re.findall(r'include_str!\("\.\./\.\./([^"]+)"\)', compiled))
    sources = [path for place in ("tests", "pico-auth", "pico-auth-macros") for path in (ROOT / place).rglob("*.rs")]
    tests = {name for path in sources for name in names_of_tests(path.read_text())}
    documented = (ROOT / DOCUMENTED).read_text()
    crates = [path for crate in ("pico-auth", "pico-auth-macros") for path in (ROOT / crate / "src").rglob("*.rs")]
    shown = {**pages, **top, **{path.relative_to(ROOT).as_posix(): documentation(path.read_text()) for path in crates}}

    unbuilt = [p for p in pages if not p.endswith("SUMMARY.md") and built(p) not in files]
    problems = [f"{path} was not built" for path in unbuilt]
    problems += [*wrong_links(book, files), *wrong_sources(pages, top, doc_tests)]
    problems += unknown_tests(pages[SECURITY], tests)
    problems += idle_tests(shown, documented)
    if problems:
        sys.exit("FAILED\n" + "\n".join(problems))
    links = sum(len(Page(text).links) for text in book.values())
    notices_what_is_broken(book, files, pages, top, doc_tests, tests)
    notices_idle_tests(shown, documented)
    print(f"{len(pages)} pages, {links} links; 0 failed")


def built(path):
    """The file that mdBook makes of a page."""
    return re.sub(r"README$", "index", path.removeprefix("docs/").removesuffix(".md")) + ".html"


def notices_what_is_broken(book, files, pages, top, doc_tests, tests):
    """Each of these mistakes is found, in a copy."""
    for link in ["nowhere.html", "index.html#nowhere", "../README.html", "http://example.com", "https://", "#nowhere"]:
        broken = {**book, "index.html": book["index.html"] + f'<a href="{link}">'}
        if len(list(wrong_links(broken, files))) != 1:
            sys.exit(f"FAILED a broken link was not noticed: {link}")
    for text in ["[x](nowhere.md)", "[x](http://example.com)", "`examples/nowhere.rs`", "```rust\n```", "```rust,ignore\n```"]:
        broken = {**pages, "docs/README.md": f"{pages['docs/README.md']}\n{text}\n"}
        if len(list(wrong_sources(broken, top, doc_tests - {"docs/README.md"}))) != 1:
            sys.exit(f"FAILED a mistake was not noticed: {text}")
    orphan = {**pages, "docs/orphan.md": ""}
    if len(list(wrong_sources(orphan, top, doc_tests))) != 1:
        sys.exit("FAILED a page that nothing leads to was not noticed")
    if not list(unknown_tests(pages[SECURITY], tests - {"alg_none_is_refused"})):
        sys.exit("FAILED a test that is not there was not noticed")


def notices_idle_tests(shown, documented):
    """The same of tests that nothing runs, and what is one."""
    test = "```rust\n{}\nfn x() {{\n    {}\n}}\n{}```"
    for attribute, body, hidden, idle in [
        ("#[test]", "y(1);", "# fn main() { y(2) }\n", False),
        ("#[test]", 'y(concat!("a", "b"))', "# fn main() {\n#     y();\n# }\n", False),
        ("#[test]", "y(1);", "# fn main() {}\n", True),
        ("#[test]", "y(1);", "", True),
        ("#[test]", "y(1); z(2)", "# fn main() { y(2) }\n", True),
        ("#[test]", "assert!(y(1));", "# fn main() { y(2) }\n", True),
        ("#[tokio::test]", "assert!(true);", "", True),
        ("#[rstest]", "assert!(true);", "", True),
        ('#[pico_auth::test(subject = "x")]', "y(1);", "# fn main() { y(2) }\n", True),
    ]:
        page = {"docs/x.md": test.format(attribute, body, hidden)}
        if len(list(idle_tests(page, documented))) != idle:
            sys.exit(f"FAILED {attribute} {body} {hidden}: is it run?")
        ignored = {"docs/x.md": page["docs/x.md"].replace("```rust", "```rust,ignore")}
        if list(idle_tests(ignored, documented)):
            sys.exit("FAILED code of another library was looked at")
    attributes = [path for path, page in shown.items() if "#[pico_auth::test(subject" in page]
    for path in ("docs/testing.md", "pico-auth-macros/src/lib.rs"):
        if path not in attributes or not list(idle_tests({path: shown[path]}, documented.replace("unwrap", "expect"))):
            sys.exit(f"FAILED another test in {path} than in {DOCUMENTED} was not noticed")
    for source, names in [
        ("#[test]\nfn a() {}\nfn b() {}", ["a"]),
        ("#[tokio::test]\n// why\n/// what\n#[should_panic]\nasync fn a() {}", ["a"]),
        ("#[pico_auth::test(\n    subject = \"x\",\n)]\nfn a() {}", ["a"]),
        ("#[rstest]\n#[case(1)]\nfn a(#[case] n: u8) {}", ["a"]),
        ('#[test]\n#[ignore = "slow"]\nfn a() {}', []),
        ("#[ignore]\n#[test]\nfn a() {}", []),
        ("// #[test]\nfn a() {}", []),
        ("#[test]\nfn a() {}\n\nfn b() {}", ["a"]),
    ]:
        if list(names_of_tests(source)) != names:
            sys.exit(f"FAILED the tests of {source!r} are not {names}")


main(Path(sys.argv[1]))
