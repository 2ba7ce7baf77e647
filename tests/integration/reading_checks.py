"""GET /v1/topics, /v1/leads, /v1/queues, /metrics, /healthz, /readyz."""

import json
import socket
import threading
import time
import unittest

from scene import SharedEngine, demo, is_of, newsletter, visit

FOLLOW = {"Accept": "text/event-stream"}


class EventStream:
    """Server-Sent Events of a topic, one after the other."""

    def __init__(self, engine, path, headers=None, receive_bytes=None):
        host, port = engine.address.split(":")
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(20)
        self.socket.connect((host, int(port)))
        lines = [f"GET {path} HTTP/1.0", "Host: x"] + [f"{k}: {v}" for k, v in {**FOLLOW, **(headers or {})}.items()]
        self.socket.sendall("\r\n".join(lines + ["", ""]).encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode().partition(": ")
            self.headers[name] = value

    def next(self):
        """(id, type, event); None when the stream has ended."""
        event = {}
        while line := self.file.readline():
            if line == b"\n":
                if "data" in event:
                    return int(event["id"]), event["event"], json.loads(event["data"])
                event = {}
                continue
            name, _, value = line.decode().rstrip("\n").partition(": ")
            event[name] = value
        return None

    def close(self):
        self.file.close()
        self.socket.close()


class Topics(SharedEngine):
    def follow(self, path, **more):
        stream = EventStream(self.e, path, **more)
        self.addCleanup(stream.close)
        return stream

    def test_pages_follow_each_other_without_gap_or_repeat(self):
        self.e.post([demo() for _ in range(7)])
        whole = self.e.topic("leads")
        paged, after = [], -1
        while True:
            page = self.e.get("/v1/topics/leads", after=after, limit=3).json
            self.assertLessEqual(len(page["records"]), 3)
            if not page["records"]:
                self.assertEqual(page["next"], after)
                break
            self.assertEqual(page["next"], page["records"][-1]["offset"])
            after, paged = page["next"], paged + page["records"]
        self.assertEqual([record["event"]["id"] for record in paged], [event["id"] for event in whole])
        self.assertEqual([record["offset"] for record in paged], list(range(len(paged))))

    def test_a_long_poll_wakes_when_something_comes(self):
        end = len(self.e.topic("assignments"))
        got = []
        poll = threading.Thread(target=lambda: got.append(
            self.e.get("/v1/topics/assignments", after=end - 1, wait="60s").json))
        poll.start()
        sent = demo()
        self.e.post(sent)
        poll.join(20)
        self.assertFalse(poll.is_alive(), "the long poll sleeps on")
        self.assertTrue(is_of(sent)(got[0]["records"][0]["event"]), got)

    def test_a_long_poll_ends_empty_when_nothing_comes(self):
        end = len(self.e.topic("handoffs"))
        began = time.monotonic()
        self.assertEqual(self.e.get("/v1/topics/handoffs", wait="200ms").json, {"records": [], "next": end - 1})
        self.assertGreaterEqual(time.monotonic() - began, 0.19)  # instants are milliseconds
        self.assertEqual(self.e.get("/v1/topics/handoffs").json, {"records": [], "next": end - 1})

    def test_bad_parameters_are_refused_by_name(self):
        for query in [{"after": "x"}, {"after": "-2"}, {"after": ""}, {"after": "1.5"}, {"after": "9223372036854775808"},
                      {"limit": "0"}, {"limit": "1001"}, {"limit": "-1"}, {"limit": "ten"}, {"wait": "1h"},
                      {"wait": "soon"}, {"wait": "-1s"}]:
            with self.subTest(query):
                self.assert_problem(self.e.get("/v1/topics/leads", **query), 400, "PM0651", next(iter(query)))

    def test_an_unknown_topic_is_not_found(self):
        self.assert_problem(self.e.get("/v1/topics/lead"), 404, "PM0652", "'lead'")
        self.assert_problem(self.e.get("/v1/topics/"), 404, "PM0601")

    def test_a_position_that_was_never_handed_out_is_refused(self):
        self.e.post(demo())
        end = len(self.e.topic("assignments"))
        self.assertEqual(self.e.get("/v1/topics/assignments", after=end - 1).status, 200)
        for headers in [None, FOLLOW]:
            answer = self.e.get("/v1/topics/assignments", headers, after=2**40)
            self.assert_problem(answer, 416, "PM0654", "beyond the end")
        self.assert_problem(self.e.get("/v1/topics/handoffs", after=0), 416, "PM0654", "0 comes next")

    def test_a_stream_carries_what_is_there_and_what_comes(self):
        self.e.post(demo())
        stream = self.follow("/v1/topics/assignments")
        self.assertEqual((stream.status, stream.headers["Content-Type"]), (200, "text/event-stream"))
        there = self.e.topic("assignments")
        for offset, event in enumerate(there):
            self.assertEqual(stream.next(), (offset, event["type"], event))
        sent = demo()
        self.e.post(sent)
        offset, kind, event = stream.next()
        self.assertEqual((offset, kind, is_of(sent)(event)), (len(there), "assignment.routed", True))

    def test_a_stream_resumes_behind_the_last_event_id(self):
        self.e.post([demo() for _ in range(3)])
        stream = self.follow("/v1/topics/assignments", headers={"Last-Event-ID": "1"})
        self.assertEqual(stream.next()[0], 2)
        stream = self.follow("/v1/topics/assignments?after=0")
        self.assertEqual(stream.next()[0], 1)
        stream = self.follow("/v1/topics/assignments?after=0", headers={"Last-Event-ID": "1"})
        self.assertEqual(stream.next()[0], 2)
        for wrong in ["x", "-2", "1 "]:
            answer = self.e.get("/v1/topics/assignments", {**FOLLOW, "Last-Event-ID": "'" + wrong})
            self.assert_problem(answer, 400, "PM0651", "Last-Event-ID")

    def test_a_stream_brings_a_long_backlog_to_a_slow_reader_whole(self):
        self.e.post([demo(message="m" * 8000) for _ in range(400)])  # more than any buffer on the way
        end = len(self.e.topic("assignments"))
        stream = self.follow("/v1/topics/assignments", receive_bytes=4096)
        self.assertEqual([stream.next()[0] for _ in range(end)], list(range(end)))

    def test_every_topic_of_the_design_is_there(self):
        for name in ["leads", "assignments", "sla", "cadence", "handoffs", "privacy", "decisions", "alerts", "dead-letters"]:
            with self.subTest(name):
                self.assertEqual(self.e.get(f"/v1/topics/{name}", limit=1).status, 200)


class State(SharedEngine):
    def lead(self, sent):
        return self.e.post(sent, wait="assignment").json["data"]["lead"]["id"]

    def test_a_lead_is_shown_with_its_place(self):
        sent = demo(first_name="Kim")
        lead = self.lead(sent)
        shown = self.e.get(f"/v1/leads/{lead}")
        self.assertEqual(shown.status, 200, shown)
        self.assertEqual(shown.headers["Content-Type"], "application/json")
        self.assertIn(sent["data"]["email"], shown.body.decode())
        text = self.e.get(f"/v1/leads/{lead}", {"Accept": "text/plain"})
        self.assertTrue(text.headers["Content-Type"].startswith("text/plain"))
        self.assertIn(lead, text.body.decode())

    def test_an_explanation_names_route_pool_and_rep(self):
        lead = self.lead(demo())
        answer = self.e.get(f"/v1/leads/{lead}/explain")
        self.assertEqual(answer.status, 200, answer)
        for word in ["Demo", "sales"]:
            self.assertIn(word, answer.body.decode())
        self.assertIn("Demo", self.e.get(f"/v1/leads/{lead}/explain", {"Accept": "text/plain"}).body.decode())

    def test_unknown_and_malformed_leads_are_told_apart(self):
        for path in ["", "/explain"]:
            self.assert_problem(self.e.get(f"/v1/leads/L-00000000000000ff-00000000000000ff-1{path}"), 404, "PM0714")
            for wrong in ["7", "L-1", "A-00000000000000ff-00000000000000ff-1", "%00", "%C3%A9", "L-" + "f" * 5000]:
                with self.subTest(wrong[:20] + path):
                    self.assertIn(self.e.get(f"/v1/leads/{wrong}{path}").status, (400, 404))

    def test_a_queue_shows_its_depth_and_who_is_next(self):
        def waiting():
            return next(q for q in self.e.get("/v1/queues").json["queues"] if q["pool"] == "waiting")
        before = waiting()["waiting"]
        lead = self.lead(newsletter())
        after = waiting()
        self.assertEqual(after["waiting"], before + 1)
        self.assertIn(lead, [entry["lead_id"] for entry in after["first"]])
        metric = self.e.metric('pointsman_queue_depth_leads{pool="waiting"}')
        self.assertEqual(metric, before + 1)

    def test_metrics_count_what_came_out(self):
        name = 'pointsman_events_out_total{type="assignment.routed"}'
        self.e.post(demo())
        before = self.e.metric(name)
        self.e.post([demo(), demo()])
        self.assertEqual(self.e.metric(name), before + 2)
        for line in self.e.get("/metrics").body.decode().splitlines():
            if not line.startswith("#"):
                self.assertRegex(line, r"^pointsman_[a-z_]+(\{[^}]*\})? [-+0-9.eInfa]+$")

    def test_health_and_readiness(self):
        self.assertEqual(self.e.get("/healthz").json, {"status": "ok"})
        self.assertEqual(self.e.get("/readyz").json, {"status": "ready"})

    def test_head_has_the_length_and_no_body(self):
        self.e.post(visit())
        for path in ["/healthz", "/metrics", "/v1/queues", "/v1/topics/leads"]:
            with self.subTest(path):
                answer = self.e.ask("HEAD", path)
                self.assertEqual((answer.status, answer.body), (200, b""))
                self.assertGreater(int(answer.headers["Content-Length"]), 0)


if __name__ == "__main__":
    unittest.main()
