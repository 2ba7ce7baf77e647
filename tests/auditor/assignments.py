"""Assignments: one holder at a time, numbers that rise, caps counted anew, the rotation's shares."""

import collections
import datetime
import math
import re

import recording
from leads import GIVES

MOVES = {"reassigned", "released", "transferred"}  # from somebody, or from a queue
BY_TURN = ("rotation", "least_loaded", "claim", "sticky")


class Place:
    def __init__(self):
        self.kind = ""  # "", assigned, queued, expired
        self.decision = ""  # the routing that it came of
        self.rep = self.pool = ""
        self.seq = 0
        self.accepted = False
        self.last = None


class Waiting:
    """Leads that may wait on their prospect and so are not open: whoever was ever said to, from then on. A desk may hear
    of it ahead of what happened earlier and comes from another partition, or is a timer of its own."""

    def __init__(self, run):
        self.lag = recording.duration(run.expect["settles_within"])
        self.since = {}  # address or external id -> when first
        alike = collections.defaultdict(set)  # what one event says of one person
        for sent in run.sent:
            tokens = {sent.data.get("email", "").lower(), *(sent.data.get("external_ids") or {}).values()} - {""}
            for token in tokens:
                alike[token] |= tokens
                if sent.data.get("status") == "waiting_on_prospect":
                    self.since[token] = min(sent.first, self.since.get(token, sent.first))
        for token, at in list(self.since.items()):
            for other in {o for near in alike[token] for o in alike[near]}:
                self.since[other] = min(at, self.since.get(other, at))
        self.tokens = collections.defaultdict(set)
        for output in run.of("assignments"):
            self.tokens[output.lead] |= {output.part("contact", "email"), *(output.part("lead", "external") or {}).values()}

    def may(self, lead, at):
        return any(self.since.get(token, math.inf) <= at + self.lag for token in self.tokens[lead])


