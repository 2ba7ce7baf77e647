"""The life of `pointsman run`: start, configuration, rules, signals, the data directory, the log."""

import json
import shutil
import signal
import socket
import subprocess
import threading
import unittest

from engine import GONE, PROGRAM, Engine
from reading_checks import EventStream
from rocks import opened
from scene import RULES, Check, demo, held, is_of, newsletter


def run(config, timeout=30):
    return subprocess.run([PROGRAM, "run", "--config", str(config)], capture_output=True, text=True, timeout=timeout,
                          check=False)


class Rules(Check):
    def rules(self):
        folder = self.scratch() / "rules"
        shutil.copytree(RULES, folder)
        return folder

    def edit(self, folder, old, new):
        path = folder / "team.yaml"
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))

    def hang_up(self, engine, says):
        seen = len(engine.log)
        engine.process.send_signal(signal.SIGHUP)
        return engine.await_log(says, seen)

    def route_of(self, engine, sent):
        return engine.post(sent, wait="assignment").json["data"]["assignment"]["route"]

    def version(self, engine):
        names = [line for line in engine.get("/metrics").body.decode().splitlines() if line.startswith("pointsman_rules_info")]
        self.assertEqual(len(names), 1, names)
        return names[0]

    def test_sighup_puts_changed_rules_in_force(self):
        folder = self.rules()
        engine = self.engine(folder)
        before = self.version(engine)
        self.assertEqual(self.route_of(engine, demo()), "Demo")
        self.edit(folder, "name: Demo", "name: Renamed")
        self.hang_up(engine, "are in force")
        self.assertEqual(self.route_of(engine, demo()), "Renamed")
        self.assertNotEqual(self.version(engine), before)
        self.hang_up(engine, "unchanged")

    def test_sighup_with_bad_rules_leaves_the_old_in_force_and_says_where(self):
        folder = self.rules()
        engine = self.engine(folder)
        before = self.version(engine)
        self.edit(folder, "to: { pool: sales }", "to: { pool: sails }")
        line = self.hang_up(engine, "refused")
        said = json.loads(line)
        self.assertEqual(said["level"], "error")
        self.assertIn("team.yaml:", said["message"])
        self.assertIn("sails", said["message"])
        self.assertEqual(engine.metric("pointsman_rules_refused"), 1)
        self.assertEqual(self.route_of(engine, demo()), "Demo")
        self.assertEqual(self.version(engine), before)
        shutil.rmtree(folder)
        self.hang_up(engine, "refused")
        self.assertEqual(self.route_of(engine, demo()), "Demo")

    def test_a_restart_with_bad_rules_runs_on_with_those_of_before(self):
        folder = self.rules()
        engine = self.engine(folder)
        before = self.version(engine)
        self.assertEqual(engine.end(signal.SIGTERM), 0)
        self.edit(folder, "to: { pool: sales }", "to: { pool: sails }")
        engine.start()
        engine.await_log("rules are refused, the old ones stay in force")
        self.assertEqual((self.route_of(engine, demo()), self.version(engine)), ("Demo", before))
        self.edit(folder, "to: { pool: sails }", "to: { pool: waiting }")
        self.hang_up(engine, "are in force")
        self.assertEqual(engine.metric("pointsman_rules_refused"), 0)
        self.assertEqual(engine.post(demo(), wait="assignment").json["data"]["assignment"]["pool"], "waiting")

    def test_a_restart_takes_changed_rules(self):
        folder = self.rules()
        engine = self.engine(folder)
        self.assertEqual(engine.end(signal.SIGTERM), 0)
        self.edit(folder, "name: Demo", "name: Renamed")
        engine.start()
        self.assertEqual(self.route_of(engine, demo()), "Renamed")


