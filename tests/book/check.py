"""Checks the book: the pages in docs, and what `mdbook build docs` made of them.

Usage: check.py FOLDER_OF_THE_BUILT_BOOK

- Every page is in SUMMARY.md, and every link of the built book leads to a page of it and to an anchor of that page. A
  link to the outside is only looked at: nothing is fetched.
- The same links, and those of the Markdown files at the top, lead to files of the repository: the pages are read there,
  too.
- Files of the repository that a page names exist, and so do the tests that the security model names.
- Rust code of a page is compiled: by a doc test in tests/src/lib.rs, or by tests/tutorial/run.py. Code of other
  libraries stands in docs/migrating only.

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
    tests = {name for path in sources for name in re.findall(r"\bfn (\w+)\(", path.read_text())}

    unbuilt = [p for p in pages if not p.endswith("SUMMARY.md") and built(p) not in files]
    problems = [f"{path} was not built" for path in unbuilt]
    problems += [*wrong_links(book, files), *wrong_sources(pages, top, doc_tests)]
    problems += unknown_tests(pages[SECURITY], tests)
    if problems:
        sys.exit("FAILED\n" + "\n".join(problems))
    links = sum(len(Page(text).links) for text in book.values())
    notices_what_is_broken(book, files, pages, top, doc_tests, tests)
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


main(Path(sys.argv[1]))
