"""Reads struct types, string enums and their markers from the published Go sources of the Kubernetes API.

The sources are gofmt-formatted, which makes a line reader enough: a type begins in column 0, its fields in
column 1, and comments stand directly above what they describe.
"""

import dataclasses
import re

TYPE = re.compile(r"^type (\w+) (=\s*)?(.+?)\s*$")
FIELD = re.compile(r"^\t(?:(\w+)\s+)?([\w.\[\]*]+)\s*(?:`(.*)`)?\s*(?://.*)?$")
TAG = re.compile(r'(\w+):"([^"]*)"')
CONSTANT = re.compile(r'^\t(\w+)\s+(\w+)\s*=\s*"([^"]*)"')
IMPORT = re.compile(r'^\t(?:(\w+) )?"([^"]+)"$')


@dataclasses.dataclass
class Field:
    name: str  # as in JSON; "" for an inlined struct
    go_type: str  # "*v1.PodSpec" with the package's own names unqualified
    omit_empty: bool
    optional: bool  # by its +optional marker
    tags: dict
    markers: dict
    docs: str
    comment: list = dataclasses.field(default_factory=list)  # its lines as they stand in the source


@dataclasses.dataclass
class Type:
    package: str
    name: str
    underlying: str = ""  # of a type that is no struct
    alias: bool = False
    fields: list = None  # of a struct
    enum: bool = False
    atomic: bool = False  # written and owned as a whole
    values: list = dataclasses.field(default_factory=list)
    docs: str = ""
    comment: list = dataclasses.field(default_factory=list)
    constants: list = dataclasses.field(default_factory=list)  # (name, value, comment) of a string type's


def split_comment(lines):
    """The comment's prose, and its +markers as {name: [values]}."""
    markers, prose = {}, []
    for line in lines:
        text = line.strip()[2:].strip()
        if text.startswith("+"):
            name, _, value = text[1:].partition("=")
            markers.setdefault(name, []).append(value)
        elif text != "---" and "---" not in markers:
            prose.append(text)
        else:
            markers["---"] = [""]  # what follows is for developers only
    return " ".join(prose).strip(), markers


def read_field(line, comment):
    match = FIELD.match(line)
    if not match:
        return None
    go_name, go_type, raw_tags = match.groups()
    tags = dict(TAG.findall(raw_tags or ""))
    json = tags.get("json", "").split(",")
    if json[0] == "-":
        return None
    if not go_name and json[0] == "" and go_type[0] not in "*[":
        name = ""
    else:
        name = json[0] or go_name
    docs, markers = split_comment(comment)
    return Field(name, go_type, "omitempty" in json, "optional" in markers, tags, markers, docs, comment)


class Package:
    """One folder's types by name, and what its import names stand for."""

    def __init__(self, path, files):
        self.path = path
        self.types = {}
        self.imports = {}
        constants = []
        for file in files:
            self._read(file.read_text(encoding="utf-8").split("\n"), constants)
        for name, go_type, value, comment in constants:
            if go_type in self.types and value not in self.types[go_type].values:
                self.types[go_type].values.append(value)
                self.types[go_type].constants.append((name, value, comment))

    def _read(self, lines, constants):
        comment, current = [], None
        for line in lines:
            if line.lstrip().startswith("//"):
                comment.append(line)
                continue
            if current is not None:
                if line == "}":
                    current = None
                elif line.strip():
                    field = read_field(line, comment)
                    if field:
                        current.fields.append(field)
                comment = []
                continue
            if imported := IMPORT.match(line):
                path = imported.group(2)
                self.imports[imported.group(1) or path.rsplit("/", 1)[-1]] = path
            elif constant := CONSTANT.match(line):
                constants.append(constant.groups() + (comment,))
            elif declared := TYPE.match(line):
                current = self._declare(declared, comment)
            comment = []

    def _declare(self, declared, comment):
        name, alias, what = declared.groups()
        docs, markers = split_comment(comment)
        made = Type(self.path, name, enum="enum" in markers, docs=docs, comment=comment,
                    atomic="atomic" in markers.get("structType", []))
        self.types[name] = made
        if what == "struct {":
            made.fields = []
            return made
        if what == "struct{}":
            made.fields = []
        else:
            made.underlying, made.alias = what, bool(alias)
        return None


def read_package(path, folder):
    return Package(path, sorted(f for f in folder.glob("*.go")
                                if not f.name.endswith("_test.go") and not f.name.startswith("zz_")
                                and not f.name.startswith("generated")))