class Stopping(Check):
    def test_sigterm_ends_long_polls_streams_and_waits_at_once(self):
        engine = self.engine()
        polled, waited = [], []
        stream = EventStream(engine, "/v1/topics/assignments")
        self.addCleanup(stream.close)
        poll = threading.Thread(target=lambda: polled.append(engine.get("/v1/topics/handoffs", wait="60s")))
        wait = threading.Thread(target=lambda: waited.append(
            engine.post(held("strange"), wait="assignment", timeout="60s")))
        for thread in [poll, wait]:
            thread.start()
        engine.post(demo())
        self.assertEqual(stream.next()[1], "assignment.routed")
        self.assertEqual(engine.end(signal.SIGTERM, timeout=8), 0)
        for thread in [poll, wait]:
            thread.join(5)
        self.assertEqual((polled[0].status, polled[0].json["records"]), (200, []))
        self.assertEqual(waited[0].status, 202)
        self.assertIsNone(stream.next(), "the stream goes on")
        self.assertIn("stopped", engine.log[-1])

    def test_what_is_sent_while_it_stops_is_answered_or_refused_but_never_lost(self):
        engine, answers, go_on = self.engine(), [], threading.Event()

        def publish():
            while not go_on.is_set():
                sent = demo()
                try:
                    answers.append((sent, engine.post(sent).status))
                except GONE:
                    return
        threads = [threading.Thread(target=publish) for _ in range(3)]
        for thread in threads:
            thread.start()
        engine.await_event("assignments", lambda _: len(answers) > 20)
        self.assertEqual(engine.end(signal.SIGTERM), 0)
        go_on.set()
        for thread in threads:
            thread.join()
        engine.start()
        there = {e["data"]["contact"]["email"] for e in engine.topic("assignments")}
        for sent, status in answers:
            self.assertIn(status, (202, 503))
            self.assertEqual(sent["data"]["email"] in there, status == 202, sent)

    def test_sigint_stops_it_too_and_sighup_at_the_start_does_not(self):
        engine = self.engine()
        engine.process.send_signal(signal.SIGHUP)
        engine.await_log("rules are unchanged")
        self.assertEqual(engine.end(signal.SIGINT), 0)


