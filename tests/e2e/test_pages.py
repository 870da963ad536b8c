# SPDX-License-Identifier: Apache-2.0
"""The web pages as they are served: what is cached, what a browser is told it may do, and what is not a file of theirs."""

import gzip
import http.client
import os
import pathlib
import re

import pytest

from test_daemon import Daemon, config, up  # noqa: F401 (a fixture)

UI = pathlib.Path(__file__).resolve().parents[2] / "src" / "ui"
PAGES = ["/", "/live", "/changes", "/resources", "/r/AWS::EC2::Instance/i-1", "/compare", "/graph/AWS::EC2::VPC/vpc-1", "/compliance", "/compliance/a-rule", "/sql", "/snapshots", "/recorder"]


@pytest.fixture
def daemon(siltstone, store, up):  # noqa: F811
    config(siltstone, "[recorder]\nrecording = no\n[http]\nembed_origins = https://wiki.example, https://grafana.example:3000\n")
    return up()


def get(d, path, method="GET", **headers):
    c = http.client.HTTPConnection("127.0.0.1", d.port, timeout=20)
    c.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = c.getresponse()
    got = answer.read()
    c.close()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, got


def sent(name):
    """What is sent of a file: without what only people read."""
    lines = (line.lstrip() for line in (UI / name).read_bytes().splitlines(True))
    return b"".join(line for line in lines if line and not re.match(rb"//|/\*.*\*/$", line))


def policy(headers):
    return dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))


def test_every_page_begins_with_the_same_file_and_a_strict_policy(daemon):
    bodies = set()
    for path in PAGES:
        status, headers, body = get(daemon, path)
        assert status == 200 and headers["content-type"] == "text/html; charset=utf-8", path
        assert headers["cache-control"] == "no-cache" and headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        bodies.add(body)
    assert len(bodies) == 1
    assert policy(headers) == {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'", "img-src": "'self' data:", "base-uri": "'none'", "form-action": "'self'",
                               "frame-ancestors": "https://wiki.example https://grafana.example:3000"}
    # No token is needed for what is the same for everybody; for what is recorded there is.
    assert get(daemon, "/api/resources")[0] == 401


def test_what_a_page_loads_is_kept_for_good_under_its_edition(daemon):
    _, headers, body = get(daemon, "/")
    links = re.findall(r'"(/ui/[^"]+)"', body.decode())
    assert links and all(re.fullmatch(r"/ui/[0-9a-f]{16}/[a-z./]+", link) for link in links)
    edition = links[0].split("/")[2]
    for link in links:
        status, headers, packed = get(daemon, link, Accept_Encoding="br, gzip")
        assert status == 200 and headers["content-encoding"] == "gzip" and headers["cache-control"] == "public, max-age=31536000, immutable", link
        assert gzip.decompress(packed) == sent(link.split("/", 3)[3])
        assert "default-src 'none'" in headers["content-security-policy"]
    status, headers, plain = get(daemon, f"/ui/{edition}/app.js")
    assert status == 200 and "content-encoding" not in headers and headers["content-type"] == "text/javascript; charset=utf-8" and plain == sent("app.js")
    assert get(daemon, f"/ui/{edition}/app.js", Accept_Encoding="gzip;q=0")[2] == plain
    # Without the edition, or with one of before, it is asked for anew each time.
    for path in ("/ui/app.js", "/ui/0123456789abcdef/app.js", "/ui/app.js?x=1"):
        status, headers, body = get(daemon, path, Accept_Encoding="gzip")
        assert (status, headers["cache-control"], gzip.decompress(body)) == (200, "no-cache", plain)
    assert get(daemon, "/ui/app.js", Accept_Encoding="gzip", If_None_Match=headers["etag"])[::2] == (304, b"")
    assert get(daemon, "/ui/app.js", If_None_Match=headers["etag"])[0] == 200
    assert get(daemon, "/", If_None_Match=get(daemon, "/")[1]["etag"])[0] == 304
    assert get(daemon, "/", "HEAD")[2] == b""


def test_no_page_is_heavy_with_all_that_it_loads(daemon):
    sizes = {}

    def weigh(name):
        if name in sizes:
            return
        packed = get(daemon, f"/ui/{name}", Accept_Encoding="gzip")[2]
        sizes[name] = len(packed)
        for other in re.findall(rb"from '(\.[^']+)'", gzip.decompress(packed)):
            weigh(os.path.normpath(os.path.join(os.path.dirname(name), other.decode())))

    for page in sorted((UI / "page").glob("*.js")):
        sizes.clear()
        for name in ("index.html", "app.css", "views.css", "icon.svg", "app.js", f"page/{page.name}"):
            weigh(name)
        assert sum(sizes.values()) < 56_000, (page.name, sizes)


