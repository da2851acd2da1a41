#!/usr/bin/env python3
"""Serves the built site on loopback, compressed where the browser takes it."""

import argparse
import functools
import http.server
import pathlib
import sys
import urllib.parse

TYPES = {".html": "text/html; charset=utf-8", ".mjs": "text/javascript", ".js": "text/javascript",
         ".wasm": "application/wasm", ".json": "application/json", ".ttf": "font/ttf"}


class SiteHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, site, **options):
        self.site = site
        super().__init__(*arguments, **options)

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)

    def answer(self, with_body):
        name = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/") or "index.html"
        path = (self.site / name).resolve()
        if not path.is_relative_to(self.site) or not path.is_file() or path.suffix not in TYPES:
            self.send_error(404)
            return
        packed = path.with_name(path.name + ".br")
        use_packed = packed.exists() and "br" in self.headers.get("Accept-Encoding", "")
        body = (packed if use_packed else path).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", TYPES[path.suffix])
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Vary", "Accept-Encoding")
        if use_packed:
            self.send_header("Content-Encoding", "br")
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=pathlib.Path, required=True)
    parser.add_argument("--port", type=int, default=8080)
    arguments = parser.parse_args()
    handler = functools.partial(SiteHandler, site=arguments.site.resolve())
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), handler)
    except OSError as error:
        sys.exit(f"Port {arguments.port} cannot be used ({error.strerror}). Choose another with --port.")
    # Port 0 asks the system for a free one.
    print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
