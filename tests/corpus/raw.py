"""Bytes on the wire that no browser would send, against the very server that `petabukti run` starts."""

from __future__ import annotations

from tests.corpus import Case
from tests.corpus._sockets import (
    FORM,
    MEGABYTE,
    MULTIPART,
    OURS,
    answers,
    exchanged,
    get,
    head,
    is_the_door,
    language,
    leads_nowhere_else,
    nobody,
    post,
    raw,
    signed_in,
    without_our_name,
)
from tests.corpus.house import BOUNDARY, part

END = f"--{BOUNDARY}--\r\n".encode()
FILE = part("berkas", b"bukan foto", "a.jpg")
CHUNKED = b"5\r\nhello\r\n0\r\n\r\n"


def two_readings() -> list[Case]:
    """Where two servers might disagree about what was asked, or where it ends."""
    ask = head("GET /sehat HTTP/1.1", OURS)
    last = head("GET /sehat HTTP/1.1", OURS, "Connection: close")
    inner = head("GET /akun HTTP/1.1", OURS)
    outer = head("GET /sehat HTTP/1.1", OURS, f"Content-Length: {len(inner)}", "Connection: close")
    start = "POST /masuk HTTP/1.1"
    return [
        Case("raw requests", "three requests at once", answers(ask + ask + last, 3), 200),
        Case("raw requests", "a request in the body of another", answers(outer + inner, 1), 200),
        raw("two lengths", head(start, OURS, "Content-Length: 3", "Content-Length: 5") + b"hello", 400),
        raw("one length twice", head(start, OURS, "Content-Length: 5", "Content-Length: 5") + b"hello", 400),
        raw("a length and chunks", head(start, OURS, "Content-Length: 3", "Transfer-Encoding: chunked") + CHUNKED, 400),
        raw(
            "chunks",
            head(start, OURS, "Transfer-Encoding: chunked") + CHUNKED,
            411,
            "length_required",
            without_our_name,
        ),
        raw("a chunk of no size", head(start, OURS, "Transfer-Encoding: chunked") + b"zz\r\n", 411, "length_required"),
        raw(
            "a chunk size without end",
            head(start, OURS, "Transfer-Encoding: chunked") + b"1" * MEGABYTE,
            411,
            "length_required",
        ),
        raw(
            "chunks in HTTP/1.0",
            head("POST /masuk HTTP/1.0", OURS, "Transfer-Encoding: chunked") + CHUNKED,
            411,
            "length_required",
        ),
        raw("chunks in disguise", head(start, OURS, "Transfer-Encoding: \x0bchunked") + CHUNKED, 400),
        raw("packed on the way", head(start, OURS, "Transfer-Encoding: gzip"), 400, "bad_request", without_our_name),
        *(
            raw(f"length {n[:9]}", head(start, OURS, f"Content-Length: {n}"), 400)
            for n in ("-5", "+5", "0x5", "5 5", "", "9" * 5000)
        ),
        raw("two hosts", head("GET /sehat HTTP/1.1", OURS, "Host: jahat.example"), 400),
        raw("a folded header", head("GET /sehat HTTP/1.1", OURS, "X: a", " b", "Connection: close"), 200, None),
        raw("a blank before the colon", head("GET /sehat HTTP/1.1", "Host : localhost"), 400),
        raw("a bare carriage return", head("GET /sehat HTTP/1.1", OURS, "X: a\rY: b"), 400),
        raw("line feeds alone", b"GET /sehat HTTP/1.1\nHost: localhost\n\n", 408, "request_timeout"),
    ]


