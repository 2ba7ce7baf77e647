"""Timers that stand still since their step failed: how an operator finds them and tries them again."""

import json
import signal
import unittest

from engine import Engine
from program_checks import pointsman
from rocks import opened
from scene import RULES, Check, held, is_of


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def parked_row(due_ms, why):
    """ParkedRow (engine/runtime/task.h): 1 due, 2 when it failed, both zigzag; 3 why."""
    stamp = varint(2 * due_ms)
    return b"\x08" + stamp + b"\x10" + stamp + b"\x1a" + varint(len(why)) + why


class Parked(Check):
    def engine_with_a_parked_row(self):
        """No event makes a step fail, so that the row is parked by hand: its timer is taken out and it is listed."""
        folder, sent = self.scratch(), held("odd")
        with Engine(folder, RULES, catch_up="1h") as before:  # no timer fires
            self.assertEqual(before.post(sent).status, 202)
            self.assertEqual(before.end(signal.SIGTERM), 0)
        with opened(before.data) as store:
            due, = (key for key in store.keys(b"due") if key[8:9] == b"l")
            store.delete(b"due", due)
            due_ms = int.from_bytes(due[:8], "big") ^ 1 << 63
            store.put(b"rows", b"!" + due[8:], parked_row(due_ms, b"a planted fault"))
        return self.engine(folder=folder), sent

    def test_they_are_listed_and_go_on_when_they_are_retried(self):
        engine, sent = self.engine_with_a_parked_row()
        url = f"http://{engine.address}"
        self.assertEqual(engine.metric("pointsman_parked_rows"), 1)
        listed = engine.get("/v1/parked").json
        row, = listed["parked"]
        self.assertEqual((listed["count"], row["kind"], row["row"], row["why"]), (1, "lead", "lead", "a planted fault"))
        lead = engine.get(f"/v1/leads/{row['lead_id']}").json
        self.assertEqual(lead["contact"]["email"], sent["data"]["email"])
        self.assertEqual(lead["parked"], [f"lead since {row['parked_at']}: a planted fault (parked row {row['id']})"])
        self.assertIn("stands still", pointsman("lead", "show", row["lead_id"], "--url", url).stdout)
        told = pointsman("parked", "list", "--url", url)
        self.assertEqual((told.returncode, told.stderr), (0, ""), told)
        for says in [row["id"], row["lead_id"], row["due"], row["parked_at"], "a planted fault"]:
            self.assertIn(says, told.stdout)
        self.assertEqual(json.loads(pointsman("parked", "list", "--url", url, "--json").stdout), listed)
        done = pointsman("parked", "retry", row["id"], "--url", url)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertIn("1 timer is retried", done.stdout)
        engine.await_event("assignments", is_of(sent), what="what the timer does")
        self.assertEqual(engine.get("/v1/parked").json, {"count": 0, "parked": []})
        self.assertEqual(engine.metric("pointsman_parked_rows"), 0)
        self.assertNotIn("parked", engine.get(f"/v1/leads/{row['lead_id']}").json)
        again = pointsman("parked", "retry", row["id"], "--url", url)
        self.assertEqual((again.returncode, "PM0655" in again.stderr), (1, True), again)

    def test_all_can_be_retried_at_once(self):
        engine, sent = self.engine_with_a_parked_row()
        answer = engine.ask("POST", "/v1/parked/retry")
        self.assertEqual((answer.status, len(answer.json["retried"])), (200, 1), answer)
        engine.await_event("assignments", is_of(sent))
        self.assertEqual(engine.ask("POST", "/v1/parked/retry").json, {"retried": []})
        done = pointsman("parked", "retry", "--all", "--url", f"http://{engine.address}")
        self.assertEqual((done.returncode, done.stdout.startswith("0 timers are retried")), (0, True), done)

    def test_bad_requests_are_refused(self):
        engine = self.engine()
        self.assert_problem(engine.ask("POST", "/v1/parked/0000000000000000/retry"), 404, "PM0655")
        self.assert_problem(engine.get("/v1/parked", limit=0), 400, "PM0651")
        self.assertEqual(engine.get("/v1/parked/retry").headers["Allow"], "POST")


if __name__ == "__main__":
    unittest.main()