class Book:
    """Who has what, and has been given what when."""

    def __init__(self, waiting):
        self.open = collections.defaultdict(dict)  # rep -> lead: pool
        self.waiting = waiting
        self.given = collections.defaultdict(list)  # rep -> (at, pool, lead)

    def give(self, rep, pool, lead, at, stays):
        if stays:
            self.open[rep][lead] = pool
        self.given[rep].append((at, pool, lead))

    def take(self, rep, pool, lead):
        self.open[rep].pop(lead, None)
        # Whether a lead that left counts for the day depends on why; not counting it never accuses wrongly.
        self.given[rep] = [g for g in self.given[rep] if g[2] != lead]

    def used(self, cap, rep, pool, at):
        limit, what = re.fullmatch(r"(\d+) (?:per )?(\S+)", cap).groups()
        if what == "open":
            mine = [lead for lead, given in self.open[rep].items() if pool in (None, given)]
            return sum(not self.waiting.may(lead, at) for lead in mine), int(limit)
        if what == "day":
            day = datetime.datetime.fromtimestamp(at / 1000, datetime.timezone.utc)
            start = round(day.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
        else:
            start = at - recording.duration(what) + 1
        return sum(g[0] >= start and pool in (None, g[1]) for g in self.given[rep]), int(limit)


def check_caps(run, book, output, rep, pool):
    facts = run.expect["pools"].get(pool)
    if facts is None or not output.part("assignment", "reason").startswith(BY_TURN):
        return
    if rep not in facts["members"]:
        run.findings.add("not_a_member", f"{rep} is no member of {pool}", output)
    caps = [(cap, pool) for cap in facts["caps"]] + [(cap, None) for cap in run.expect["reps"].get(rep, [])]
    if output.type == "assignment.claimed" and "claim_open" in facts:
        caps.append((f"{facts['claim_open']} open", pool))
    for cap, where in caps:
        used, limit = book.used(cap, rep, where, output.at)
        if used >= limit:
            run.findings.add("cap", f"{rep} had {used} of {cap} in {where or 'all pools'} and got another", output)


def check_number(run, place, kind, seq, output):
    if kind == "claimed":
        good = seq == place.seq
    elif kind in GIVES or kind == "queued":
        good = seq > place.seq
    else:
        good = seq == place.seq
    if not good:
        run.findings.add("seq", f"lead {output.lead}: {kind} with seq {seq} after {place.seq}", place.last, output)


def check_hand_over(run, place, kind, lead, output):
    """A routing begins only when what the one before made has ended; and who gets a lead gets it from who had it."""
    previous, decision = output.part("previous_rep", "id"), output.part("decision_id")
    if place.kind and decision != place.decision:
        run.findings.add("two_places", f"lead {lead} is {kind} by another routing, but is {place.kind} by the last",
                         place.last, output)
    if kind == "routed" and place.kind == "assigned":
        run.findings.add("two_places", f"lead {lead} is routed, but {place.rep} had it", place.last, output)
    if kind in MOVES | {"queued"} and place.rep and previous != place.rep:
        run.findings.add("two_places", f"lead {lead} was taken from {previous!r}, but {place.rep} had it", place.last,
                         output)
    place.decision = decision


def step_of(output):
    """What one step said of one lead has this in common."""
    return output.lead, output.event.get("causationid")


def departures(run):
    """The outputs that gave a lead to a rep from whom another desk got it, if only to send it back: then the decision
    passes over somebody of that desk. From outside nobody sees when it set out for there, and a desk may hear of it
    ahead of what happened earlier: not counting it never accuses wrongly."""
    outputs = [output for output in run.of("assignments") if not output.type.startswith("request.")]
    desks = {output.part("rep", "id"): output.part("desk") for output in outputs if output.type.split(".")[1] in GIVES}
    asked = {step_of(decision): [entry.split(": ", 1)[0] for entry in decision.part("passed_over") or []]
             for decision in run.of("decisions") if decision.part("kind") == "assignment"}
    left, last = set(), {}
    for output in outputs:
        given, desk = last.get(output.lead), output.part("desk")
        came_by = {desks.get(rep, desk) for rep in asked.get(step_of(output), [])}
        if given is not None and {given.part("desk")} | came_by != {desk}:
            left.add(given.id)
        if output.type.split(".")[1] in GIVES:
            last[output.lead] = output
    return left


def let_go(book, place, lead):
    if place.rep:
        book.take(place.rep, place.pool, lead)
    place.rep, place.accepted = "", False


def follow(run):
    places, book, left = collections.defaultdict(Place), Book(Waiting(run)), departures(run)
    for output in run.of("assignments"):
        kind = output.type.split(".")[1]
        if output.type.startswith("request.") or kind == "notified":
            continue
        lead, rep, pool = output.lead, output.part("rep", "id"), output.part("assignment", "pool")
        place = places[lead]
        seq = output.part("assignment", "seq") or 0
        check_number(run, place, kind, seq, output)
        if kind == "claimed" and place.kind != "queued":
            run.findings.add("two_places", f"lead {lead} was claimed while {place.kind or 'nowhere'}", place.last, output)
        if kind in ("accepted", "declined", "withdrawn", "expired") and not place.kind:
            run.findings.add("two_places", f"lead {lead}: {kind}, but no desk has it", output)
        check_hand_over(run, place, kind, lead, output)
        if kind in GIVES:
            let_go(book, place, lead)
            check_caps(run, book, output, rep, pool)
            book.give(rep, pool, lead, output.at, stays=output.id not in left)
            place.kind, place.rep, place.pool = "assigned", rep, pool
        elif kind in ("queued", "expired"):
            let_go(book, place, lead)
            place.kind, place.pool = kind, pool
        elif kind == "withdrawn":
            let_go(book, place, lead)
            place.kind = ""
        elif kind in ("accepted", "declined"):
            if place.rep != rep:
                run.findings.add("two_places", f"{rep} {kind} lead {lead}, which {place.rep or 'nobody'} has",
                                 place.last, output)
            if kind == "accepted" and place.accepted:
                run.findings.add("handled_twice", f"lead {lead} was accepted twice", place.last, output)
            place.accepted = place.accepted or kind == "accepted"
            if kind == "declined":
                book.take(rep, place.pool, lead)
        place.seq, place.last = seq, output


def check_rotation(run):
    """Among picks where everybody could, shares follow the weights; other picks and refunds shift them by one each."""
    full = collections.defaultdict(collections.Counter)
    refunds = sum(o.type.split(".")[1] in MOVES | {"queued", "withdrawn"} for o in run.of("assignments"))
    other = collections.Counter()
    for output in run.of("decisions"):
        if output.part("kind") != "assignment" or not output.part("reason").startswith("rotation"):
            continue
        winner = output.part("winner")
        passed = dict(entry.split(": ", 1) for entry in output.part("passed_over") or [])
        for name, pool in run.expect["pools"].items():
            if pool["strategy"] != "weighted" or winner not in pool["members"]:
                continue
            rest = set(pool["members"]) - {winner}
            if rest <= set(passed) and all(passed[r] == "not_their_turn" for r in rest):
                full[name][winner] += 1
            else:
                other[name] += 1
    for name, wins in full.items():
        weights, picks = run.expect["pools"][name]["members"], sum(wins.values())
        for rep, weight in weights.items():
            share = picks * weight / sum(weights.values())
            if abs(wins[rep] - share) > 2 + other[name] + refunds:
                run.findings.add("rotation", f"{rep} got {wins[rep]} of {picks} in {name}; the share is {share:.1f}")


def check(run):
    follow(run)
    check_rotation(run)
