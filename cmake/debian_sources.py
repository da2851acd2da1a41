#!/usr/bin/env python3
"""Puts the pinned third-party sources of dependencies.txt into a folder, from the system's own Debian mirror.

The sources come through apt, with a private source list beside the unpacked code, so that the system's own
configuration is only read. Safe to run from several builds at once; does nothing when all is in place.
"""

import argparse
import collections
import fcntl
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
STAMP = ".pilothouse-sha256"

Candidate = collections.namedtuple("Candidate", "name source version suite archive sha256")


def read_manifest(path):
    """Candidates by name, in the order of the file."""
    by_name = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("#")[0].split()
        if fields:
            candidate = Candidate(*fields)
            by_name.setdefault(candidate.name, []).append(candidate)
    return by_name


def is_debian_archive(uri, suites):
    return bool(re.match(r"https?://", uri)) and "security" not in uri and any(
        re.match(r"(bookworm|trixie|forky|sid|stable|testing|unstable)(-updates)?/?$", suite) for suite in suites)


def mirrors(root=pathlib.Path("/etc/apt")):
    """Mirror addresses of the system's Debian suites, from deb822 files and from one-line lists."""
    found = []
    for path in sorted(root.glob("sources.list.d/*.sources")):
        for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
            text = "\n".join(line for line in paragraph.splitlines() if not line.startswith("#"))
            fields = {key.lower(): value.split() for key, value in
                      re.findall(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t]+.*)*)", text, re.MULTILINE)}
            if fields.get("enabled", ["yes"])[0].lower() == "no":
                continue
            found += [uri for uri in fields.get("uris", []) if is_debian_archive(uri, fields.get("suites", []))]
    for path in [root / "sources.list", *sorted(root.glob("sources.list.d/*.list"))]:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        for line in lines:
            match = re.match(r"\s*deb(?:-src)?\s+(?:\[[^]]*\]\s*)?(\S+)\s+(\S+)\s+.*\bmain\b", line)
            if match and is_debian_archive(match.group(1), [match.group(2)]):
                found.append(match.group(1))
    return list(dict.fromkeys(found))


def apt_options(work):
    """Keeps every file that apt writes inside `work`."""
    for folder in ("lists/partial", "cache/archives/partial", "download"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    return ["-o", f"Dir::Etc::SourceList={work / 'private.sources'}", "-o", "Dir::Etc::SourceParts=/dev/null",
            "-o", f"Dir::State::Lists={work / 'lists'}", "-o", f"Dir::Cache={work / 'cache'}",
            "-o", "APT::Sandbox::User=root", "-o", "Acquire::Languages=none"]


def run(command, **options):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          **options)


def update_lists(work, suites):
    uris = mirrors()
    if not uris:
        sys.exit("No Debian mirror is configured in /etc/apt. Configure one, or build with "
                 "-DPILOTHOUSE_FETCH=upstream to take the sources from their upstream releases.")
    (work / "private.sources").write_text(
        f"Types: deb-src\nURIs: {' '.join(uris)}\nSuites: {' '.join(suites)}\nComponents: main\n"
        f"Signed-By: {KEYRING}\n", encoding="utf-8")
    result = run(["apt-get", "-q", "update", "--error-on=any", *apt_options(work)])
    if result.returncode != 0:
        sys.exit(f"{result.stdout}\nThe source lists of Debian {' and '.join(suites)} cannot be read, and the "
                 f"pinned third-party sources come from there. Is this machine offline? An earlier build's "
                 f"folder {work.parent} can be copied here instead.")


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def download(candidate, work):
    """The archive's path, or None where the mirror no longer has this version."""
    archive = work / "download" / candidate.archive
    if not archive.exists():
        result = run(["apt-get", "-q", "source", "--download-only", "--tar-only", "--only-source", *apt_options(work),
                      f"{candidate.source}={candidate.version}"], cwd=work / "download")
        if result.returncode != 0 or not archive.exists():
            print(f"{candidate.source} {candidate.version}: not on the mirror\n{result.stdout}", file=sys.stderr)
            return None
    if sha256(archive) != candidate.sha256:
        actual = sha256(archive)
        archive.unlink()
        sys.exit(f"{candidate.archive} has SHA-256 {actual}, but {candidate.sha256} is pinned.")
    return archive


def unpack(candidate, archive, target):
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    with tarfile.open(archive) as tar:
        tar.extractall(fresh)
    entries = list(fresh.iterdir())
    top = entries[0] if len(entries) == 1 and entries[0].is_dir() else fresh
    (top / STAMP).write_text(candidate.sha256, encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    top.rename(target)
    shutil.rmtree(fresh, ignore_errors=True)


def in_place(candidates, target):
    stamp = target / STAMP
    return stamp.exists() and stamp.read_text(encoding="utf-8") in [one.sha256 for one in candidates]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--manifest", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    output = arguments.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    with open(output / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = {name: candidates for name, candidates in read_manifest(arguments.manifest).items()
                  if not in_place(candidates, output / name)}
        if not wanted:
            return
        work = output / "apt"
        work.mkdir(exist_ok=True)
        update_lists(work, sorted({one.suite for candidates in wanted.values() for one in candidates}))
        for name, candidates in wanted.items():
            for candidate in candidates:
                archive = download(candidate, work)
                if archive:
                    unpack(candidate, archive, output / name)
                    print(f"{name}: {candidate.version}")
                    break
            else:
                sys.exit(f"{name}: the mirror has none of the pinned versions "
                         f"{', '.join(one.version for one in candidates)}.")


if __name__ == "__main__":
    main()