def test_parts_of_pages_are_for_pages_that_are_named(siltstone, store, up):  # noqa: F811
    config(siltstone, "[recorder]\nrecording = no\n[http]\ncors_origins = https://wiki.example\n")
    d = up()
    for path in ("/embed.js", "/ui/embed.js", "/ui/part/net.js", "/ui/app.css", "/ui/page/live.js"):
        status, headers, body = get(d, path, Origin="https://wiki.example")
        assert (status, headers["access-control-allow-origin"]) == (200, "https://wiki.example") and "Origin" in headers["vary"], path
        for origin in ("https://evil.example", "https://wiki.example.evil.example", "null", "https://wiki.exampl"):
            assert "access-control-allow-origin" not in get(d, path, Origin=origin)[1]
    # Every file that it loads is there.
    for name in re.findall(rb"from '\.(/[^']+)'", get(d, "/embed.js")[2]):
        assert get(d, name.decode())[0] == 200, name
    assert "frame-ancestors 'none'" in get(d, "/live")[1]["content-security-policy"]


def test_what_is_no_page_is_not_found(daemon):
    for path in ("/ui", "/ui/", "/ui/ui.c", "/ui/app.js/", "/ui/../app.js", "/ui/page/", "/ui/page/../app.js", "/ui//app.js", "/live/x", "/ui.js", "/nothing"):
        assert get(daemon, path)[0] == 404, path
    assert get(daemon, "/changes", "POST")[0] == 405
    # AWS Config's API is posted to the same path.
    assert b"MissingAuthenticationToken" in get(daemon, "/", "POST")[2]


def test_pages_are_served_from_a_folder_as_they_are_now(siltstone, store, up, tmp_path):  # noqa: F811
    config(siltstone, "[recorder]\nrecording = no\n")
    folder = tmp_path / "ui"
    (folder / "page").mkdir(parents=True)
    (folder / "index.html").write_text("<title>mine</title>")
    (folder / "page" / "new.js").write_text("export {}")
    (folder / "secret.txt").write_text("no")
    (tmp_path / "outside.js").write_text("no")
    os.mkfifo(folder / "pipe.js")
    d = up("--ui-dir", folder)
    assert get(d, "/changes")[2] == b"<title>mine</title>" and get(d, "/ui/page/new.js")[2] == b"export {}"
    (folder / "index.html").write_text("<title>again</title>")
    status, headers, body = get(d, "/")
    assert (status, body, headers["cache-control"]) == (200, b"<title>again</title>", "no-cache") and policy(headers)["frame-ancestors"] == "'none'"
    for path in ("/ui/../outside.js", "/ui/%2e%2e/outside.js", "/ui/page/..%2f..%2foutside.js", "/ui/secret.txt", "/ui/page", "/ui/missing.js", "/ui//etc/hosts.js", "/ui/.js"):
        assert get(d, path)[0] == 404, path
    assert get(d, "/ui/pipe.js")[2] in (b"", b"there is no such file\n")


def test_origins_that_cannot_be_meant_are_refused_at_the_start(siltstone, store):
    for origin in ("wiki.example", "https://wiki.example/", "https://a.example; script-src *", "https://a.example https://b.example", "*"):
        config(siltstone, f"[http]\nembed_origins = {origin}\n")
        r = siltstone.run("up", "--store", store, timeout=20)
        assert r.code == 2 and "http.embed_origins" in r.err, origin


def loaded(file, seen):
    """What a browser loads for a module, that included."""
    if file not in seen:
        seen.add(file)
        for other in re.findall(r"^(?:import|export) [^'\n]*from '([^']+)';", file.read_text(), re.M):
            loaded((file.parent / other).resolve(), seen)
    return seen


def test_no_page_takes_more_than_sixty_kilobytes():
    def pressed(p):
        return len(gzip.compress(p.read_bytes(), 9))

    shell = {UI / "index.html", *UI.glob("*.css"), UI / "icon.svg"} | loaded(UI / "app.js", set())
    pages = sorted((UI / "page").glob("*.js"))
    for page in pages:
        assert sum(map(pressed, shell | loaded(page, set()))) <= 60 << 10, page
    everything = [p for p in UI.rglob("*") if p.suffix in (".js", ".css", ".html", ".svg")]
    assert len(pages) >= 11 and sum(map(pressed, everything)) <= 120 << 10


def test_text_never_becomes_markup():
    for p in UI.rglob("*"):
        if p.suffix == ".js":
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\('on|javascript:", p.read_text()), p
        if p.suffix == ".html":
            assert not re.search(r"\bstyle=|<style|<script(?![^>]*\bsrc=)|\bon[a-z]+=", p.read_text()), p
