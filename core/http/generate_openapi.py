#!/usr/bin/env python3
"""Writes the OpenAPI v3 schemas of the served API packages from the published Go types.

    generate_openapi.py --api DIR --apimachinery DIR --output openapi_table.cpp

What kube-openapi's generator makes of the types and their markers, with the enums that a running kube-apiserver
shows. core/http/openapi_table.hpp describes the output.
"""

import argparse
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True  # the build leaves nothing in the source tree
SCHEMA = pathlib.Path(__file__).resolve().parent.parent / "api" / "schema"
sys.path.insert(0, str(SCHEMA))

from go_types import read_package  # noqa: E402
from roots import API_PACKAGES, EARLIER_PACKAGES, META_PACKAGE, OWN_PACKAGES  # noqa: E402

META_IMPORT = "k8s.io/apimachinery/" + META_PACKAGE
MACHINERY = {
    "k8s.io/apimachinery/pkg/api/resource": "pkg/api/resource",
    "k8s.io/apimachinery/pkg/util/intstr": "pkg/util/intstr",
    "k8s.io/apimachinery/pkg/runtime": "pkg/runtime",
}
# Types that describe themselves (OpenAPISchemaType, OpenAPIV3OneOfTypes), by import path and name.
OWN_SCHEMAS = {
    "k8s.io/apimachinery/pkg/api/resource.Quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    "k8s.io/apimachinery/pkg/util/intstr.IntOrString":
        {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
    META_IMPORT + ".Time": {"format": "date-time", "type": "string"},
    META_IMPORT + ".MicroTime": {"format": "date-time", "type": "string"},
    META_IMPORT + ".Duration": {"type": "string"},
    META_IMPORT + ".FieldsV1": {"type": "object"},
    "k8s.io/apimachinery/pkg/runtime.RawExtension": {"type": "object"},
}
PLAIN_STRINGS = {"k8s.io/apimachinery/pkg/types.UID", "k8s.io/apimachinery/pkg/types.NodeName"}
BASIC = {
    "string": ({"type": "string"}, ""),
    "bool": ({"type": "boolean"}, False),
    "int": ({"format": "int32", "type": "integer"}, 0),
    "int32": ({"format": "int32", "type": "integer"}, 0),
    "int64": ({"format": "int64", "type": "integer"}, 0),
    "float64": ({"format": "double", "type": "number"}, 0),
}
BYTES = {"format": "byte", "type": "string"}
# The kinds of metav1 that every group and version has as its own.
SHARED_KINDS = {"DeleteOptions", "WatchEvent"}
CORE_META_KINDS = {"Status", "APIVersions", "APIGroup", "APIGroupList", "APIResourceList"}
# What query parameters are made of.
OPTIONS = ("CreateOptions", "ListOptions", "PatchOptions", "UpdateOptions")


def description(comment):
    """A comment as the generator shows it: lines joined, paragraphs and indented lines kept."""
    lines = [re.sub(r"^ ", "", line.strip()[2:]).rstrip() for line in comment]
    while lines and not lines[0]:
        lines.pop(0)
    text = ""
    for line in lines:
        bare = line.strip()
        if bare == "---":
            break
        if not bare:
            text = text[:-1] + "\n\n"
        elif bare.startswith(("TODO", "+")):
            continue
        elif line[0] in " \t":
            text = text[:-1] + "\n" + line + "\n"
        else:
            text += line + " "
    return text.strip()


def enum_lines(declared):
    lines = []
    for name, value, comment in declared.constants:
        words = re.sub(r"\s+", " ", description(comment).removeprefix(name)).strip()
        lines.append(f' - `"{value}"` {words}'.rstrip())
    return "\n\nPossible enum values:\n" + "\n".join(sorted(lines))


def literal_default(marker):
    try:
        return json.loads(marker)
    except ValueError:
        return None  # ref(…) to a constant: none of the served types has one


class Schemas:
    def __init__(self, packages, names):
        self.packages = packages  # by import path
        self.names = names  # import path -> "io.k8s.api.apps.v1"
        self.made = {}

    def resolve(self, path, go_type):
        if "." not in go_type:
            return path, go_type
        alias, name = go_type.split(".")
        return self.packages[path].imports[alias], name

    def reference(self, path, name):
        full = f"{self.names[path]}.{name}"
        if full not in self.made:
            self.made[full] = None  # types reach themselves
            self.made[full] = self.definition(path, name)
        return {"$ref": "#/components/schemas/" + full}

    def definition(self, path, name):
        declared = self.packages[path].types[name]
        schema = {}
        if text := description(declared.comment):
            schema["description"] = text
        own = OWN_SCHEMAS.get(f"{path}.{name}")
        if own:
            return schema | own
        schema["type"] = "object"
        properties, required = {}, []
        self.add_properties(path, declared, properties, required)
        if properties:
            schema["properties"] = properties
        if required:
            schema["required"] = required
        if declared.atomic:
            schema["x-kubernetes-map-type"] = "atomic"
        return schema

    def add_properties(self, path, declared, properties, required):
        for field in declared.fields:
            if field.name == "":
                inner, name = self.resolve(path, field.go_type)
                self.add_properties(inner, self.packages[inner].types[name], properties, required)
                continue
            properties[field.name] = self.property(path, field)
            if not (field.optional or field.omit_empty):
                required.append(field.name)

    def property(self, path, field):
        schema, default, more = self.of(path, field.go_type)
        siblings = {}
        words = description(field.comment) + more
        if words:
            siblings["description"] = words
        pointer_or_left_out = field.go_type.startswith("*") or field.omit_empty
        if "default" in field.markers:
            default = literal_default(field.markers["default"][0])
        elif default != {} and pointer_or_left_out or field.go_type.startswith("*"):
            default = None
        if default is not None:
            siblings["default"] = default
        self.add_extensions(field, siblings)
        if "$ref" in schema and siblings:
            schema = {"allOf": [schema]}
        return schema | siblings

    @staticmethod
    def add_extensions(field, into):
        markers = field.markers
        if "listType" in markers:
            into["x-kubernetes-list-type"] = markers["listType"][0]
        if "listMapKey" in markers:
            into["x-kubernetes-list-map-keys"] = markers["listMapKey"]
        for name in ("mapType", "structType"):
            if name in markers:
                into["x-kubernetes-map-type"] = markers[name][0]
        if key := field.tags.get("patchMergeKey"):
            into["x-kubernetes-patch-merge-key"] = key
        if strategy := field.tags.get("patchStrategy"):
            into["x-kubernetes-patch-strategy"] = strategy

    def of(self, path, go_type):
        """(schema, what its zero is where it may not be left out, words for the description of its field)."""
        bare = go_type.lstrip("*")
        if bare == "[]byte":
            return BYTES, None, ""
        if bare.startswith("[]"):
            return {"items": self.element(path, bare[2:]), "type": "array"}, None, ""
        if found := re.match(r"map\[[\w.]+\](.+)", bare):
            return {"additionalProperties": self.element(path, found.group(1)), "type": "object"}, None, ""
        if bare in BASIC:
            schema, zero = BASIC[bare]
            return schema, zero, ""
        package, name = self.resolve(path, bare)
        if f"{package}.{name}" in PLAIN_STRINGS:
            return {"type": "string"}, "", ""
        if f"{package}.{name}" in OWN_SCHEMAS:
            return self.reference(package, name), None, ""
        declared = self.packages[package].types[name]
        if declared.fields is not None:
            return self.reference(package, name), {}, ""
        schema, zero, _ = self.of(package, declared.underlying)
        if declared.enum and declared.values:
            return schema | {"enum": sorted(declared.values)}, zero, enum_lines(declared)
        return schema, zero, ""

    def element(self, path, go_type):
        schema, default, _ = self.of(path, go_type)
        if default is None or go_type.startswith("*"):
            return schema
        if "$ref" in schema:
            schema = {"allOf": [schema]}
        return schema | {"default": default}


def is_kind(declared):
    return declared.fields is not None and any(
        f.name == "" and f.go_type.split(".")[-1] == "TypeMeta" for f in declared.fields)


def group_version(version):
    group, _, rest = version.rpartition("/")
    return {"group": group, "version": rest}


def read(api, apimachinery):
    """Packages by import path, their definitions' prefixes, and the served version of each."""
    packages, names, versions = {}, {}, {}
    for path, version in API_PACKAGES.items():
        where = "k8s.io/api/" + path
        packages[where] = read_package(where, api / path)
        if path in EARLIER_PACKAGES:
            earlier = read_package(where, api / EARLIER_PACKAGES[path])
            packages[where].types = earlier.types | packages[where].types
            packages[where].imports = earlier.imports | packages[where].imports
        names[where], versions[where] = "io.k8s.api." + path.replace("/", "."), version
    for path, version in OWN_PACKAGES.items():
        where = "k8s.io/metrics/pkg/apis/" + path
        packages[where] = read_package(where, SCHEMA / path)
        names[where], versions[where] = "io.k8s.metrics.pkg.apis." + path.replace("/", "."), version
    packages[META_IMPORT] = read_package(META_PACKAGE, apimachinery / META_PACKAGE)
    names[META_IMPORT] = "io.k8s.apimachinery.pkg.apis.meta.v1"
    for where, path in MACHINERY.items():
        packages[where] = read_package(path, apimachinery / path)
        names[where] = "io.k8s.apimachinery." + path.replace("/", ".")
    return packages, names, versions


def add_kinds(schemas, packages, versions):
    """Makes the schemas of all kinds and says which they are."""
    every = [group_version(v) for v in versions.values()]
    for path, version in versions.items():
        for name, declared in packages[path].types.items():
            if is_kind(declared):
                schemas.reference(path, name)
                gvk = group_version(version) | {"kind": name}
                schemas.made[f"{schemas.names[path]}.{name}"]["x-kubernetes-group-version-kind"] = [gvk]
    for name in sorted(SHARED_KINDS | CORE_META_KINDS):
        schemas.reference(META_IMPORT, name)
        where = every if name in SHARED_KINDS else [{"group": "", "version": "v1"}]
        kinds = [gv | {"kind": name} for gv in sorted(where, key=lambda gv: (gv["group"], gv["version"]))]
        schemas.made[f"{schemas.names[META_IMPORT]}.{name}"]["x-kubernetes-group-version-kind"] = kinds
    for name in OPTIONS:
        schemas.reference(META_IMPORT, name)
    schemas.made[f"{schemas.names[META_IMPORT]}.Patch"] = {
        "description": description(packages[META_IMPORT].types["Patch"].comment), "type": "object"}


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + '"'


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--api", type=pathlib.Path, required=True)
    parser.add_argument("--apimachinery", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    packages, names, versions = read(arguments.api, arguments.apimachinery)
    schemas = Schemas(packages, names)
    add_kinds(schemas, packages, versions)
    out = ["// Made by core/http/generate_openapi.py from the published Kubernetes API types.",
           '#include "core/http/openapi_table.hpp"', "", "namespace pilothouse::http::openapi_table {", "",
           "const Definition definitions[] = {"]
    for name, schema in sorted(schemas.made.items()):
        text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
        out.append(f"    {{{literal(name)}, {literal(text)}}},")
    out += ["};", f"const std::size_t definitionCount = {len(schemas.made)};", "",
            "}  // namespace pilothouse::http::openapi_table", ""]
    arguments.output.write_text("\n".join(out), encoding="utf-8")


if __name__ == "__main__":
    main()