def slow_and_long() -> list[Case]:
    """What never ends, or is more than anybody needs."""
    lines = [f"X-{n}: a" for n in range(10_000)]
    many = b"".join(part(f"f{n}", b"a") for n in range(10_000)) + END
    return [
        raw(
            "a head that never ends",
            b"GET /sehat HTTP/1.1\r\nHost: localhost\r\n",
            408,
            "request_timeout",
            without_our_name,
        ),
        post("a body that is shorter than stated", 408, "request_timeout", b"a=b", "Content-Length: 30", FORM),
        raw(
            "a header of 100 kB",
            head("GET /sehat HTTP/1.1", OURS, "X: " + "a" * 100_000),
            431,
            "headers_too_large",
            without_our_name,
        ),
        raw("10,000 headers", head("GET /sehat HTTP/1.1", OURS, *lines), 431, "headers_too_large"),
        raw("an address of 100 kB", head(f"GET /{'a' * 100_000} HTTP/1.1", OURS), 431, "headers_too_large"),
        raw(
            "100 MB announced",
            head("POST /masuk HTTP/1.1", OURS, f"Content-Length: {100 * MEGABYTE}"),
            413,
            "request_too_large",
            without_our_name,
        ),
        raw(
            "100 MB after a nod",
            head("POST /masuk HTTP/1.1", OURS, f"Content-Length: {100 * MEGABYTE}", "Expect: 100-continue"),
            413,
            "request_too_large",
        ),
        post("10,000 parts", 413, "request_too_large", many, MULTIPART),
        post("a text of 3 MB", 413, "request_too_large", part("note", b"a" * 3 * MEGABYTE) + END, MULTIPART),
        post("a text of 3 MB without parts", 413, "request_too_large", b"note=" + b"a" * 3 * MEGABYTE, FORM),
    ]


