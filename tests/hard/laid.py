"""Bad inputs that are no files, lie in the wrong place, bear odd names or may not be read."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

SECTIONS = "example/sections"
OTHER = "id: other\ntitle: Other\neffect: covered\ncriteria:\n  text: The study changes the plan of treatment\n"


def _listing(source: Path, *ids: str) -> None:
    path = source / "example/guideline.yaml"
    path.write_text(path.read_text().replace("[good]", f"[{', '.join(('good', *ids))}]"))


def _file(name: str, text: str = OTHER, listed: bool = True) -> Callable[[Path], None]:
    def make(source: Path) -> None:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        if listed:
            _listing(source, "other")

    return make


def _section(name: str) -> Callable[[Path], None]:
    return _file(f"{SECTIONS}/{name}")


def _raw(name: bytes) -> Callable[[Path], None]:
    def make(source: Path) -> None:
        (source / SECTIONS / os.fsdecode(name)).write_text(OTHER)
        _listing(source, "other")

    return make


def _folder(name: str) -> Callable[[Path], None]:
    return lambda source: (source / name).mkdir(parents=True)


def _fifo(name: str) -> Callable[[Path], None]:
    def make(source: Path) -> None:
        (source / name).unlink(missing_ok=True)
        os.mkfifo(source / name)

    return make


def _socket(source: Path) -> None:
    here = Path.cwd()
    os.chdir(source / SECTIONS)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("x.yaml")
    os.chdir(here)


def _link(name: str, target: str) -> Callable[[Path], None]:
    def make(source: Path) -> None:
        (source.parent / "outside.yaml").write_text(OTHER)
        (source / name).symlink_to(target)

    return make


def _links_in_a_ring(source: Path) -> None:
    for at, to in (("a", "b"), ("b", "c"), ("c", "a")):
        (source / SECTIONS / f"{at}.yaml").symlink_to(f"{to}.yaml")


def _folder_in_itself(source: Path) -> None:
    (source / "again").symlink_to(".")
    (source / "example" / "vignettes").symlink_to("..")


def _chain_of_links(source: Path) -> None:
    for at in range(60):
        (source / SECTIONS / f"l{at}.yaml").symlink_to(f"l{at + 1}.yaml")


def _hard_link(source: Path) -> None:
    os.link(source / SECTIONS / "good.yaml", source / SECTIONS / "again.yaml")


def _closed(name: str, mode: int = 0) -> Callable[[Path], None]:
    def make(source: Path) -> None:
        target = source / name
        if not target.exists() and target.suffix:
            _file(name, listed=False)(source)
        elif not target.exists():
            target.mkdir()
        target.chmod(mode)

    return make


def _holes(source: Path) -> None:
    with (source / SECTIONS / "x.yaml").open("wb") as file:
        file.truncate(1 << 40)


def _two(first: str, second: str, text: str = OTHER) -> Callable[[Path], None]:
    def make(source: Path) -> None:
        _file(f"{SECTIONS}/{first}", text)(source)
        _file(f"{SECTIONS}/{second}", text, listed=False)(source)

    return make


def _second_guideline(folder: str, id: str) -> Callable[[Path], None]:
    def make(source: Path) -> None:
        text = (source / "example/guideline.yaml").read_text().replace("id: example", f"id: {id}").replace("[good]", "[other]")
        _file(f"{folder}/guideline.yaml", text, listed=False)(source)
        _file(f"{folder}/sections/other.yaml", listed=False)(source)

    return make


def _in_place_of(name: str) -> Callable[[Path], None]:
    def make(source: Path) -> None:
        target = source / name
        if target.is_dir():
            for each in sorted(target.rglob("*"), reverse=True):
                each.unlink() if each.is_file() else each.rmdir()
            target.rmdir()
            target.write_text("words\n")
        else:
            target.unlink()
            target.mkdir()

    return make


def _gone(name: str) -> Callable[[Path], None]:
    return lambda source: (source / name).unlink()


def _empty(source: Path) -> None:
    for each in sorted(source.rglob("*"), reverse=True):
        each.unlink() if each.is_file() else each.rmdir()


def _many(source: Path) -> None:
    for at in range(3_000):
        (source / SECTIONS / f"x{at}.yml").write_text("")


def _deep(source: Path) -> None:
    folder = source / "example" / "sections"
    for _ in range(60):
        folder /= "deeper"
    folder.mkdir(parents=True)
    (folder / "x.yaml").write_text(OTHER)


LAID: dict[str, Callable[[Path], None]] = {
    "folder-named-like-a-file": _folder(f"{SECTIONS}/x.yaml"),
    "folder-below-the-sections": _file(f"{SECTIONS}/more/x.yaml"),
    "deep-folders": _deep,
    "pipe": _fifo(f"{SECTIONS}/x.yaml"),
    "pipe-as-guideline": _fifo("example/guideline.yaml"),
    "pipe-as-register": _fifo("registers/codes.yaml"),
    "socket": _socket,
    "link-to-itself": _link(f"{SECTIONS}/x.yaml", "x.yaml"),
    "links-in-a-ring": _links_in_a_ring,
    "chain-of-links": _chain_of_links,
    "link-to-nothing": _link(f"{SECTIONS}/x.yaml", "gone.yaml"),
    "link-out-of-the-source": _link(f"{SECTIONS}/x.yaml", "../../../outside.yaml"),
    "link-to-a-file-of-the-system": _link(f"{SECTIONS}/x.yaml", "/etc/passwd"),
    "link-to-a-device": _link(f"{SECTIONS}/x.yaml", "/dev/zero"),
    "link-to-a-terminal": _link(f"{SECTIONS}/x.yaml", "/dev/stdin"),
    "link-to-memory": _link(f"{SECTIONS}/x.yaml", "/proc/self/mem"),
    "link-to-a-folder": _link(f"{SECTIONS}/x.yaml", ".."),
    "link-of-a-folder-to-itself": _folder_in_itself,
    "link-to-the-root": _link("everything", "/"),
    "hard-link": _hard_link,
    "full-of-holes": _holes,
    "yml": _section("other.yml"),
    "ending-in-capitals": _section("other.YAML"),
    "no-ending": _section("other"),
    "two-endings": _section("other.yaml.yaml"),
    "json": _section("other.json"),
    "backup-of-an-editor": _section("other.yaml~"),
    "autosave-of-an-editor": _section("#other.yaml#"),
    "lock-of-an-editor": _link(f"{SECTIONS}/.#other.yaml", "somebody@somewhere.1234"),
    "file-of-a-word-processor": _section("~$other.docx"),
    "hidden": _section(".other.yaml"),
    "nothing-but-the-ending": _section(".yaml"),
    "dots": _section("...yaml"),
    "name-with-blanks": _section("other section.yaml"),
    "name-with-a-line-end": _section("other\nerror[X999] forged.yaml"),
    "name-with-a-carriage-return": _section("other\rforged.yaml"),
    "name-with-an-escape": _section("other\x1b[31m.yaml"),
    "name-with-direction": _section("other\u202elmay.yaml"),
    "name-with-zero-width": _section("oth\u200ber.yaml"),
    "name-with-a-smile": _section("other\U0001f600.yaml"),
    "name-in-decomposed-letters": _two("o\u0308ther.yaml", "\u00f6ther.yaml"),
    "name-of-no-letters": _raw(b"other\xff\xfe.yaml"),
    "name-of-half-a-pair": _raw(b"other\xed\xa0\x80.yaml"),
    "name-with-quotes": _section("\"other'.yaml"),
    "name-with-markup": _section("<b>other&amp;.yaml"),
    "name-with-a-percent-sign": _section("other%0A%3A,.yaml"),
    "name-with-colons": _section("other::error::.yaml"),
    "name-with-a-backslash": _section("..\\other.yaml"),
    "name-of-255-bytes": _section("o" * 250 + ".yaml"),
    "name-like-an-option": _section("--fix.yaml"),
    "one-id-in-two-files": _two("a.yaml", "b.yaml"),
    "names-apart-by-case": _two("other.yaml", "Other.yaml"),
    "ids-apart-by-case": _two("other.yaml", "another.yaml", OTHER.replace("id: other", "id: Other")),
    "one-id-in-two-guidelines": _second_guideline("second", "example"),
    "guidelines-apart-by-case": _second_guideline("Example", "example"),
    "guideline-in-another-folder": _second_guideline("second", "third"),
    "guideline-of-no-letters": _second_guideline("zw\u00f6lf", "zwoelf"),
    "guideline-called-registers": _file("registers/guideline.yaml", listed=False),
    "no-guideline": _gone("example/guideline.yaml"),
    "no-section": _gone(f"{SECTIONS}/good.yaml"),
    "no-registers": _gone("registers/codes.yaml"),
    "nothing-at-all": _empty,
    "sections-is-a-file": _in_place_of(SECTIONS),
    "registers-is-a-file": _in_place_of("registers"),
    "guideline-is-a-folder": _in_place_of("example/guideline.yaml"),
    "register-is-a-folder": _in_place_of("registers/codes.yaml"),
    "source-is-a-file": _in_place_of(""),
    "file-beside-the-guidelines": _file("notes.txt", listed=False),
    "repository-in-the-source": _file(".git/config", "[core]\n", listed=False),
    "3000-strangers": _many,
    "section-nobody-may-read": _closed(f"{SECTIONS}/x.yaml"),
    "guideline-nobody-may-read": _closed("example/guideline.yaml"),
    "register-nobody-may-read": _closed("registers/codes.yaml"),
    "statements-nobody-may-read": _closed("example/statements.yaml"),
    "sections-nobody-may-open": _closed(SECTIONS),
    "sections-nobody-may-enter": _closed(SECTIONS, 0o444),
    "sections-nobody-may-list": _closed(SECTIONS, 0o111),
    "registers-nobody-may-open": _closed("registers"),
    "vignettes-nobody-may-open": _closed("example/vignettes"),
    "guideline-nobody-may-open": _closed("example"),
    "guideline-nobody-may-enter": _closed("example", 0o444),
    "source-nobody-may-open": _closed(""),
    "source-nobody-may-enter": _closed("", 0o444),
}  # fmt: skip
