"""The other commands against a running engine and its directory: lead show, explain, import; and the demo."""

import json
import os
import signal
import subprocess
import unittest

from engine import PROGRAM
from scene import RULES, Check, SharedEngine, demo


def pointsman(*arguments, timeout=60):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, check=False)


class Views(SharedEngine):
    def setUp(self):
        super().setUp()
        self.lead = self.e.post(demo(first_name="Kim"), wait="assignment").json["data"]["lead"]["id"]
        self.url = f"http://{self.e.address}"

    def test_a_lead_and_its_explanation_are_shown_from_the_engine(self):
        for command in [("lead", "show"), ("explain",)]:
            with self.subTest(command):
                text = pointsman(*command, self.lead, "--url", self.url)
                self.assertEqual((text.returncode, text.stderr), (0, ""), text)
                self.assertIn("Demo", text.stdout)
                path = f"/v1/leads/{self.lead}" + ("/explain" if command[0] == "explain" else "")
                before = self.e.get(path).json  # a timer may fire in between
                shown = pointsman(*command, self.lead, "--url", self.url, "--json")
                self.assertIn(json.loads(shown.stdout), [before, self.e.get(path).json])

    def test_unknown_leads_and_wrong_ids_end_with_their_codes(self):
        unknown = "L-00000000000000ff-00000000000000ff-1"
        for command in [("lead", "show"), ("explain",)]:
            with self.subTest(command):
                done = pointsman(*command, unknown, "--url", self.url)
                self.assertEqual((done.returncode, done.stdout), (1, ""), done)
                self.assertEqual(done.stderr, f"pointsman: there is no lead {unknown} (PM0714)\n  asked {self.url}\n")
                self.assertEqual(pointsman(*command, "seven", "--url", self.url).returncode, 64)
                self.assertEqual(pointsman(*command, self.lead, "--url", "http://127.0.0.1:1").returncode, 69)

    def test_a_directory_in_use_names_the_way_to_ask(self):
        done = pointsman("explain", self.lead, "--data", self.e.data, "--rules", RULES)
        self.assertEqual(done.returncode, 69, done)
        self.assertIn("PM0503", done.stderr)
        self.assertIn("--url", done.stderr)


class Directory(Check):
    def test_a_stopped_engines_directory_shows_the_same(self):
        engine = self.engine()
        lead = engine.post(demo(), wait="assignment").json["data"]["lead"]["id"]
        engine.await_event("cadence", lambda e: e["type"] == "cadence.finished")
        live = [engine.get(f"/v1/leads/{lead}").json, engine.get(f"/v1/leads/{lead}/explain").json]
        self.assertEqual(engine.end(signal.SIGTERM), 0)
        where = (lead, "--data", engine.data, "--rules", RULES)
        stored = [json.loads(pointsman(*command, *where, "--json").stdout) for command in [("lead", "show"), ("explain",)]]
        self.assertEqual(stored, live)
        self.assertIn("Demo", pointsman("explain", *where).stdout)

    def test_a_folder_that_is_no_data_directory_is_left_as_it_is(self):
        folder = self.scratch()
        done = pointsman("lead", "show", "L-00000000000000ff-00000000000000ff-1", "--data", folder)
        self.assertEqual(done.returncode, 69, done)
        self.assertEqual(os.listdir(folder), [])


class Import(SharedEngine):
    def files(self, rows):
        folder = self.scratch()
        (folder / "map.yaml").write_text(
            "type: lead.submitted\nid: '{Id}'\nsource: list\ntime: { from: 2026-01-05T08:00:00Z, step: +1m }\nfields:\n"
            "  email: Email\n  form: { value: demo }\n  hand_raise: { value: true }\n")
        (folder / "leads.csv").write_text("Id,Email\n" + "".join(rows))
        return folder / "leads.csv", "--map", folder / "map.yaml"

    def test_rows_become_leads_once_however_often_they_are_sent(self):
        files = self.files([f"{n},row{n}@import.example\n" for n in range(1200)])
        for _ in range(2):
            done = pointsman("import", *files, "--to", f"http://{self.e.address}", "--json")
            self.assertEqual((done.returncode, json.loads(done.stdout)["taken"]), (0, 1200), done)
        routed = [e["data"]["contact"]["email"] for e in self.e.topic("assignments") if e["type"] == "assignment.routed"]
        self.assertEqual(sorted(routed), sorted(f"row{n}@import.example" for n in range(1200)))

    def test_an_engine_that_is_not_there_is_said(self):
        done = pointsman("import", *self.files(["1,a@import.example\n"]), "--to", "http://127.0.0.1:1")
        self.assertEqual(done.returncode, 69, done)
        self.assertIn("nothing was taken", done.stderr)
        self.assertIn("send the file again", done.stderr)
        self.assertEqual(done.stdout, "", "a report of rows taken")


class Demo(Check):
    def test_it_ends_by_itself_with_a_summary_that_can_be_followed(self):
        done = pointsman("demo", "--seconds", 5, "--seed", 1, "--data", self.scratch() / "day")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stderr)
        self.assertNotIn("\r", done.stdout, "a bar is for terminals")
        self.assertNotIn("\x1b", done.stdout, "colours are for terminals")
        lines = [line for line in done.stdout.splitlines() if "pointsman explain" in line]
        self.assertTrue(lines, done.stdout[-2000:])
        words = lines[0].split()
        explained = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(explained.returncode, 0, (words, explained))

    def test_a_bad_option_is_refused(self):
        self.assertEqual(pointsman("demo", "--seconds", "soon").returncode, 64)


if __name__ == "__main__":
    unittest.main()
