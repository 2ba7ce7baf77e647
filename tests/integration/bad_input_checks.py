"""Bad input: each has its stated answer, and what is not understood is kept with its bytes and a reason."""

import base64
import datetime
import json
import unittest

from scene import SharedEngine, demo, event, is_of, visit


class BadInput(SharedEngine):
    def letter(self, body):
        """The dead letter that keeps these very bytes."""
        def keeps(letter):
            return base64.b64decode(letter["data"].get("original", "")) == body
        return self.e.await_event("dead-letters", keeps, what=f"a dead letter of {body[:100]}")

    def letter_reason(self, kind):
        """Why the latest dead letter of an event of this type is one."""
        def is_of_kind(letter):
            return f'"type": "{kind}"'.encode() in base64.b64decode(letter["data"].get("original", ""))
        return self.e.await_event("dead-letters", is_of_kind)["data"]["reason"]

    def assert_kept(self, sent, reason, pointer=""):
        """`sent` is refused with 400, and kept under that reason."""
        body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        self.assert_problem(self.e.post(body), 400, "PM0650", "kept in dead-letters", pointers=[pointer])
        letter = self.letter(body)["data"]
        self.assertEqual((letter["reason"], letter.get("pointer", "")), (reason, pointer), letter)

    def test_what_is_no_event_is_refused_and_kept(self):
        whole = json.dumps(demo()).encode()
        for body in [b"", b"   ", whole[:-1], whole[:40], whole + b"x", whole + whole, b"hello", b"7", b"null", b'"text"',
                     b'{"id":"\xff\xfe"}', b"\xff" + whole, b"\xef\xbb", b"{'id':'1'}", b'{"id":"1",}', b'{"id":NaN}',
                     b'{"id":"\\ud800"}', b"[" * 5000, b'{"a":' * 5000, b"[1", b"\x00", whole.replace(b'"data"', b'"data')]:
            with self.subTest(body[:60]):
                self.assert_kept(body, "malformed")

    def test_deep_nesting_is_refused_and_kept(self):
        for depth in [17, 60, 1000]:
            with self.subTest(depth):
                self.assert_kept(json.dumps(event("site.visited", {"a": 0})).replace("0}", "[" * depth + "]" * depth + "}").encode(),
                                 "malformed")

    def test_an_envelope_out_of_order_is_refused_at_its_pointer(self):
        for change, reason, pointer in [
                ({"id": None}, "wrong_type", "/id"), ({"id": 7}, "wrong_type", "/id"), ({"id": ""}, "wrong_type", "/id"),
                ({"id": "x" * 257}, "wrong_type", "/id"), ({"source": []}, "wrong_type", "/source"),
                ({"type": 1}, "wrong_type", "/type"), ({"time": "yesterday"}, "invalid_value", "/time"),
                ({"time": "2026-13-01T00:00:00Z"}, "invalid_value", "/time"), ({"time": 1700000000}, "invalid_value", "/time"),
                ({"mode": "dry"}, "invalid_value", "/mode"), ({"specversion": "0.3"}, "unsupported", "/specversion"),
                ({"data": [1]}, "wrong_type", "/data"), ({"data": "text"}, "wrong_type", "/data")]:
            with self.subTest(change):
                self.assert_kept({**demo(), **change}, reason, pointer)
        for missing in ["id", "source", "type"]:
            with self.subTest(missing=missing):
                sent = demo()
                del sent[missing]
                self.assert_kept(sent, "missing", "/" + missing)

    def test_unknown_types_are_refused_and_kept(self):
        for kind in ["lead.sold", "lead", "lead.submitted ", "LEAD.SUBMITTED", "../etc"]:
            with self.subTest(kind):
                self.assert_kept(event(kind), "unknown_type", "/type")

    def test_types_that_come_with_a_later_release_say_so(self):
        for kind in ["lead.merged", "meeting.held", "opportunity.won", "handoff.accepted", "person.erased", "lead.transfer"]:
            with self.subTest(kind):
                answer = self.e.post(event(kind))
                problem = self.assert_problem(answer, 400, "PM0650", pointers=["/type"])
                self.assertEqual(self.letter_reason(kind), "unsupported_type")
                self.assertIn("not understood by this release", problem["errors"][0]["detail"])

    def test_misspelt_types_and_fields_get_a_hint(self):
        problem = self.e.post(event("lead.submited", demo()["data"])).json
        self.assertIn("did you mean 'lead.submitted'", problem["errors"][0]["detail"])
        problems = self.e.post(demo(titel="VP")).json["problems"]
        self.assertIn("did you mean 'title'", problems[0]["detail"])

    def test_a_bad_field_is_told_and_the_rest_of_the_event_counts(self):
        sent = demo(employees="lots", shoe=44, hand_raise=True, country="Atlantis", revenue=1e300, title={"a": 1})
        answer = self.e.post(sent)
        self.assertEqual((answer.status, answer.json["accepted"], answer.json["refused"]), (202, 1, 0))
        told = {problem["pointer"]: problem["reason"] for problem in answer.json["problems"]}
        self.assertEqual(told, {"/data/employees": "wrong_type", "/data/shoe": "unknown_field",
                                "/data/country": "invalid_value", "/data/revenue": "wrong_type", "/data/title": "wrong_type"})
        self.assertFalse(any(problem["refused"] for problem in answer.json["problems"]))
        self.e.await_event("assignments", is_of(sent))
        self.letter(json.dumps(sent).encode())

    def test_a_type_error_reads_as_a_sentence(self):
        problem = self.e.post(demo(employees="lots")).json["problems"][0]
        self.assertEqual(problem["detail"], "account.employees is a whole number, but this is not: lots")

    def test_an_event_about_nobody_is_refused_and_kept(self):
        for data in [{}, {"title": "VP"}, {"emial": "a@corp.example"}]:
            with self.subTest(data):
                body = json.dumps(event("lead.submitted", data)).encode()
                answer = self.e.post(body)
                self.assert_problem(answer, 400, "PM0650")
                self.assertIn("/data", [error["pointer"] for error in answer.json["errors"]])
                self.letter(body)
        self.assert_kept(event("account.upserted", {"name": "Corp"}), "no_subject", "/data")
        self.assert_kept(event("lead.accept", {"by": "ada"}), "no_subject", "/data")

    def test_a_batch_tells_of_each_event(self):
        good, bad, half = demo(), event("lead.sold"), demo(shoe=1)
        answer = self.e.post([good, bad, half, 7])
        self.assertEqual((answer.status, answer.json["accepted"], answer.json["refused"]), (202, 2, 2), answer)
        self.assertEqual([(p["index"], p["pointer"], p["reason"], p["refused"]) for p in answer.json["problems"]],
                         [(1, "/type", "unknown_type", True), (2, "/data/shoe", "unknown_field", False), (3, "", "malformed", True)])
        for sent in [good, half]:
            self.e.await_event("assignments", is_of(sent))
        self.letter(b"7")

    def test_a_batch_of_which_nothing_is_understood_is_refused(self):
        self.assert_problem(self.e.post([event("lead.sold"), {}]), 400, "PM0650",
                            pointers=["/0/type", "/1/id", "/1/source", "/1/type"])

    def test_a_batch_that_is_no_json_is_refused_whole(self):
        sent = demo()
        self.assert_kept(json.dumps([sent, demo()]).encode()[:-1], "malformed")
        self.assertFalse(any(map(is_of(sent), self.e.topic("assignments"))))

    def test_an_event_of_too_many_bytes_is_refused_and_its_batch_with_it(self):
        good, large = demo(), demo(message="m" * 300_000)
        self.assert_problem(self.e.post(large), 413, "PM0650", "262144", "nothing was taken", pointers=[""])
        self.assert_problem(self.e.post([good, large]), 413, "PM0650", "nothing was taken", pointers=["/1"])
        self.assertFalse(any(map(is_of(good), self.e.topic("assignments"))))
        self.assert_problem(self.e.post(b"x" * 300_000), 413, "PM0650")

    def test_the_same_id_with_another_payload_is_refused_and_kept(self):
        sent = demo()
        self.assertEqual(self.e.post(sent).json["accepted"], 1)
        other = {**sent, "data": {**sent["data"], "title": "CEO"}}
        answer = self.e.post(other)
        self.assertEqual((answer.status, [e["pointer"] for e in answer.json["errors"]]), (400, ["/id"]), answer)
        self.assertEqual(self.letter(json.dumps(other).encode())["data"]["reason"], "id_reused")
        self.assertEqual(self.e.post(sent).json["accepted"], 1)

    def test_a_refused_event_does_not_use_up_its_id(self):
        sent = demo()
        self.assertEqual(self.e.post({**sent, "type": "lead.sold"}).status, 400)
        self.assertEqual(self.e.post(sent, wait="assignment").status, 200)

    def test_times_at_the_ends_of_the_calendar_are_taken(self):
        for time in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59-12:00", "2026-06-01T10:00:00+14:00"]:
            with self.subTest(time):
                known = demo(anonymous_id="b" + time)
                self.assertEqual(self.e.post(visit(anonymous_id="b" + time) | {"time": time}).status, 202)
                self.assertEqual(self.e.post(known | {"time": time}, wait="assignment").status, 200)
                self.assertEqual(self.e.post(visit(anonymous_id="b" + time) | {"time": time}).status, 202)
        now = datetime.datetime.now(datetime.timezone.utc)
        for out in self.e.topic("assignments"):
            self.assertLessEqual(datetime.datetime.fromisoformat(out["time"]), now, "nothing is decided in the future")
        for time in ["0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"]:
            with self.subTest(time):
                self.assert_kept(demo() | {"time": time}, "invalid_value", "/time")

    def test_events_out_of_order_are_taken(self):
        sent, browser = demo(anonymous_id="out-of-order"), "out-of-order"
        self.e.post(sent | {"time": "2026-05-01T10:00:00Z"})
        answer = self.e.post([visit(anonymous_id=browser) | {"time": f"2026-05-01T0{hour}:00:00Z"} for hour in (9, 3, 7)])
        self.assertEqual((answer.json["accepted"], answer.json["problems"]), (3, []))

    def test_requests_about_unknown_reps_and_leads_are_refused_by_an_event(self):
        lead = self.e.post(demo(), wait="assignment").json["data"]["lead"]["id"]
        unknown = "L-00000000000000ff-00000000000000ff-1"
        for kind, data in [("lead.accept", {"lead_id": lead, "by": "nobody"}), ("lead.accept", {"lead_id": unknown, "by": "ada"}),
                           ("lead.decline", {"lead_id": unknown, "by": "ada"}), ("lead.claim", {"lead_id": unknown, "by": "ada"}),
                           ("lead.claim", {"pool": "waiting", "by": "nobody"}), ("lead.claim", {"pool": "nowhere", "by": "ada"})]:
            with self.subTest(kind=kind, data=data):
                sent = event(kind, data)
                answer = self.e.post(sent)
                self.assertEqual(answer.status, 202, answer)
                root = answer.json["correlationids"][0]
                refused = self.e.await_event("assignments", lambda out: out["correlationid"] == root, timeout=5,
                                             what="the refusal of " + json.dumps(sent))
                self.assertEqual(refused["type"], "request.refused", refused)
                self.assertTrue(refused["data"]["reason"])

    def test_everything_that_came_out_fits_its_schema(self):
        import subprocess
        from engine import PROGRAM
        from schema import problem_of
        schemas = json.loads(subprocess.run([PROGRAM, "schema"], capture_output=True, check=True).stdout)
        self.e.post([demo(), demo(form="newsletter"), event("lead.sold")])
        seen = set()
        for topic in ["leads", "assignments", "sla", "cadence", "decisions", "alerts", "dead-letters"]:
            for out in self.e.topic(topic):
                seen.add(out["type"])
                self.assertEqual(problem_of(schemas[out["type"]], out), "", out)
        self.assertGreater(len(seen), 8, seen)


if __name__ == "__main__":
    unittest.main()
