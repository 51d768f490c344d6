"""The pages' files: addresses that change with what is in them, and all modules named at once."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from stagedoor.signalling.files import FOREVER, Files, takes_gzip
from stagedoor.signalling.pages import static_folder

from .conftest import Server

PAGE = '<!doctype html><head><script type="module" src="/static/js/a.js"></script></head>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A page whose script imports others."""
    folder = tmp_path / "pages"
    (folder / "js" / "deep").mkdir(parents=True)
    (folder / "page.html").write_text(PAGE)
    (folder / "js" / "a.js").write_text('import "./b.js";\nimport {\n  c,\n} from "./deep/c.js";\n')
    (folder / "js" / "b.js").write_text('export { c } from "./deep/c.js";\n// import "./no.js"\n')
    (folder / "js" / "deep" / "c.js").write_text('import "../b.js";\nexport const c = 1;\n')
    (folder / "js" / "no.js").write_text("// nobody imports it")
    return folder


class Clock:
    """Seconds that pass when they are to."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 60
        return self.now


def test_a_page_names_all_that_its_scripts_import(folder: Path) -> None:
    files = Files(folder)
    text = files.page("page.html").body.decode()
    named = re.findall(r'<link rel="modulepreload" href="/static/(\w{12})/([^"]+)">', text)
    assert [path for _, path in named] == ["js/a.js", "js/b.js", "js/deep/c.js"]
    assert {version for version, _ in named} == {files.version}
    assert f'src="/static/{files.version}/js/a.js"' in text


def test_what_changes_has_another_address(folder: Path) -> None:
    files = Files(folder, Clock())
    before = files.page("page.html").body
    version = files.version
    assert files.page("page.html").body is before
    (folder / "js" / "deep" / "c.js").write_text("export const c = 12;")
    after = files.page("page.html").body
    assert files.version != version
    assert after == before.replace(version.encode(), files.version.encode())
    found = files.find("js/deep/c.js")
    assert found is not None
    assert found.body == b"export const c = 12;"


def test_a_file_that_cannot_be_read_is_missing_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "b.js":
            raise PermissionError
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (folder / "js" / "deep" / "c.js").write_bytes(b'"\xff"')
    files = Files(folder)
    text = files.page("page.html").body.decode()
    assert re.findall(r'modulepreload" href="/static/\w+/([^"]+)', text) == [
        "js/a.js",
        "js/deep/c.js",
    ]
    assert files.find("js/b.js") is None


def test_links_to_elsewhere_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "hidden.txt").write_text("not for anybody")
    (folder / "link.txt").symlink_to(tmp_path / "hidden.txt")
    files = Files(folder)
    files.look()
    assert files.find("js/a.js") is not None
    for path in ("link.txt", "../hidden.txt", "js/../../hidden.txt", str(tmp_path / "hidden.txt")):
        assert files.find(path) is None


@pytest.mark.parametrize("name", ["index.html", "room.html"])
def test_our_own_pages_name_nothing_that_is_not_there(name: str) -> None:
    files = Files(static_folder())
    text = files.page(name).body.decode()
    paths = re.findall(rf'(?:src|href)="/static/{files.version}/([^"#]+)', text)
    assert [path for path in paths if files.find(path) is None] == []
    assert "js/dom.js" in paths
    assert text.count("/static/") == text.count(f"/static/{files.version}/")


async def test_a_file_of_this_version_is_kept_for_good(server: Server) -> None:
    async with server.http.get(server.url + "/") as answer:
        version = answer.headers["ETag"].removeprefix("W/").strip('"')
        same = {"If-None-Match": answer.headers["ETag"]}
    async with server.http.get(server.url + "/", headers=same) as answer:
        assert answer.status == 304
    for address, kept in ((version, FOREVER), ("0" * 12, "no-cache")):
        url = f"{server.url}/static/{address}/room.js"
        async with server.http.get(url, headers={"Accept-Encoding": "identity"}) as answer:
            assert await answer.read() == b"// a module"
            assert answer.headers["Cache-Control"] == kept
            assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
            assert "Content-Encoding" not in answer.headers
    packed = {"Accept-Encoding": "gzip"}
    async with server.http.get(f"{server.url}/static/{version}/room.js", headers=packed) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert await answer.read() == b"// a module"  # unpacked by the client
    async with server.http.get(f"{server.url}/static/{version}/nothing.js") as answer:
        assert answer.status == 404


def test_packed_content_is_the_same(folder: Path) -> None:
    files = Files(folder)
    files.look()
    found = files.find("js/a.js")
    assert found is not None
    assert gzip.decompress(found.packed) == found.body


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("identity, gzip; q=0.000", False),
        ("identity", False),
        ("", False),
    ],
)
def test_who_refuses_gzip_gets_none(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes
