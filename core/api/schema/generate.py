#!/usr/bin/env python3
"""Writes the schema table of the served kinds from the published Go types of the Kubernetes API.

    generate.py --api DIR --apimachinery DIR --output table.cpp [--docs docs.json]

The table's form is core/api/schema/table.hpp. The fields' documentation is not part of it: --docs writes it as
{"Container": {"image": "Container image name. …"}}.
"""

import argparse
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True  # the build leaves nothing in the source tree

from go_types import read_package  # noqa: E402
from roots import API_PACKAGES, EARLIER_PACKAGES, META_PACKAGE, OWN_PACKAGES, ROOTS  # noqa: E402

# Types with a form of their own in JSON, by import path and name.
SPECIAL = {
    "k8s.io/apimachinery/pkg/api/resource.Quantity": "Quantity",
    "k8s.io/apimachinery/pkg/util/intstr.IntOrString": "IntOrString",
    "pkg/apis/meta/v1.Time": "Time",
    "pkg/apis/meta/v1.MicroTime": "MicroTime",
    "pkg/apis/meta/v1.Duration": "Duration",
    "pkg/apis/meta/v1.FieldsV1": "Any",
    "k8s.io/apimachinery/pkg/runtime.RawExtension": "Any",
}
NAMED_STRINGS = {"k8s.io/apimachinery/pkg/types.UID", "k8s.io/apimachinery/pkg/types.NodeName"}
BASIC = {"string": "String", "bool": "Bool", "int32": "Int32", "int64": "Int64", "int": "Int64",
         "float64": "Float64"}
LIST_TYPES = {"": 0, "atomic": 1, "set": 2, "map": 3}

# Flags of a field, as in table.hpp.
REQUIRED, OMIT_EMPTY, POINTER, ATOMIC, GRANULAR = 1, 2, 4, 8, 16


class Pool:
    """Texts, each once, ended by a zero; a reference is the offset."""

    def __init__(self):
        self.texts, self.offsets, self.size = [], {}, 0
        self.add("")

    def add(self, text):
        if text not in self.offsets:
            self.offsets[text] = self.size
            self.texts.append(text)
            self.size += len(text.encode()) + 1
        return self.offsets[text]


class Table:
    def __init__(self, packages, module_paths):
        self.packages = packages
        self.module_paths = module_paths  # import path -> folder
        self.pool = Pool()
        self.rows, self.ids = [], {}  # (kind, go name, first, count, struct name, atomic)
        self.fields, self.enums, self.merges = [], [], [(0, 0, 0, 0, 0)]
        self.docs = {}

    def resolve(self, package, go_type):
        """(folder or import path, name) of a possibly qualified type name."""
        if "." not in go_type:
            return package.path, go_type
        alias, name = go_type.split(".")
        path = package.imports[alias]
        return self.module_paths.get(path, path), name

    def type_id(self, package, go_type):
        go_type = go_type.lstrip("*")
        if go_type == "[]byte":
            return self.plain("Bytes", "[]uint8")
        if go_type.startswith("[]"):
            element = self.type_id(package, go_type[2:])
            return self.plain("List", "", element)
        if found := re.match(r"map\[([\w.]+)\](.+)", go_type):
            element = self.type_id(package, found.group(2))
            return self.plain("Map", "", element, self.pool.add(self.go_name(package, found.group(1))))
        if go_type in BASIC:
            return self.plain(BASIC[go_type], go_type)
        folder, name = self.resolve(package, go_type)
        full = f"{folder}.{name}"
        if full in SPECIAL:
            return self.plain(SPECIAL[full], self.go_name(package, go_type))
        if full in NAMED_STRINGS:
            return self.plain("String", self.go_name(package, go_type))
        if folder not in self.packages:
            sys.exit(f"{full} is of a package that roots.py does not name")
        return self.named(self.packages[folder], name)

    def go_name(self, package, go_type):
        """As reflect prints it: with the last part of the package's path."""
        if go_type in BASIC:
            return go_type
        folder, name = self.resolve(package, go_type)
        return folder.rsplit("/", 1)[-1] + "." + name

    def plain(self, kind, go_name, first=0, count=0):
        row = (kind, self.pool.add(go_name), first, count, 0, 0)
        if row not in self.ids:
            self.ids[row] = len(self.rows)
            self.rows.append(row)
        return self.ids[row]

    def named(self, package, name):
        key = (package.path, name)
        if key in self.ids:
            return self.ids[key]
        declared = package.types[name]
        if declared.alias:
            return self.type_id(package, declared.underlying)
        go_name = self.go_name(package, name)
        if declared.fields is None:
            return self.named_simple(key, package, declared, go_name)
        number = self.ids[key] = len(self.rows)
        self.rows.append(None)  # reserved: types reach themselves
        fields = sorted(self.flattened(package, declared).values())
        # Nested types add theirs meanwhile, so a struct's rows are put down in one go at the end.
        first = len(self.fields)
        self.fields += fields
        self.rows[number] = ("Struct", self.pool.add(go_name), first, len(fields), self.pool.add(name),
                             int(declared.atomic))
        return number

    def named_simple(self, key, package, declared, go_name):
        if declared.underlying in BASIC:
            kind = BASIC[declared.underlying]
            values = declared.values if declared.enum else []
            first = len(self.enums) if values else 0
            self.enums += [self.pool.add(v) for v in values]
            row = (kind, self.pool.add(go_name), first, len(values), 0, 0)
        else:
            below = self.rows[self.type_id(package, declared.underlying)]
            row = (below[0], self.pool.add(go_name), below[2], below[3], 0, 0)
        self.ids[key] = len(self.rows)
        self.rows.append(row)
        return self.ids[key]

    def flattened(self, package, declared):
        """{json name: row}, the fields of inlined structs among them."""
        found = {}
        for field in declared.fields:
            if field.name == "":
                folder, name = self.resolve(package, field.go_type)
                inner = self.packages[folder]
                found.update(self.flattened(inner, inner.types[name]))
                for f, docs in self.docs.get(name, {}).items():
                    self.docs.setdefault(declared.name, {}).setdefault(f, docs)
                continue
            pointer = field.go_type.startswith("*")
            flags = (0 if field.optional or field.omit_empty else REQUIRED) | \
                    (OMIT_EMPTY if field.omit_empty else 0) | (POINTER if pointer else 0)
            owned = field.markers.get("mapType", []) + field.markers.get("structType", [])
            flags |= (ATOMIC if "atomic" in owned else 0) | (GRANULAR if "granular" in owned else 0)
            # The name's text comes first: rows are sorted as members of an object are.
            found[field.name] = (field.name, self.type_id(package, field.go_type), flags, self.merge(field))
            self.docs.setdefault(declared.name, {})[field.name] = first_sentences(field.docs)
        return found

    def merge(self, field):
        strategy = field.tags.get("patchStrategy", "").split(",")
        keys = ",".join(field.markers.get("listMapKey", []))
        row = (self.pool.add(field.tags.get("patchMergeKey", "")), self.pool.add(keys),
               int("merge" in strategy), int("retainKeys" in strategy),
               LIST_TYPES[field.markers.get("listType", [""])[0]])
        if row not in self.merges:
            self.merges.append(row)
        return self.merges.index(row)


