#!/usr/bin/env python3
"""Makes the static site: the page, the module, the fonts' subsets, lessons and examples; each also as .br.

Any static host can serve the folder. Fonts come from the system's NanumGothic families (Debian: fonts-nanum).
"""

import argparse
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys

FONTS = pathlib.Path("/usr/share/fonts/truetype/nanum")
LATIN = "U+0020-007E,U+00A0-017F,U+2010-2027,U+2030-205E,U+20A9,U+2190-2193,U+2212,U+2260,U+2264-2265,U+00D7"
KOREAN = "U+3000-303F,U+3131-318E,U+AC00-D7A3,U+FF01-FF5E"
SUBSETS = {
    "fonts/ui.ttf": ("NanumGothic.ttf", f"{LATIN},{KOREAN}"),
    "fonts/mono.ttf": ("NanumGothicCoding.ttf", f"{LATIN},{KOREAN}"),
}
BOLD = ("fonts/bold.ttf", "NanumGothicBold.ttf")
BOOT_MARK = re.compile(r'(<script type="application/json" id="site-files">).*?(</script>)', re.DOTALL)


def subset(source, unicodes, target):
    """The renderer uses outlines alone: hints and layout tables go."""
    stamp = target.with_suffix(".stamp")
    wanted = hashlib.sha256(source.read_bytes() + unicodes.encode()).hexdigest()
    if target.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    # The system's Python has Debian's fonttools; another one on the PATH may not.
    subprocess.run(["/usr/bin/python3", "-m", "fontTools.subset", str(source), f"--output-file={target}",
                    f"--unicodes={unicodes}", "--no-hinting", "--layout-features=", "--name-IDs=1,2",
                    "--notdef-outline", "--drop-tables+=GSUB,GPOS,GDEF,DSIG,kern"], check=True,
                   stderr=subprocess.DEVNULL)
    stamp.write_text(wanted, encoding="utf-8")


def content(root):
    """Texts that the module is given at its start: every lesson and every example manifest."""
    files = {}
    for path in sorted((root / "lessons").rglob("*")):
        if path.is_file() and path.suffix in (".yaml", ".md", ".json") and path.name != "README.md":
            name = path.relative_to(root).as_posix()
            name = name.removeprefix("lessons/") if name.startswith("lessons/examples/") else name
            files[name] = path.read_text(encoding="utf-8")
    return files


def bold_unicodes(root):
    """Latin, and the syllables that our own words use: bold is for headings, which are ours."""
    texts = [path.read_text(encoding="utf-8") for folder in ("web", "lessons")
             for path in (root / folder).rglob("*") if path.suffix in (".cpp", ".hpp", ".md", ".yaml")]
    used = sorted({ord(c) for text in texts for c in text if "\uac00" <= c <= "\ud7a3"})
    return ",".join([LATIN, *(f"U+{code:04X}" for code in used)])


def write_if_changed(path, data):
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def compress(path):
    """path.br beside path, made again only when path is newer."""
    packed = path.with_name(path.name + ".br")
    if packed.exists() and packed.stat().st_mtime >= path.stat().st_mtime:
        return
    subprocess.run(["brotli", "-q", "11", "-w", "24", "-f", "-o", str(packed), str(path)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--module", type=pathlib.Path, required=True, help="folder of pilothouse.wasm and .js")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    site = arguments.output
    site.mkdir(parents=True, exist_ok=True)
    if not FONTS.exists():
        sys.exit(f"{FONTS} is missing: install the NanumGothic fonts (Debian: fonts-nanum).")

    subsets = {**SUBSETS, BOLD[0]: (BOLD[1], bold_unicodes(arguments.root))}
    for name, (source, unicodes) in subsets.items():
        subset(FONTS / source, unicodes, arguments.module / name)
        write_if_changed(site / name, (arguments.module / name).read_bytes())
    for name in ("pilothouse.wasm", "pilothouse.js"):
        write_if_changed(site / name, (arguments.module / name).read_bytes())
    bundle = json.dumps(content(arguments.root), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    write_if_changed(site / "content.json", bundle.encode())
    for path in sorted((arguments.root / "wasm/page").glob("*.mjs")):
        write_if_changed(site / "page" / path.name, path.read_bytes())

    loaded = ["pilothouse.wasm", "pilothouse.js", *subsets, "content.json"]
    files = {name: {"bytes": (site / name).stat().st_size,
                    "hash": hashlib.sha256((site / name).read_bytes()).hexdigest()[:12]} for name in loaded}
    page = (arguments.root / "index.html").read_text(encoding="utf-8")
    page, marks = BOOT_MARK.subn(lambda match: match[1] + json.dumps(files) + match[2], page)
    if marks != 1:
        sys.exit("index.html: the place for the list of files is missing")
    write_if_changed(site / "index.html", page.encode())
    for path in [*(site / name for name in loaded), site / "index.html", *(site / "page").glob("*.mjs")]:
        compress(path)


if __name__ == "__main__":
    main()
