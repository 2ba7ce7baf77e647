"""`pointsman run` on a data directory of its own, up or dead, for tests that drive it from outside.

Standard library only; shares nothing with the engine. One thread at a time may start and end it; any may ask it.
"""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import threading
import time
import urllib.parse

PROGRAM = os.path.join(os.environ.get("PM_BIN", "build/dev/bin"), "pointsman")
GONE = (OSError, http.client.HTTPException)  # what asking a dead engine ends in

CONFIG = """data: {data}
rules: {rules}
http: {{ listen: "{listen}"{http} }}
time: {{ tick: 50ms, catch_up: {catch_up} }}
"""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:2000].decode(errors='replace')}"


class Engine:
    """`http` is more of the configuration's http part. The folder holds all it writes; its log is in `log_path`."""

    def __init__(self, folder, rules, http="", listen="127.0.0.1:0", catch_up="0s"):
        self.folder, self.rules = str(folder), str(rules)
        self.data = os.path.join(self.folder, "data")
        self.config = os.path.join(self.folder, "pointsman.yaml")
        self.log_path = os.path.join(self.folder, "engine.log")
        os.makedirs(self.folder, exist_ok=True)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(data=self.data, rules=self.rules, listen=listen, catch_up=catch_up,
                                     http=", " + http if http else ""))
        self.process, self.address = None, None
        self.up = threading.Event()
        self.log, self.logged = [], threading.Condition()
        self.log_reader = None

    # ---- Its life.

    def spawn(self):
        self.process = subprocess.Popen([PROGRAM, "run", "--config", self.config], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.log_reader = threading.Thread(target=self._read_log, args=(self.process.stderr,), daemon=True)
        self.log_reader.start()

    def _read_log(self, stream):
        with open(self.log_path, "a", encoding="utf-8") as file:
            for line in stream:
                file.write(line)
                file.flush()
                with self.logged:
                    self.log.append(line)
                    self.logged.notify_all()

    def await_address(self):
        """False when it died before it listened."""
        line = self.process.stdout.readline()
        if "http://" not in line:
            return False
        self.address = line.strip().split("http://")[1]
        self.up.set()
        return True

    def start(self):
        self.spawn()
        if not self.await_address():
            code = self.end(signal.SIGKILL)
            raise RuntimeError(f"the engine ended with {code} before it listened:\n{''.join(self.log)}")
        return self

    def end(self, how=signal.SIGTERM, timeout=60):
        """Its exit code; negative: the signal that ended it. All it logged has been read then."""
        self.up.clear()
        self.process.send_signal(how)
        return self.await_end(timeout)

    def await_end(self, timeout=60):
        code = self.process.wait(timeout)
        self.up.clear()
        self.log_reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end(signal.SIGKILL)

    def await_log(self, text, after=0, timeout=20):
        """The first log line from number `after` on that holds `text`; fails with what was logged instead."""
        with self.logged:
            found = self.logged.wait_for(lambda: any(text in line for line in self.log[after:]), timeout)
            if not found:
                raise AssertionError(f"no log line with '{text}' within {timeout} s, but:\n{''.join(self.log[after:])}")
            return next(line for line in self.log[after:] if text in line)

    # ---- Asking it.

    @contextlib.contextmanager
    def connection(self, timeout=30):
        connection = http.client.HTTPConnection(self.address, timeout=timeout)
        try:
            yield connection
        finally:
            connection.close()

    def ask(self, method, path, body=None, headers=None, timeout=30):
        try:
            with self.connection(timeout) as connection:
                connection.request(method, path, body, headers or {})
                answer = connection.getresponse()
                return Answer(answer.status, answer.headers, answer.read())
        except GONE as error:
            error.add_note(f"{method} {path[:200]}; exit code {self.process.poll()}; its log:\n{''.join(self.log[-20:])}")
            raise

    def get(self, path, headers=None, timeout=30, **query):
        return self.ask("GET", with_query(path, query), headers=headers, timeout=timeout)

    def post(self, events, **query):
        """One event or a list, or the bytes of a body."""
        body = events if isinstance(events, bytes) else json.dumps(events).encode()
        return self.ask("POST", with_query("/v1/events", query), body, {"Content-Type": "application/json"})

    def topic(self, name, after=-1):
        """All events of a topic behind an offset."""
        events = []
        while True:
            page = self.get(f"/v1/topics/{name}", after=after, limit=1000).json
            if not page["records"]:
                return events
            events += [record["event"] for record in page["records"]]
            after = page["next"]

    def await_event(self, topic, wanted, timeout=20, what=""):
        """The first event of the topic for which `wanted` is true, by long polls."""
        end, after, seen = time.monotonic() + timeout, -1, []
        while time.monotonic() < end:
            page = self.get(f"/v1/topics/{topic}", after=after, limit=1000, wait="1s").json
            for record in page["records"]:
                if wanted(record["event"]):
                    return record["event"]
                seen.append(record["event"]["type"])
            after = page["next"]
        raise AssertionError(f"{what or 'the event'} is not in {topic} after {timeout} s, but {seen[-20:]}")

    def metric(self, name):
        """The value of one line of /metrics, named with its labels as it stands there; None when it is not there."""
        for line in self.get("/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        return None


def with_query(path, query):
    return path + ("?" + urllib.parse.urlencode(query) if query else "")
