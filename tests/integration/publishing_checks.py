"""POST /v1/events: forms of a body, what the answers promise, waiting for an assignment."""

import json
import signal
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from scene import Check, SharedEngine, demo, event, held, is_of, newsletter, visit


class Publishing(SharedEngine):
    def test_a_single_event_is_accepted_and_takes_effect(self):
        sent = demo()
        answer = self.e.post(sent)
        routed = self.e.await_event("assignments", is_of(sent))
        self.assertEqual(routed["type"], "assignment.routed")
        self.assertEqual((answer.status, answer.json),
                         (202, {"accepted": 1, "refused": 0, "ids": [sent["id"]],
                                "correlationids": [routed["correlationid"]], "problems": []}))

    def test_a_202_means_that_the_effect_is_readable_at_once(self):
        sent = demo()
        self.e.post(sent)
        self.assertTrue(any(map(is_of(sent), self.e.topic("assignments"))))

    def test_an_array_is_a_batch_in_its_order(self):
        sent = [demo(), visit(), demo()]
        answer = self.e.post(sent)
        self.assertEqual((answer.status, answer.json["accepted"], answer.json["ids"]),
                         (202, 3, [one["id"] for one in sent]))
        routed = [e["data"]["contact"]["email"] for e in self.e.topic("assignments") if e["type"] == "assignment.routed"]
        first, second = sent[0]["data"]["email"], sent[2]["data"]["email"]
        self.assertLess(routed.index(first), routed.index(second))

    def test_the_cloudevents_media_types_are_understood(self):
        for media, body in [("application/cloudevents+json", demo()), ("application/cloudevents-batch+json", [demo()]),
                            ("application/cloudevents+json; charset=UTF-8", demo()), ("Application/JSON", demo())]:
            with self.subTest(media):
                answer = self.e.ask("POST", "/v1/events", json.dumps(body), {"Content-Type": media})
                self.assertEqual((answer.status, answer.json["accepted"]), (202, 1), answer)

    def test_binary_mode_takes_attributes_from_headers(self):
        sent = demo()
        headers = {"ce-specversion": "1.0", "CE-Id": sent["id"], "ce-source": "test%20%C3%BC", "ce-type": "lead.submitted",
                   "ce-mode": "live", "Content-Type": "application/json"}
        answer = self.e.ask("POST", "/v1/events?wait=assignment", json.dumps(sent["data"]), headers)
        self.assertEqual((answer.status, answer.json["type"]), (200, "assignment.routed"), answer)
        self.assertTrue(is_of(sent)(answer.json))
        # The source is percent-encoded in a header, so this is the same id of the same source.
        again = self.e.post({**sent, "source": "test ü", "data": {**sent["data"], "title": "other"}})
        self.assert_problem(again, 400, "PM0650", pointers=["/id"])

    def test_binary_mode_without_json_is_refused_and_kept(self):
        answer = self.e.ask("POST", "/v1/events", b"<lead/>", {"ce-id": "x1", "ce-source": "s", "ce-type": "site.visited",
                                                              "Content-Type": "text/xml"})
        self.assert_problem(answer, 400, "PM0650", pointers=["/data"])

    def test_an_empty_batch_is_nothing_to_do(self):
        answer = self.e.post([])
        self.assertEqual((answer.status, answer.json["accepted"]), (202, 0))

    def test_a_batch_of_many_events_is_taken_whole(self):
        sent = [visit() for _ in range(2000)]
        answer = self.e.post(sent)
        self.assertEqual((answer.status, answer.json["accepted"]), (202, 2000))
        too_many = [1] * 10_001
        self.assert_problem(self.e.post(too_many), 413, "PM0650", "10000", "none was taken")

    def test_a_repeated_event_is_accepted_and_takes_effect_once(self):
        sent = demo()
        self.assertEqual([self.e.post(sent).status for _ in range(3)], [202] * 3)
        self.assertEqual(len([e for e in self.e.topic("assignments") if is_of(sent)(e)]), 1)


