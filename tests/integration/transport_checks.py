"""HTTP as it comes over a real wire: wrong methods and paths, bounds, slow and odd clients."""

import json
import socket
import threading
import unittest

from scene import Check, SharedEngine, demo, is_of, visit


class Wire:
    """A bare connection."""

    def __init__(self, engine, timeout=20):
        host, port = engine.address.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())
        return self

    def answer(self, head=False):
        """(status, headers, body) of the next answer; None at the end."""
        line = self.file.readline()
        if not line:
            return None
        headers = {}
        while (field := self.file.readline().strip()):
            name, _, value = field.decode().partition(": ")
            headers[name] = value
        length = int(headers.get("Content-Length", 0))
        return int(line.split()[1]), headers, b"" if head else self.file.read(length)

    def rest(self):
        return self.file.read()

    def close(self):
        self.file.close()
        self.socket.close()


class Transport(Check):
    def wire(self, engine, **more):
        wire = Wire(engine, **more)
        self.addCleanup(wire.close)
        return wire

    def assert_refused(self, answer, status, code):
        self.assertIsNotNone(answer, "no answer")
        self.assertEqual((answer[0], json.loads(answer[2])["code"]), (status, code), answer)


class Requests(Transport, SharedEngine):
    def ask(self, text):
        return self.wire(self.e).send(text).answer()

    def test_wrong_methods_are_told_the_right_ones(self):
        for method, path, allow in [("GET", "/v1/events", "POST"), ("PUT", "/v1/events", "POST"),
                                    ("OPTIONS", "/v1/events", "POST"), ("DELETE", "/v1/leads/L-1", "GET, HEAD"),
                                    ("POST", "/v1/topics/leads", "GET, HEAD"), ("PATCH", "/metrics", "GET, HEAD"),
                                    ("BREW", "/v1/queues", "GET, HEAD")]:
            with self.subTest(f"{method} {path}"):
                answer = self.e.ask(method, path)
                self.assert_problem(answer, 405, "PM0602", allow)
                self.assertEqual(answer.headers["Allow"], allow)

    def test_wrong_paths_are_not_found(self):
        for path in ["/", "/v1", "/v1/event", "/v1/events/", "/v2/events", "/v1/leads/", "//v1/queues", "/V1/queues",
                     "/v1/leads/L-1/explain/more"]:
            with self.subTest(path):
                self.assert_problem(self.e.get(path), 404, "PM0601")

    def test_malformed_requests_are_refused(self):
        for text in ["GARBAGE\r\n\r\n", "GET /healthz\r\n\r\n", "GET /healthz HTTP/3.0\r\n\r\n", "GET /healthz HTTP/1.1\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /%FF HTTP/1.1\r\nHost: a\r\n\r\n",
                     "GET /v1/topics/leads?after=%00 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
                     "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                     "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                     "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                     "POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: a\r\n bad: x\r\nb\x01ad: y\r\n\r\n"]:
            with self.subTest(text):
                self.assert_refused(self.ask(text), 400, "PM0600")

    def test_http_1_0_is_answered_and_closed(self):
        wire = self.wire(self.e).send("GET /healthz HTTP/1.0\r\n\r\n")
        self.assertEqual(wire.answer()[0], 200)
        self.assertEqual(wire.rest(), b"")

    def test_pipelined_requests_are_answered_in_order(self):
        body = json.dumps(visit())
        post = f"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        get = "GET {} HTTP/1.1\r\nHost: a\r\n\r\n"
        wire = self.wire(self.e).send(get.format("/healthz") + post + get.format("/nothing") + post + get.format("/readyz"))
        self.assertEqual([wire.answer()[0] for _ in range(5)], [200, 202, 404, 202, 200])

    def test_a_chunked_body_is_one_body(self):
        sent = json.dumps(demo())
        chunks = "".join(f"{len(part):x}\r\n{part}\r\n" for part in (sent[:7], sent[7:50], sent[50:]))
        answer = self.ask(f"POST /v1/events?wait=assignment HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")
        self.assertEqual(answer[0], 200, answer)

    def test_a_held_back_body_is_asked_for(self):
        sent = json.dumps(demo())
        wire = self.wire(self.e).send(f"POST /v1/events HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {len(sent)}\r\n\r\n")
        self.assertEqual(wire.answer()[0], 100)
        self.assertEqual(wire.send(sent).answer()[0], 202)

    def test_media_types_other_than_json_are_refused(self):
        for media in ["text/plain", "application/xml", "multipart/form-data; boundary=x", "*/*", "", "json"]:
            with self.subTest(media):
                answer = self.e.ask("POST", "/v1/events", json.dumps(demo()), {"Content-Type": media})
                self.assert_problem(answer, 415, "PM0653", "application/json")

    def test_an_encoded_body_is_refused_and_not_kept(self):
        answer = self.e.ask("POST", "/v1/events", b"\x1f\x8b", {"Content-Type": "application/json", "Content-Encoding": "gzip"})
        self.assert_problem(answer, 415, "PM0653", "gzip")

    def test_a_missing_media_type_and_curls_form_type_are_taken_as_json(self):
        for headers in [{}, {"Content-Type": "application/x-www-form-urlencoded"}]:
            with self.subTest(headers):
                self.assertEqual(self.e.ask("POST", "/v1/events", json.dumps(demo()), headers).status, 202)

    def test_huge_headers_are_refused(self):
        self.assert_refused(self.ask("GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + "x" * 20_000 + "\r\n\r\n"), 431, "PM0606")
        many = "".join(f"X{i}: y\r\n" for i in range(5_000))
        self.assert_refused(self.ask(f"GET /healthz HTTP/1.1\r\nHost: a\r\n{many}\r\n"), 431, "PM0606")
        self.assert_refused(self.ask("GET /" + "x" * 20_000 + " HTTP/1.1\r\nHost: a\r\n\r\n"), 431, "PM0606")

    def test_a_body_of_10_mb_is_refused_whether_announced_or_not(self):
        for body in [b" " * 10_000_000, iter([b" " * 1_000_000] * 10)]:
            answer = self.e.ask("POST", "/v1/events", body)
            self.assert_problem(answer, 413, "PM0604", "8388608")
        self.assertEqual(self.e.get("/healthz").status, 200)

    def test_a_client_that_leaves_in_the_middle_of_its_body_takes_nothing_with_it(self):
        sent = demo()
        body = json.dumps(sent)
        wire = self.wire(self.e).send(f"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body) + 1}\r\n\r\n{body}")
        wire.socket.shutdown(socket.SHUT_WR)
        self.assert_refused(wire.answer(), 400, "PM0600")
        self.assertFalse(any(map(is_of(sent), self.e.topic("assignments"))))

    def test_a_client_that_leaves_before_its_answer_has_published_all_the_same(self):
        sent = demo()
        body = json.dumps(sent)
        wire = Wire(self.e).send(f"POST /v1/events?wait=assignment HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}")
        wire.close()
        self.e.await_event("assignments", is_of(sent))


class Bounds(Transport):
    def test_a_request_that_drips_in_is_cut_off(self):
        engine = self.engine(http="read_timeout: 300ms")
        over = threading.Event()
        wire = self.wire(engine).send("POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n")

        def drip():
            while not over.wait(0.02):
                try:
                    wire.send(" ")
                except OSError:
                    return
        thread = threading.Thread(target=drip)
        thread.start()
        self.assert_refused(wire.answer(), 408, "PM0603")
        over.set()
        thread.join()
        self.assertEqual(engine.get("/healthz").status, 200)

    def test_an_idle_connection_is_closed(self):
        engine = self.engine(http="idle_timeout: 100ms")
        wire = self.wire(engine)
        self.assertIsNone(wire.answer())
        wire = self.wire(engine).send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertEqual(wire.answer()[0], 200)
        self.assertIsNone(wire.answer())

    def test_too_many_connections_are_told_to_come_again(self):
        engine = self.engine(http="max_connections: 4")
        open_ones = [self.wire(engine) for _ in range(4)]
        for wire in open_ones:
            self.assertEqual(wire.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").answer()[0], 200)
        fifth = self.wire(engine).answer()
        self.assert_refused(fifth, 503, "PM0608")
        self.assertEqual(fifth[1]["Retry-After"], "1")
        self.assertEqual(open_ones[0].send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").answer()[0], 200)

    def test_the_body_bound_is_the_one_configured(self):
        engine = self.engine(http="max_body_bytes: 2000")
        self.assertEqual(engine.post(demo(message="m" * 1000)).status, 202)
        self.assert_problem(engine.post(demo(message="m" * 3000)), 413, "PM0604", "2000")

    def test_several_threads_serve_as_one_does(self):
        engine = self.engine(http="threads: 3")
        sent, answers = [demo() for _ in range(30)], []

        def publish(some):
            answers.extend(engine.post(one, wait="assignment", timeout="10s") for one in some)
        threads = [threading.Thread(target=publish, args=(sent[i::3],)) for i in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({a.json["data"]["contact"]["email"] for a in answers}, {s["data"]["email"] for s in sent})


if __name__ == "__main__":
    unittest.main()
