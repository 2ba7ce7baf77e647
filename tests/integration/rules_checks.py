"""The rules of a running engine, over HTTP and from the terminal: publish, versions, rollback."""

import json
import shutil
import signal
import unittest

from program_checks import pointsman
from scene import RULES, Check, demo


class Publishing(Check):
    def setUp(self):
        self.e = self.engine()
        self.url = f"http://{self.e.address}"

    def folder(self, old="name: Demo", new="name: Renamed", tests=None):
        """The rules of the engine, changed."""
        folder = self.scratch() / "rules"
        shutil.copytree(RULES, folder)
        text = (folder / "team.yaml").read_text()
        self.assertIn(old, text)
        (folder / "team.yaml").write_text(text.replace(old, new))
        if tests:
            (folder / "tests").mkdir()
            (folder / "tests/one.yaml").write_text(tests)
        return folder

    def route(self):
        return self.e.post(demo(), wait="assignment").json["data"]["assignment"]["route"]

    def in_force(self):
        return self.e.get("/v1/rules/versions").json["in_force"]

    def publish(self, folder, *more, command=("publish",), code=0):
        done = pointsman("rules", *command, *([folder] if folder else []), "--to", self.url, *more)
        self.assertEqual(done.returncode, code, done)
        return done

    def test_a_folder_is_put_in_force_and_taken_back(self):
        first = self.in_force()
        done = self.publish(self.folder(), "--by", "ann", "--message", "a better name")
        self.assertIn(f"in place of {first}", done.stdout)
        self.assertIn("touches 0 of 0 open leads", done.stdout)
        self.assertIn("  route Demo is gone: 0 open leads", done.stdout)
        second = self.in_force()
        self.assertEqual((first != second, self.route()), (True, "Renamed"))
        self.assertIn("are in force already", self.publish(self.folder()).stdout)
        self.assertIn(f"rules {first} are in force", self.publish(None, command=("rollback",)).stdout)
        self.assertEqual((self.route(), self.in_force()), ("Demo", first))
        self.publish(second[:10], command=("rollback",))
        self.assertEqual(self.in_force(), second)
        told = pointsman("rules", "versions", "--to", self.url).stdout.splitlines()
        self.assertEqual([line.split()[0] for line in told], [second, first, second, first])
        self.assertEqual([line.split()[2] for line in told], ["rolled_back", "rolled_back", "published", "folder"])
        self.assertEqual(["in force" in line for line in told], [True, False, False, False])
        self.assertIn("ann  a better name", told[2])
        listed = json.loads(pointsman("rules", "versions", "--to", self.url, "--json").stdout)
        self.assertEqual(listed, self.e.get("/v1/rules/versions").json)

    def test_what_it_touches_is_shown_and_much_of_it_needs_yes(self):
        for _ in range(3):
            self.route()
        folder, first = self.folder("within: 8h", "within: 9h"), self.in_force()
        refused = self.publish(folder, "--most", 2, code=1)
        self.assertIn("touches 3 of 3 open leads, 3 of 3 running SLAs, 0 of", refused.stdout)
        self.assertIn("  sla day is changed: 3 open leads", refused.stdout)
        self.assertIn("PM0741", refused.stderr)
        self.assertIn("--yes", refused.stderr)
        self.assertEqual(self.in_force(), first)
        self.publish(folder, "--dry-run")
        self.publish(folder, "--dry-run", "--detailed-exitcode", code=2)
        self.publish(RULES, "--dry-run", "--detailed-exitcode")
        self.assertEqual(self.in_force(), first)
        self.publish(folder, "--most", 2, "--yes")
        self.assertNotEqual(self.in_force(), first)
        lead = next(e for e in self.e.topic("assignments"))["data"]["lead"]["id"]
        milestone, = self.e.get(f"/v1/leads/{lead}").json["sla"]["milestones"]
        self.assertEqual(milestone["state"], "running", "an SLA that runs keeps its policy")

    def test_propagate_moves_on_what_runs_and_says_how_much(self):
        self.route()
        lead = next(e for e in self.e.topic("assignments"))["data"]["lead"]["id"]
        due = lambda: self.e.get(f"/v1/leads/{lead}").json["sla"]["milestones"][0]["due"]
        kept, folder = due(), self.folder("within: 8h", "within: 9h")
        shown = self.publish(folder, "--propagate", "--dry-run").stdout
        self.assertIn("1 SLAs and 0 cadences that run go over to what bears their name now", shown)
        self.assertIn("PM0741", self.publish(folder, "--propagate", "--most", 0, code=1).stderr)
        self.publish(folder)
        self.assertEqual(due(), kept)
        again = self.publish(folder, "--propagate").stdout
        self.assertIn("are in force already\n", again)
        self.assertIn("1 SLAs and 0 cadences that run go over", again)
        moved = self.e.await_event("sla", lambda e: e["type"] == "sla.rescheduled")["data"]
        self.assertEqual((moved["lead"]["id"], moved["reason"]), (lead, "policy_changed"))
        self.assertEqual(due(), moved["due"])
        self.assertGreater(due(), kept)
        told = self.e.get("/v1/rules/versions").json["versions"]
        self.assertEqual([one.get("propagate", False) for one in told], [True, False, False])
        self.assertNotIn("cadences", self.publish(folder, "--propagate").stdout, "nothing is left to move")

    def test_unsound_rules_or_failing_tests_are_not_published(self):
        first = self.in_force()
        unsound = self.publish(self.folder("to: { pool: sales }", "to: { pool: sails }"), code=78)
        self.assertIn("sails", unsound.stderr)
        test = ("scenario: {}\nevents:\n  - {{ at: 2026-03-02T09:00:00Z, type: lead.submitted, email: a@b.example, form: demo, "
                "hand_raise: true }}\nexpect:\n  - assignment.routed: {{ assignment.route: {} }}\n")
        failing = self.publish(self.folder(tests=test.format("Fails", "Demo")), code=1)
        self.assertIn("FAILED Fails", failing.stderr)
        self.assertIn("PM0740", failing.stderr)
        self.assertEqual(self.in_force(), first)
        passing = self.publish(self.folder(tests=test.format("Passes", "Renamed")))
        self.assertIn("1 passed, 0 failed", passing.stderr)
        self.assertNotEqual(self.in_force(), first)

    def test_what_was_published_outlives_a_restart_until_sighup_and_replays(self):
        self.publish(self.folder())
        self.route()
        second = self.in_force()
        self.publish(None, command=("rollback",))
        self.route()
        self.publish(second, command=("rollback",))
        self.assertEqual(self.e.end(signal.SIGTERM), 0)
        replay = pointsman("simulate", "--input", self.e.data)
        self.assertEqual(replay.returncode, 0, replay)
        self.e.start()
        self.e.await_log("came over HTTP")
        self.assertEqual((self.in_force(), self.route()), (second, "Renamed"))
        seen = len(self.e.log)
        self.e.process.send_signal(signal.SIGHUP)
        self.e.await_log("are in force", seen)
        self.assertEqual(self.route(), "Demo")

    def test_the_sources_of_a_version_can_be_read(self):
        first = self.in_force()
        body = self.e.get("/v1/rules/versions/current").json
        self.assertEqual(body["version"], first)
        self.assertEqual({file["path"]: file["text"] for file in body["files"]},
                         {path.name: path.read_text() for path in RULES.iterdir() if path.suffix in (".yaml", ".csv")})
        self.assertEqual(self.e.get(f"/v1/rules/versions/{first}").json, body)
        events = self.scratch() / "events.jsonl"
        events.write_text(json.dumps({**demo(), "time": "2026-03-02T09:00:00Z"}) + "\n")
        runs = [pointsman("simulate", "--rules", rules, "--events", events, "--json").stdout
                for rules in (RULES, self.url, f"{self.url}/v1/rules/versions/{first}")]
        self.assertEqual((runs[1], runs[2], "rules_version" in runs[0]), (runs[0], runs[0], True))
        self.assertEqual(pointsman("simulate", "--rules", "http://127.0.0.1:1", "--events", events).returncode, 69)
        self.assertIn("PM0713", pointsman("simulate", "--rules", self.url + "/v1/queues", "--events", events).stderr)
        self.assert_problem(self.e.get("/v1/rules/versions/" + "0" * 31 + "1"), 404, "PM0739")
        self.assert_problem(self.e.get("/v1/rules/versions/seven"), 400, "PM0001")

    def order(self, order, **query):
        path = "/v1/rules" + "".join(f"?{name}={value}" for name, value in query.items())
        return self.e.ask("POST", path, json.dumps(order).encode(), {"Content-Type": "application/json"})

    def test_orders_that_cannot_be_carried_out_are_refused(self):
        files = [{"path": path.name, "text": path.read_text()} for path in RULES.iterdir() if path.is_file()]
        first = self.in_force()
        self.assertEqual(self.order({"files": files}).json["published"], False, "they are in force")
        self.assert_problem(self.order({}), 400, "PM0656")
        self.assert_problem(self.order({"version": "0" * 31 + "1"}), 404, "PM0739")
        self.assert_problem(self.order({"files": [{"path": "a.yaml", "text": "kind: team\npoools: {}\n"}]}), 422, "PM0732", "a.yaml:2:1")
        self.assert_problem(self.order({"version": first, "expect": "0" * 31 + "1"}), 409, "PM0738", first)
        self.route()
        self.route()  # both reps have a lead
        dropped = [{**file, "text": file["text"].replace("[ada, ben]", "[ben]")} for file in files]
        dropped = [{**file, "text": "\n".join(line for line in file["text"].splitlines() if not line.startswith("ada"))}
                   for file in dropped]
        self.assert_problem(self.order({"files": dropped}), 409, "PM0736", "ada")
        self.assertEqual(self.in_force(), first)

    def test_going_back_twice_goes_two_versions_back(self):
        first = self.in_force()
        second_folder = self.folder()
        shutil.copytree(second_folder, other := second_folder.parent / "other")
        (other / "team.yaml").write_text((other / "team.yaml").read_text().replace("Renamed", "Again"))
        self.publish(second_folder)
        second = self.in_force()
        self.publish(other)
        told = self.publish(None, command=("rollback",)).stdout
        self.assertIn("undoes that", told)
        self.assertEqual(self.in_force(), second)
        self.publish(None, command=("rollback",))
        self.assertEqual(self.in_force(), first)
        self.assertIn("PM0742", self.publish(None, command=("rollback",), code=1).stderr)

    def test_a_rollback_without_an_earlier_version_says_so(self):
        self.assertIn("PM0742", self.publish(None, command=("rollback",), code=1).stderr)
        self.assertIn("PM0742", self.publish("0123", command=("rollback",), code=1).stderr)
        self.assertEqual(pointsman("rules", "versions", "--to", "http://127.0.0.1:1").returncode, 69)
        self.assertEqual(pointsman("rules", "publish", RULES, "--to", "http://127.0.0.1:1").returncode, 69)


if __name__ == "__main__":
    unittest.main()
