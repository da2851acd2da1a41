#!/usr/bin/env python3
"""Writes the table of protobuf messages from the published Go types of the Kubernetes API.

    generate_protobuf.py --api DIR --apimachinery DIR --output protobuf_table.cpp

All types of all published groups and versions are in it, so that serving one more kind needs no change here.
"""

import argparse
import pathlib
import re
import sys

sys.dont_write_bytecode = True  # the build leaves nothing in the source tree
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "api" / "schema"))

from go_types import read_package  # noqa: E402
from roots import EARLIER_PACKAGES, META_PACKAGE  # noqa: E402

META_IMPORT = "k8s.io/apimachinery/" + META_PACKAGE

# Types with a wire form of their own, by import path and name.
SPECIAL = {
    "k8s.io/apimachinery/pkg/api/resource.Quantity": "Quantity",
    "k8s.io/apimachinery/pkg/util/intstr.IntOrString": "IntOrString",
    META_IMPORT + ".Time": "Time",
    META_IMPORT + ".MicroTime": "MicroTime",
    META_IMPORT + ".Duration": "Duration",
    META_IMPORT + ".FieldsV1": "Json",
    "k8s.io/apimachinery/pkg/runtime.RawExtension": "Json",
    "k8s.io/apimachinery/pkg/types.UID": "String",
    "k8s.io/apimachinery/pkg/types.NodeName": "String",
}
BASIC = {"string": "String", "bool": "Bool", "int32": "Int32", "int64": "Int64", "int": "Int64",
         "float64": "Double", "[]byte": "Bytes"}
REPEATED, MAP, OMIT_EMPTY, INLINE = 1, 2, 4, 8


class Messages:
    def __init__(self, packages):
        self.packages = packages  # by import path
        self.rows, self.fields, self.ids = [], [], {}

    def resolve(self, package, name):
        if "." not in name:
            return package, name
        alias, name = name.split(".")
        return package.imports[alias], name

    def wire(self, package, go_type):
        """(wire, flags, message) of a Go type as it stands in `package` (an import path)."""
        go_type = go_type.lstrip("*")
        if go_type in BASIC:
            return BASIC[go_type], 0, 0
        if go_type.startswith("[]"):
            wire, _, message = self.wire(package, go_type[2:])
            return wire, REPEATED, message
        if found := re.match(r"map\[[\w.]+\](.+)", go_type):
            wire, _, message = self.wire(package, found.group(1))
            return wire, MAP, message
        path, name = self.resolve(self.packages[package], go_type) if "." in go_type else (package, go_type)
        if special := SPECIAL.get(f"{path}.{name}"):
            return special, 0, 0
        declared = self.packages[path].types[name]
        if declared.fields is not None:
            return "Message", 0, self.message(path, name)
        if declared.underlying == "[]string":  # go-to-protobuf wraps named lists
            return "Strings", 0, 0
        return self.wire(path, declared.underlying)

    def message(self, path, name):
        key = (path, name)
        if key in self.ids:
            return self.ids[key]
        number = self.ids[key] = len(self.rows)
        self.rows.append(None)
        rows = []
        for field in self.packages[path].types[name].fields:
            tag = field.tags.get("protobuf", "").split(",")
            if len(tag) < 2 or not tag[1].isdigit():
                continue
            wire, flags, message = self.wire(path, field.go_type)
            if field.name == "":
                flags |= INLINE
            if field.omit_empty and not field.go_type.startswith("*"):
                flags |= OMIT_EMPTY
            rows.append((int(tag[1]), wire, flags, message, field.name))
        rows.sort()
        version = path.rsplit("/", 1)[-1]
        self.rows[number] = (f"{version}.{name}", len(self.fields), len(rows))
        self.fields += rows
        return number


def group_name(folder):
    for file in sorted(folder.glob("register.go")):
        if found := re.search(r'GroupName\s*=\s*"([^"]*)"', file.read_text(encoding="utf-8")):
            return found.group(1)
    return None


def is_kind(declared):
    return declared.fields is not None and any(
        f.name == "" and f.go_type.split(".")[-1] == "TypeMeta" for f in declared.fields)


def read(api, apimachinery):
    packages = {META_IMPORT: read_package(META_PACKAGE, apimachinery / META_PACKAGE)}
    versions = {META_IMPORT: "meta.k8s.io/v1"}
    for folder in sorted(api.glob("*/v[0-9]*")):
        if folder.parent.name == "testdata" or (group := group_name(folder)) is None:
            continue
        path = f"k8s.io/api/{folder.parent.name}/{folder.name}"
        packages[path] = read_package(path, folder)
        versions[path] = f"{group}/{folder.name}" if group else folder.name
    for path, earlier in EARLIER_PACKAGES.items():
        later, before = packages["k8s.io/api/" + path], packages["k8s.io/api/" + earlier]
        later.types = before.types | later.types
        later.imports = before.imports | later.imports
    return packages, versions


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--api", type=pathlib.Path, required=True)
    parser.add_argument("--apimachinery", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    packages, versions = read(arguments.api, arguments.apimachinery)
    table = Messages(packages)
    kinds = []
    for path, package in packages.items():
        for name, declared in package.types.items():
            if is_kind(declared):
                kinds.append((versions[path], name, table.message(path, name)))
    kinds.sort()

    out = ["// Made by core/http/generate_protobuf.py from the published Kubernetes API types.",
           '#include "core/http/protobuf_table.hpp"', "", "namespace pilothouse::http::protobuf_table {", "",
           "const FieldRow fields[] = {"]
    out += [f'    {{{n}, Wire::{wire}, {flags}, {message}, "{name}"}},'
            for n, wire, flags, message, name in table.fields]
    out += ["};", "const MessageRow messages[] = {"]
    out += [f'    {{"{name}", {first}, {count}}},' for name, first, count in table.rows]
    out += ["};", "const KindRow kinds[] = {"]
    out += [f'    {{"{version}", "{kind}", {message}}},' for version, kind, message in kinds]
    out += ["};", f"const std::uint16_t kindCount = {len(kinds)};", "",
            "}  // namespace pilothouse::http::protobuf_table", ""]
    arguments.output.write_text("\n".join(out), encoding="utf-8")


if __name__ == "__main__":
    main()