class Waiting(SharedEngine):
    def test_it_answers_the_rep(self):
        sent = demo(first_name="Kim")
        answer = self.e.post(sent, wait="assignment", timeout="2s")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["type"], "assignment.routed")
        self.assertIn(answer.json["data"]["rep"]["id"], ["ada", "ben"])
        self.assertEqual(answer.json["data"]["rep"]["email"], answer.json["data"]["rep"]["id"] + "@own.example")

    def test_it_answers_the_queue_when_the_lead_waits_there(self):
        answer = self.e.post(newsletter(), wait="assignment", timeout="2s")
        self.assertEqual((answer.status, answer.json["type"]), (200, "assignment.queued"), answer)
        self.assertEqual(answer.json["data"]["assignment"]["pool"], "waiting")

    def outcome(self, sent):
        """What the answer to `sent` says became of it; it must not take the timeout."""
        began = time.monotonic()
        answer = self.e.post(sent, wait="assignment", timeout="40s")
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual((answer.status, answer.json["accepted"], answer.json["assignment"]), (202, 1, None), answer)
        return {key: answer.json[key] for key in ["outcome", "reason", "until", "lead_id"] if key in answer.json}

    def test_what_is_not_assigned_is_told_at_once_with_what_became_of_it(self):
        for sent, outcome, reason in [(held(), "screened", "Look twice"), (held("unclear"), "held", "hand_raise")]:
            with self.subTest(outcome):
                told = self.outcome(sent)
                self.assertEqual((told["outcome"], told["reason"]), (outcome, reason))
                self.assertRegex(told["until"], r"^20\d\d-.*Z$")
                lead = self.e.get("/v1/leads/" + told["lead_id"]).json
                self.assertEqual((lead["place"], lead["held_until"]), (outcome, told["until"]))
                self.assertEqual(self.outcome(sent), told, "sent again")
        self.assertEqual(self.outcome(demo(hand_raise=False))["outcome"], "nurture")
        self.assertEqual(self.outcome({**demo(), "mode": "backfill"})["outcome"], "backfill")
        self.assertEqual(self.outcome(visit()), {"outcome": "no_lead"})

    def test_one_whom_nobody_may_contact_is_told_as_suppressed(self):
        sent = demo()
        self.e.post(event("consent.changed", {"email": sent["data"]["email"], "channel": "all", "status": "refused"}))
        told = self.outcome(sent)
        self.assertEqual((told["outcome"], told["reason"]), ("suppressed", "hand_raise"))

    def test_a_closed_lead_is_told_as_closed(self):
        sent = demo()
        self.e.post(sent)
        who = {"email": sent["data"]["email"]}
        told = self.outcome(event("lead.disposed", {**who, "status": "disqualified", "reason": "spam"}))
        self.assertEqual((told["outcome"], told["reason"]), ("closed", "spam"))

    def test_a_request_that_loses_is_answered_at_once_with_the_reason(self):
        sent = event("lead.claim", {"by": "zed", "pool": "waiting"})
        answer = self.e.post(sent, wait="assignment", timeout="60s")
        self.assertEqual((answer.status, answer.json["type"]), (200, "request.refused"), answer)
        self.assertEqual((answer.json["data"]["reason"], answer.json["data"]["request_id"]), ("unknown_rep", sent["id"]))

    def test_a_repeated_event_is_answered_the_same_rep_at_once(self):
        for sent in [demo(), newsletter()]:
            first = self.e.post(sent, wait="assignment").json
            answer = self.e.post(sent, wait="assignment", timeout="60s")
            self.assertEqual((answer.status, answer.json["type"], answer.json["known"]), (200, first["type"], True), answer)
            for part in ["lead", "assignment", "rep"]:
                again, before = answer.json["data"].get(part, {}), first["data"].get(part, {})
                self.assertEqual(again.get("id"), before.get("id"), part)
            self.assertEqual(answer.json["data"]["assignment"]["pool"], first["data"]["assignment"]["pool"])

    def test_what_can_never_be_assigned_is_not_waited_for(self):
        for sent in [visit(), event("person.identified", {"email": "known@corp.example"}),
                     demo(hand_raise=False), event("rep.back", {"rep": "ada"})]:
            with self.subTest(sent["type"]):
                answer = self.e.post(sent, wait="assignment", timeout="60s")
                self.assertEqual((answer.status, answer.json["assignment"]), (202, None), answer)

    def test_a_review_that_ends_in_time_is_waited_for(self):
        answer = self.e.post(held("odd"), wait="assignment", timeout="30s")
        self.assertEqual((answer.status, answer.json["type"]), (200, "assignment.routed"), answer)

    def test_while_it_waits_whatever_assigns_the_lead_answers(self):
        sent, got = held("strange"), []
        waiter = threading.Thread(target=lambda: got.append(self.e.post(sent, wait="assignment", timeout="60s")))
        waiter.start()
        self.e.await_event("leads", is_of(sent))
        self.e.post(event("lead.updated", {"email": sent["data"]["email"], "title": "VP"}))
        waiter.join(20)
        self.assertEqual((got[0].status, got[0].json["type"], got[0].json["known"]), (200, "assignment.routed", True), got)

    def test_a_refused_event_is_not_waited_for(self):
        self.assert_problem(self.e.post(event("lead.sold"), wait="assignment", timeout="30s"), 400, "PM0650")

    def test_each_of_many_waiters_gets_its_own_lead(self):
        sent = [demo() for _ in range(40)]
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda one: self.e.post(one, wait="assignment", timeout="20s"), sent))
        self.assertEqual([a.json["data"]["contact"]["email"] for a in answers], [s["data"]["email"] for s in sent])

    def test_bad_waits_are_refused_and_nothing_is_taken(self):
        sent = demo()
        for query in [{"wait": "reply"}, {"wait": ""}, {"wait": "assignment", "timeout": "soon"},
                      {"wait": "assignment", "timeout": "-1s"}, {"wait": "assignment", "timeout": "2m"},
                      {"wait": "assignment", "timeout": ""}, {"timeout": "5e18h"}, {"timeout": "1e3"}, {"timeout": "99999999999999999999s"}]:
            with self.subTest(query):
                self.assert_problem(self.e.post(sent, **query), 400, "PM0651")
        self.assert_problem(self.e.post([sent, demo()], wait="assignment"), 400, "PM0651", "one event")
        self.assertFalse(any(map(is_of(sent), self.e.topic("assignments"))))