def served_kinds(folder, packages):
    """(folder of the sources, kind, version) of each Resource that is defined in core/api/kinds."""
    resource = re.compile(r'\{\s*"([\w.]*)",\s*"(v\w+)",\s*Key::intern\("\w+"\),\s*"\w*",\s*"(\w+)"')
    paths = {version: path for path, version in (API_PACKAGES | OWN_PACKAGES).items()}
    found = []
    for file in sorted(folder.glob("*.cpp")):
        for group, version, kind in resource.findall(file.read_text(encoding="utf-8")):
            served = f"{group}/{version}" if group else version
            path = paths[served]
            if kind not in packages[path].types:
                path = EARLIER_PACKAGES[path]
            found.append((path, kind, served))
    return found


def first_sentences(docs, limit=400):
    if len(docs) <= limit:
        return docs
    cut = docs.rfind(". ", 0, limit)
    return docs[:cut + 1] if cut > 0 else docs[:limit] + "…"


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '\\0"'


def write_rows(out, declaration, rows):
    out.append(f"const {declaration} = {{")
    out += ["    {" + ", ".join(str(v) for v in row) + "}," for row in rows]
    out.append("};")


def cpp(table, kinds):
    fields = [(table.pool.add(name), type_, flags, merge) for name, type_, flags, merge in table.fields]
    if table.pool.size > 0xffff or len(table.merges) > 0xff or len(table.fields) > 0xffff:
        sys.exit("The schema has outgrown its table's indexes.")
    out = ["// Made by core/api/schema/generate.py from the published Kubernetes API types.",
           '#include "core/api/schema/table.hpp"', "", "namespace pilothouse::api::schema::table {", ""]
    write_rows(out, "TypeRow types[]", [(f"Kind::{r[0]}",) + r[1:] for r in table.rows])
    write_rows(out, "FieldRow fields[]", fields)
    write_rows(out, "MergeRow merges[]", table.merges)
    write_rows(out, "KindRow kinds[]", kinds)
    out.append("const std::uint16_t enums[] = {" + ", ".join(str(e) for e in table.enums) + "};")
    out += [f"const std::uint16_t typeCount = {len(table.rows)};",
            f"const std::uint16_t fieldCount = {len(table.fields)};",
            f"const std::uint16_t kindCount = {len(kinds)};", "const char pool[] ="]
    out += ["    " + literal(text) for text in table.pool.texts]
    out[-1] += ";"
    out += ["", "}  // namespace pilothouse::api::schema::table", ""]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--api", type=pathlib.Path, required=True)
    parser.add_argument("--apimachinery", type=pathlib.Path, required=True)
    parser.add_argument("--kinds", type=pathlib.Path, required=True, help="folder of the served kinds")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--docs", type=pathlib.Path)
    arguments = parser.parse_args()

    packages = {path: read_package(path, arguments.api / path) for path in API_PACKAGES}
    for path in EARLIER_PACKAGES.values():
        packages[path] = read_package(path, arguments.api / path)
    for path in OWN_PACKAGES:
        packages[path] = read_package(path, pathlib.Path(__file__).parent / path)
    packages[META_PACKAGE] = read_package(META_PACKAGE, arguments.apimachinery / META_PACKAGE)
    module_paths = {"k8s.io/api/" + path: path for path in packages}
    module_paths["k8s.io/apimachinery/" + META_PACKAGE] = META_PACKAGE

    table = Table(packages, module_paths)
    kinds = []
    roots = [(path, kind, API_PACKAGES.get(path, "meta.k8s.io/v1" if kind != "Status" else "v1"))
             for path, kind in ROOTS]
    for path, kind, version in roots + served_kinds(arguments.kinds, packages):
        number = table.named(packages[path], kind)
        kinds.append((table.pool.add(version), table.pool.add(kind), number))
    text = cpp(table, kinds)
    arguments.output.write_text(text, encoding="utf-8")
    if arguments.docs:
        reached = {table.pool.texts[list(table.pool.offsets.values()).index(r[4])] for r in table.rows if r[4]}
        docs = {name: fields for name, fields in sorted(table.docs.items()) if name in reached}
        arguments.docs.write_text(json.dumps(docs, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
