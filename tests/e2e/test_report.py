# SPDX-License-Identifier: Apache-2.0
"""`siltstone report`: one file that runs nothing and fetches nothing, whatever others have named."""

import html.parser
import json
import re

import pytest

from test_demo import END, demo  # noqa: F401 (a fixture)

TAGS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "nav", "a", "main", "section", "table", "thead", "tbody", "tr", "th", "td",
        "dl", "div", "dt", "dd", "span", "svg", "rect", "text"}
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "class", "scope", "title", "href", "id", "aria-label", "role", "viewbox", "x", "y", "width",
              "height", "text-anchor"}


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.cells, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        assert {k for k, _ in attrs} <= ATTRIBUTES, attrs
        assert all(v.startswith("#") for k, v in attrs if k == "href")
        if tag == "td":
            self.cells.append("")
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        self.texts.append(text)
        if "td" in self.open:
            self.cells[-1] += text


def report(siltstone, store, *args):
    return siltstone.ok("report", "--store", store, *args).out


def test_the_week_of_the_story(siltstone, demo):  # noqa: F811
    """Who broke what, and who mended it."""
    text = report(siltstone, demo, "--since", "2026-06-05", "--until", END)
    assert len(text.encode()) <= 200_000
    cells = Page(text).cells
    at = cells.index("restricted-ssh")
    assert cells[at + 1:at + 8] == ["AWS::EC2::SecurityGroup", "bastion", "111122223333 eu-west-1", "2026-06-05 18:42:15", "until 2026-06-09 10:12:05",
                                    "port 22 is open to 0.0.0.0/0", "user/alice"]
    assert "assumed-role/terraform/terraform" in cells and "rds-storage-encrypted" in cells
    assert re.search(r"<h2 id=\"doors\">.*?bastion.*?user/alice.*?<h2", text, re.S)
    assert "Everything was looked at all the time" in text
    # The gap of three weeks ago is in the month's, and nobody else's account is in the report of one.
    month = report(siltstone, demo, "--since", "2026-05-20", "--until", END, "--account", "444455556666")
    assert "sts:AssumeRole" in month and "siltstone-recorder" in month
    assert "111122223333 " not in re.sub(r"<td title.*?</td>|arn:aws:iam::\S*", "", month)


def test_the_same_stretch_of_time_is_the_same_file(siltstone, demo, tmp_path):  # noqa: F811
    args = ("--since", "2026-05-01", "--until", END)
    assert report(siltstone, demo, *args) == report(siltstone, demo, *args)
    siltstone.ok("report", "--store", demo, *args, "--out", tmp_path / "month.html")
    assert (tmp_path / "month.html").read_text() == report(siltstone, demo, *args)
    assert [p.name for p in tmp_path.iterdir() if "part" in p.name] == []


EVIL = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='x", "</td></table><h1>", "&lt;b&gt;", "\x1b[31m\r\n\t", "javascript:alert(1)", "ü" * 300]


@pytest.fixture
def evil(siltstone, store):
    """Everything that others name, named so; and more of it than a report holds."""
    lines = []
    for i in range(1500):
        name = EVIL[i % len(EVIL)]
        for n in (1, 2):
            lines.append(json.dumps({
                "resourceType": f"Evil::{re.sub('[^A-Za-z]', '', name)[:20] or 'X'}{i % 40}::Thing" if i % 3 else "AWS::EC2::SecurityGroup",
                "resourceId": f"{name}{i}", "resourceName": name + '"' * 4000, "awsAccountId": "1", "awsRegion": name[:60],
                "configurationItemCaptureTime": f"2026-06-{10 + n:02}T00:{i % 59:02}:00Z",
                "configuration": {"ipPermissions": [{"ipRanges": ["0.0.0.0/0"], "note": name, "n": n}]}, "tags": {"Name": name}}))
    (store.parent / "evil.jsonl").write_text("\n".join(lines) + "\n")
    siltstone.ok("import", store.parent / "evil.jsonl", "--store", store)
    return store


def test_what_others_named_is_text(siltstone, evil):
    text = report(siltstone, evil, "--since", "2026-06-01", "--until", "2026-06-20")
    page = Page(text)
    assert len(text.encode()) <= 200_000
    assert "<script" not in text and "<img" not in text and "\x1b" not in text
    assert any(EVIL[0] in cell for cell in page.cells) and any(EVIL[1] in cell for cell in page.cells)
    assert re.search(r"and \d+ more</p>", text)


def test_nothing_is_said_where_there_is_nothing(siltstone, store):
    (store.parent / "one.jsonl").write_text(json.dumps({"resourceType": "A::B::C", "resourceId": "x", "awsAccountId": "1", "awsRegion": "r",
                                                        "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "configuration": {}}) + "\n")
    siltstone.ok("import", store.parent / "one.jsonl", "--store", store)
    text = report(siltstone, store, "--since", "2026-06-01", "--until", "2026-06-02")
    Page(text)
    assert text.count("Nothing changed.") == 4 and "<td" not in text
    assert siltstone.run("report", "--store", store, "--since", "2026-06-02", "--until", "2026-06-01").code == 2
    assert siltstone.run("report", "--store", store, "--out", store.parent / "no" / "x.html").code != 0
