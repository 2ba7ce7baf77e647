"""SLA milestones: each that starts ends once, in time; no timer lost, early or fired twice."""

import collections
import re

import recording

ENDS = {"sla.met", "sla.breached", "sla.cancelled"}


class Milestone:
    def __init__(self, started):
        self.first = self.last = started
        self.due = started.instant("due")
        self.paused = self.stretched = False  # stretched: its business time did not run through
        self.end = None
        self.rungs = {}


def grace_of(run, output):
    return recording.duration(run.expect["sla"].get(output.part("policy"), {}).get("grace", "0s"))


def key_of(output):
    """Of each assignment the accept is its own: one may await its verdict while the next one's runs."""
    milestone = output.part("milestone")
    return output.lead, milestone, output.part("assignment", "seq") if milestone == "accept" else None


def times_at_no_desk(run):
    """Of each lead when it left its desk: closed, recycled or merged."""
    left = collections.defaultdict(list)
    for output in run.of("assignments"):
        if output.type == "assignment.withdrawn":
            left[output.lead].append(output.at)
    return left


def check_start(run, key, left, output):
    """No due lies before the assignment that it is for, and no clock runs on from what the lead had before."""
    started, due = output.instant("started"), output.instant("due")
    if due is not None and (due < started or due + run.slack < output.at):
        run.findings.add("sla_start", f"{key} was due before it began", output)
    if any(started + run.slack < at <= output.at for at in left[output.lead]):
        run.findings.add("sla_start", f"{key} counts from before the lead had left its desk", output)


def follow(run):
    open_ones, all_ones, left = {}, [], times_at_no_desk(run)
    for output in run.of("sla"):
        key = key_of(output)
        m = open_ones.get(key)
        if output.type == "sla.started":
            if m is not None and m.end is None:
                run.findings.add("sla_open_twice", f"{key} started again while it ran", m.last, output)
            check_start(run, key, left, output)
            open_ones[key] = Milestone(output)
            all_ones.append(open_ones[key])
            continue
        if output.type in ENDS:
            end(run, key, m, output)
        elif output.type == "sla.amended":
            amend(run, key, all_ones, output)
        elif output.type in ("sla.warning", "sla.escalated"):
            fire(run, key, all_ones, output)
        elif m is None or m.end is not None:
            run.findings.add("sla_state", f"{key}: {output.type}, but it does not run", output)
        else:
            m.paused = output.type == "sla.paused"
            m.stretched = True
            m.due = output.instant("due")
            m.last = output
    return all_ones


def end(run, key, m, output):
    kind = output.type.split(".")[1]
    if m is None or m.end is not None:
        evidence = [m.end] if m else []
        run.findings.add("sla_end_twice", f"{key}: {kind}, but it had ended or never begun", *evidence, output)
        return
    m.end = m.last = output
    due = output.instant("due")
    if due != m.due:
        run.findings.add("sla_due", f"{key}: due {output.part('due')} was never told", m.first, output)
    if kind == "met" and due is not None and (output.instant("met_at") or 0) > due:
        run.findings.add("sla_met_late", f"{key} counts as met after its due", output)
    if kind == "breached":
        if due is None or output.at < due:
            run.findings.add("sla_breach_early", f"{key} was breached before its due", m.first, output)


def amend(run, key, all_ones, output):
    """What comes late turns a breach, at most once."""
    for m in reversed(all_ones):
        if key_of(m.first) != key or m.end is None or m.end.type != "sla.breached":
            continue
        if m.due == output.instant("due"):
            m.end = output
            if (output.instant("met_at") or 0) > m.due:
                run.findings.add("sla_met_late", f"{key} was amended by something after its due", output)
            return
    run.findings.add("sla_state", f"{key} was amended without a breach", output)


def fire(run, key, all_ones, output):
    for m in reversed(all_ones):
        if key_of(m.first) == key and m.first.at <= output.at:
            break
    else:
        run.findings.add("sla_state", f"{key}: {output.type}, but it never began", output)
        return
    rung = (output.part("rung"), output.part("action"), output.instant("started"))
    if rung in m.rungs:
        run.findings.add("timer_twice", f"{key}: rung {rung[:2]} was fired twice", m.rungs[rung], output)
    m.rungs[rung] = output
    not_before = rung_at(run, m, output)
    if not_before is not None and output.at < not_before:
        run.findings.add("timer_early", f"{key}: rung {rung[0]} fired before {recording.clock(not_before)}", m.first,
                         output)


def rung_at(run, m, output):
    """When the rung may fire at the earliest; None: cannot be said from outside."""
    due, rung = output.instant("due"), output.part("rung")
    if due is None:
        return None
    after = re.fullmatch(r"due(?: \+ (\S+))?", rung)
    if after is not None:
        return due + (recording.duration(after.group(1)) if after.group(1) else grace_of(run, output))
    percent = re.fullmatch(r"(\d+)%", rung)
    within = run.expect["sla"].get(output.part("policy"), {}).get(output.part("milestone"))
    if percent is None or within is None or m.stretched:
        return None
    return (output.instant("started") or 0) + recording.duration(within) * int(percent.group(1)) // 100


def check(run):
    for m in follow(run):
        if m.end is None and not m.paused and m.due is not None \
                and m.due + grace_of(run, m.first) + run.slack < run.until:
            run.findings.add("timer_lost", f"{m.first.part('milestone')} of lead {m.first.lead} was due at "
                             f"{recording.clock(m.due)} and has no end", m.last)
