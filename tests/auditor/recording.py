"""What was sent and what came out, read from files or over HTTP. Shares nothing with the engine."""

import base64
import datetime
import json
import os
import re
import urllib.request

TOPICS = ("leads", "assignments", "sla", "cadence", "decisions", "alerts", "dead-letters", "handoffs", "privacy")
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
NEVER = 1 << 62


def millis(text):
    """Milliseconds since 1970 of an RFC 3339 time; None of nothing."""
    if not text:
        return None
    then = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round((then - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds() * 1000)


def clock(ms):
    then = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(text):
    number, unit = re.fullmatch(r"\s*(\d+)\s*(ms|s|m|h|d)\s*", text).groups()
    return int(number) * UNITS[unit]


class Output:
    """One event that came out, with its place in its topic."""

    def __init__(self, topic, offset, event):
        self.topic, self.offset, self.event = topic, offset, event
        self.id = event.get("id", "")
        self.type = event.get("type", "")
        self.data = event.get("data") or {}
        self.at = millis(event.get("time")) or 0
        self.correlation = event.get("correlationid", "")

    def part(self, *path):
        """A member of the data by its path; "" when it is not there."""
        at = self.data
        for name in path:
            at = at.get(name) if isinstance(at, dict) else None
            if at is None:
                return ""
        return at

    @property
    def lead(self):
        return self.part("lead", "id")

    def instant(self, name):
        return millis(self.part(name) or None)

    def __str__(self):
        return f"{self.topic}#{self.offset} {self.type} at {self.event.get('time')} id {self.id}"


class Sent:
    """One event as published: `acked` when the engine has said that it is durable, `at` that time. It may have had its
    effect before, but not before it was `first` sent."""

    def __init__(self, event, acked=True, tries=1, at=None, first=None):
        self.event, self.acked, self.tries = event, acked, tries
        self.data = event.get("data") or {}
        self.key = (event.get("source", ""), event.get("id", ""))
        self.type = event.get("type", "")
        self.at = at if at is not None else millis(event.get("time")) or 0
        self.first = first if first is not None else self.at
        self.live = event.get("mode", "live") == "live"


def read_jsonl(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_sent(path):
    """Lines are events, or {"event":..., "acked":..., "tries":..., "at": ms, "first": ms}. Without `at` an event came
    when time had got as far as its own and those of all before it: what says an earlier one came late."""
    sent, now = [], 0
    for line in read_jsonl(path):
        if "event" in line and "type" not in line:
            sent.append(Sent(line["event"], line.get("acked", True), line.get("tries", 1), line.get("at"),
                             line.get("first")))
        else:
            now = max(now, millis(line.get("time")) or 0)
            sent.append(Sent(line, at=now))
    return sent


def read_outputs(folder):
    outputs = {}
    for topic in TOPICS:
        path = os.path.join(folder, topic + ".jsonl")
        events = read_jsonl(path) if os.path.exists(path) else []
        outputs[topic] = [Output(topic, i, event) for i, event in enumerate(events)]
    return outputs


def fetch_topic(url, topic, after=-1):
    """All records of a topic behind `after`: (offset, event)."""
    records = []
    while True:
        with urllib.request.urlopen(f"{url}/v1/topics/{topic}?after={after}&limit=1000", timeout=30) as answer:
            page = json.load(answer)
        if not page["records"]:
            return records
        records += [(record["offset"], record["event"]) for record in page["records"]]
        after = page["next"]


def fetch_outputs(url):
    return {topic: [Output(topic, o, e) for o, e in fetch_topic(url, topic)] for topic in TOPICS}


def original_of(dead_letter):
    """The event that a dead letter holds; None when its bytes are no JSON object."""
    try:
        event = json.loads(base64.b64decode(dead_letter.part("original")))
        return event if isinstance(event, dict) else None
    except ValueError:
        return None