class Starting(Check):
    def config(self, text, folder=None):
        path = (folder or self.scratch()) / "pointsman.yaml"
        path.write_text(text)
        return path

    def test_all_configuration_errors_come_at_once_with_their_places(self):
        path = self.config(f"data: ./data\nrules: {RULES}\nhtpp: {{}}\nhttp: {{ threads: 0, listen: nowhere }}\ntime: {{ tick: fast }}\n")
        done = run(path)
        self.assertEqual(done.returncode, 78, done.stderr)
        for says in [f"{path}:3:1: error PM0112", "did you mean 'http'", f"{path}:4:18: error PM0115", f"{path}:4:29: error PM0620",
                     f"{path}:5:15: error PM0022", "PM0731"]:
            self.assertIn(says, done.stderr)
        self.assertFalse((path.parent / "data").exists(), "a refused configuration leaves nothing behind")

    def test_values_that_cannot_work_are_refused(self):
        for part, code in [("http: { listen: nowhere }", "PM0620"), ('http: { listen: "127.0.0.1:99999" }', "PM0620"),
                           ("http: { max_body_bytes: 10 }", "PM0115"), ("time: { tick: 0s }", "PM0735"),
                           ("time: { tick: -1s }", "PM0022"), ("time: { catch_up: -5s }", "PM0022"),
                           ("http: { read_timeout: 0s }", "PM0735"), ("keep: { age: 0s }", "PM0735"),
                           ("data: ./other", "PM010"), ("rules: [x]", "PM01")]:
            with self.subTest(part):
                done = run(self.config(f"data: ./data\nrules: {RULES}\n{part}\n"))
                self.assertEqual(done.returncode, 78, done.stderr)
                self.assertIn(code, done.stderr)

    def test_a_configuration_that_is_not_there_or_no_yaml_is_refused(self):
        folder = self.scratch()
        self.assertIn("PM0730", run(folder / "none.yaml").stderr)
        self.assertIn("PM0730", run(folder).stderr)
        for text in ["", "data: [x\n", "data: a\n---\ndata: b\n", "\x00"]:
            with self.subTest(text):
                done = run(self.config(text))
                self.assertEqual((done.returncode, "PM0731" in done.stderr), (78, True), done.stderr)

    def test_missing_or_broken_rules_are_refused_on_a_new_directory(self):
        folder = self.scratch()
        (folder / "empty").mkdir()
        shutil.copytree(RULES, folder / "broken")
        (folder / "broken/sla.yaml").write_text("kind: sla\nday: { hour: always }\n")
        for rules, code in [("none", "PM0205"), ("empty", "PM0220"), ("broken", "sla.yaml:2:8: error PM0112")]:
            with self.subTest(rules):
                done = run(self.config(f"data: ./data\nrules: {rules}\n", folder))
                self.assertEqual(done.returncode, 78)
                self.assertIn(code, done.stderr)
                self.assertFalse((folder / "data").exists(), "refused rules leave nothing behind")

    def test_a_port_in_use_is_said(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            path = self.config(f'data: ./data\nrules: {RULES}\nhttp: {{ listen: "127.0.0.1:{port}" }}\n')
            done = run(path)
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn("PM0621", done.stderr)
        self.assertIn(str(port), done.stderr)
        self.assertFalse((path.parent / "data").exists(), "an address in use leaves nothing behind")

    def test_a_second_process_on_the_directory_is_refused(self):
        engine = self.engine()
        done = run(engine.config)
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn("PM0503", done.stderr)
        self.assertEqual(engine.get("/healthz").status, 200)

    def test_data_of_a_newer_release_is_refused_and_left_alone(self):
        engine = self.engine()
        sent = newsletter()
        engine.post(sent)
        self.assertEqual(engine.end(signal.SIGTERM), 0)
        self.write_format(engine.data, b"2")
        done = run(engine.config)
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn("PM0502", done.stderr)
        self.write_format(engine.data, b"1")
        engine.start()
        self.assertTrue(any(map(is_of(sent), engine.topic("assignments"))))

    def write_format(self, data, version):
        with opened(data) as store:
            store.put(b"default", b"format", version)

    def test_a_data_directory_that_cannot_be_made_is_refused(self):
        folder = self.scratch()
        (folder / "data").write_text("a file")
        done = run(self.config(f"data: ./data\nrules: {RULES}\n", folder))
        self.assertEqual((done.returncode, "PM0501" in done.stderr), (69, True), done.stderr)

    def test_it_is_ready_only_after_catching_up(self):
        engine = Engine(self.scratch(), RULES, catch_up="1h")
        self.addCleanup(engine.__exit__)
        engine.start()
        answer = engine.get("/readyz")
        self.assertEqual((answer.status, answer.json["status"]), (503, "catching up"))
        self.assertEqual(engine.post(demo()).status, 202)


class Log(Check):
    def test_lines_are_json_and_hold_nothing_personal(self):
        engine = self.engine()
        sent = demo(email="zsofia.secret@corpxyz.example", first_name="Zsofia", last_name="Secretova",
                    phone="+36 1 555 0199", message="call zsofia")
        engine.post(sent, wait="assignment")
        engine.post({**sent, "data": {**sent["data"], "title": "other"}})  # the same id, another payload
        engine.post([{"email": "zsofia.secret@corpxyz.example"}, {**sent, "id": "9", "type": "lead.zsofia"}])
        engine.ask("GET", "/v1/leads/zsofia.secret@corpxyz.example")
        engine.process.send_signal(signal.SIGHUP)
        engine.await_log("unchanged")
        self.assertEqual(engine.end(signal.SIGTERM), 0)
        self.assertGreater(len(engine.log), 2)
        for line in engine.log:
            said = json.loads(line)
            self.assertEqual(list(said), ["time", "level", "message"])
            for secret in ["zsofia", "secret", "corpxyz", "555"]:
                self.assertNotIn(secret, line.lower())


if __name__ == "__main__":
    unittest.main()