def strange_words() -> list[Case]:
    """Start lines and hosts."""
    ask = "GET /sehat HTTP/1.1"
    return [
        raw("no host", head(ask), 400),
        raw("an empty host", head(ask, "Host:"), 400),
        raw("a host with a name before it", head(ask, "Host: localhost@jahat.example"), 400),
        nobody("no host in HTTP/1.0", "GET /sehat HTTP/1.0", 200, None),
        Case(
            "raw requests",
            "a foreign host",
            lambda person: exchanged(person, head(ask, "Host: jahat.example", *signed_in(person))),
            400,
            "host_unknown",
        ),
        get("an address with a foreign host", "http://jahat.example/sehat", 400, "host_unknown"),
        get("an address with our host", "http://localhost/sehat", 200, None),
        raw("an address with half a host", head("GET http://[::1/ HTTP/1.1", OURS), 400),
        get(
            "a forwarded host from nobody we believe",
            "/akun//sandi",
            308,
            None,
            "X-Forwarded-Host: jahat.example",
            proofs=(leads_nowhere_else,),
        ),
        raw("HTTP/0.9", b"GET /sehat\r\n\r\n", 400),
        raw("HTTP/3.0", head("GET /sehat HTTP/3.0", OURS), 400, "bad_request", without_our_name),
        raw("HTTP/1.10", head("GET /sehat HTTP/1.10", OURS), 400),
        raw("no request at all", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        nobody("an unknown method", "BREW /sehat HTTP/1.1", 405, "method_not_allowed"),
        raw("a method in small letters", head("get /sehat HTTP/1.1", OURS), 400),
        nobody("TRACE", "TRACE /sehat HTTP/1.1", 405, "method_not_allowed", proofs=(leads_nowhere_else,)),
        raw("CONNECT", head("CONNECT jahat.example:443 HTTP/1.1", OURS), 400),
        raw("OPTIONS of everything", head("OPTIONS * HTTP/1.1", OURS), 400),
        get("a method in a header", "/sehat", 200, None, "X-HTTP-Method-Override: DELETE"),
    ]


INJECTED = "%0d%0aX-Jahat:%201"
UPWARDS = (
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2fapp.py",
    "/static/..%5capp.py",
    "/static/....//app.py",
    "/..;/akun",
    "/static/css/petabukti.css/../../../app.py",
)


def strange_addresses() -> list[Case]:
    """Paths and parameters of somebody who is signed in."""
    return [
        raw("a NUL in the path", head(b"GET /se\x00hat HTTP/1.1", OURS), 400),
        raw("a written NUL in the path", head("GET /static/css%00 HTTP/1.1", OURS), 400),
        raw("a written NUL in a parameter", head("GET /masuk?next=%00 HTTP/1.1", OURS), 400),
        get("a broken percent sign in the path", "/%zz", 404, "not_found"),
        get("a broken percent sign in a parameter", "/bukti/?cari=%zz%", 200, None),
        get("overlong UTF-8 in the path", "/static/%c0%ae%c0%ae/app.py", 404, "not_found"),
        get("overlong UTF-8 in a parameter", "/bukti/?cari=%c0%ae%ed%a0%80", 200, None),
        get("half a letter in a parameter", "/bukti/?cari=%f0%9f", 200, None),
        raw("raw Latin-1 in a parameter", head(b"GET /masuk?next=\xe9 HTTP/1.1", OURS), 400),
        *(get(f"upwards by {path}", path, 404, "not_found") for path in UPWARDS),
        get("doubled slashes", "//jahat.example//akun", 404, "not_found", proofs=(leads_nowhere_else,)),
        get("a new header in the path", f"/akun{INJECTED}", 404, "not_found", proofs=(leads_nowhere_else,)),
        nobody(
            "a new header in a parameter",
            f"GET /masuk?next=/{INJECTED} HTTP/1.1",
            200,
            None,
            proofs=(leads_nowhere_else,),
        ),
        language("a new header in a field", 303, None, f"locale=id&next=/akun{INJECTED}"),
        language("a way out in a field", 303, None, "locale=id&next=/%5cjahat.example"),
        get("a page beyond all numbers", "/bukti/?hal=99999999999999999999", 200, None),
        get("a number beyond all rows", "/bukti/99999999999999999999", 404, "not_found"),
        get("a thousand parameters", "/bukti/?" + "&".join(f"cari={n}" for n in range(1000)), 200, None),
    ]


def strange_headers() -> list[Case]:
    """Headers that browsers send, filled as they never do."""
    big = f"Cookie: petabukti={'a' * 8000}"
    return [
        nobody("a cookie of 8 kB", "GET /akun HTTP/1.1", 303, None, big, proofs=(is_the_door,)),
        nobody(
            "a cookie of garbage",
            "GET /akun HTTP/1.1",
            303,
            None,
            b"Cookie: \xff;=;petabukti=\xfe\xff",
            proofs=(is_the_door,),
        ),
        nobody(
            "a forged cookie",
            "GET /akun HTTP/1.1",
            303,
            None,
            "Cookie: petabukti=eyJfdXNlcl9pZCI6IjEifQ.ZZZZZZ.forged",
            proofs=(is_the_door,),
        ),
        get("languages nobody speaks", "/sehat", 200, None, "Accept-Language: ;q=nan,*;q=-1,xx-\xff"),
        get(
            "accepting nothing sensible", "/sehat", 200, None, "Accept: ;;;,*/*;q=1e999", "Accept-Encoding: gzip;q=abc"
        ),
        get(
            "a packed style sheet from the middle",
            "/static/css/petabukti.css",
            416,
            "http_error",
            "Range: bytes=0-,0-,0-,5-1",
            "Accept-Encoding: gzip",
        ),
        get(
            "tags and times of nonsense",
            "/static/css/petabukti.css",
            200,
            None,
            'If-None-Match: W/"',
            "If-Modified-Since: 31 Feb",
        ),
        get(
            "a sender in numbers that are none",
            "/sehat",
            200,
            None,
            "X-Forwarded-For: jahat, 999.1.1.1",
            "Forwarded: for=_x",
        ),
        post(
            "a boundary that never comes",
            422,
            "no_files",
            FILE + END,
            "Content-Type: multipart/form-data; boundary=lain",
        ),
        post("no boundary", 422, "no_files", FILE + END, "Content-Type: multipart/form-data"),
        post("a form that breaks off", 422, "no_files", FILE[:-4], MULTIPART),
        language("an unknown charset", 303, None, "locale=id", "Accept-Charset: jahat"),
        post("one file twice", 415, "type_not_allowed", FILE + FILE + END, MULTIPART),
        post("a field twice", 415, "type_not_allowed", part("upload_id", b"x") * 2 + FILE + END, MULTIPART),
        post("a field that is a file", 415, "type_not_allowed", part("fix_lon", b"1", "a.jpg") + FILE + END, MULTIPART),
        post("the file as a field", 422, "no_files", part("berkas", b"teks") + END, MULTIPART),
        post("a part without a name", 422, "no_files", FILE.replace(b' name="berkas";', b"") + END, MULTIPART),
        post("a nod before the body", 415, "type_not_allowed", FILE + END, MULTIPART, "Expect: 100-continue"),
        language("a change sent by another site", 403, "cross_site", "locale=id", "Origin: https://jahat.example"),
        language("a change sent by a sandbox", 403, "cross_site", "locale=id", "Origin: null"),
        language("a change sent by a sister site", 403, "cross_site", "locale=id", "Sec-Fetch-Site: same-site"),
        language("a change by an old phone", 303, None, "locale=id"),
        language(
            "a change sent by our own page",
            303,
            None,
            "locale=id",
            "Origin: http://localhost",
            "Sec-Fetch-Site: same-origin",
        ),
    ]


CASES = [*two_readings(), *slow_and_long(), *strange_words(), *strange_addresses(), *strange_headers()]