class Durability(Check):
    def test_what_was_answered_202_survives_a_kill_at_once(self):
        engine, sent = self.engine(), []
        for _ in range(5):
            sent.append(demo())
            self.assertEqual(engine.post(sent[-1]).status, 202)
            self.assertEqual(engine.end(signal.SIGKILL), -signal.SIGKILL)
            engine.start()
        routed = engine.topic("assignments")
        for one in sent:
            self.assertEqual(len([e for e in routed if is_of(one)(e)]), 1, one)

    def test_a_restart_keeps_leads_queues_topics_and_dedupe(self):
        engine, first, queued = self.engine(), demo(), newsletter()
        routed = engine.post(first, wait="assignment").json
        engine.post(queued, wait="assignment")
        engine.await_event("cadence", lambda e: e["type"] == "cadence.finished")
        lead = routed["data"]["lead"]["id"]
        before = [engine.get(f"/v1/leads/{lead}").json, engine.get("/v1/queues").json, engine.topic("assignments")]
        self.assertEqual(engine.end(signal.SIGTERM), 0)
        engine.start()
        self.assertEqual(engine.post(first).status, 202)
        after = [engine.get(f"/v1/leads/{lead}").json, engine.get("/v1/queues").json, engine.topic("assignments")]
        self.assertEqual(after, before)


if __name__ == "__main__":
    unittest.main()
