"""Leads: none lost, none twice, each in one place at a time."""

import collections

import recording

AT_DESK = {"assigned", "accepted", "working"}
CLOSED = {"disqualified", "converted", "merged"}
GIVES = {"routed", "claimed", "reassigned", "released", "transferred"}


class Lead:
    def __init__(self, created):
        self.created = created
        self.stage = created.part("lead", "stage")
        self.last = created
        self.waits_until = None  # held, or screened for review
        self.routed = None  # the latest routing decision
        self.closed = None  # what said that it ended for good


def token_of(output):
    """The workload writes the id of the submission into its message."""
    message = output.part("contact", "message")
    return message[4:] if message.startswith("tok:") else None


def follow(run):
    """The life of each lead by its own topic. A stage that does not begin where the one before ended means two
    places at once, or a step that was lost."""
    leads, tokens = {}, {}
    for output in run.of("leads"):
        lead = output.lead
        if not lead:
            continue
        if output.type == "lead.created":
            if lead in leads:
                run.findings.add("lead_twice", f"lead {lead} was created twice", leads[lead].created, output)
                continue
            leads[lead] = Lead(output)
            token = token_of(output)
            if token is not None and token in tokens:
                run.findings.add("handled_twice", f"submission {token} made two leads", tokens[token], output)
            tokens[token] = output
            continue
        if lead not in leads:
            run.findings.add("lead_unknown", f"lead {lead} was never created", output)
            continue
        change(run, leads[lead], output)
    return leads


def change(run, lead, output):
    if output.type == "lead.stage_changed":
        if output.part("from_stage") != lead.stage:
            run.findings.add("two_places", f"lead {output.lead} leaves {output.part('from_stage')!r} but was in "
                             f"{lead.stage!r}", lead.last, output)
        lead.stage = output.part("to_stage")
        lead.closed = output if lead.stage in CLOSED else None
        lead.waits_until = None
        lead.last = output
    elif output.type in ("lead.screened", "lead.held"):
        if lead.stage in AT_DESK | CLOSED | {"queued"}:
            run.findings.add("two_places", f"lead {output.lead} is {output.type} while {lead.stage}", lead.last, output)
        if output.type == "lead.screened":
            lead.stage = "screened"
        lead.waits_until = output.instant("hold_until")
        lead.last = output
    elif output.type in ("lead.recycled", "lead.disqualified"):
        lead.waits_until, lead.last = None, output
    elif output.type == "lead.merged":
        if lead.stage == "merged":
            run.findings.add("two_places", f"lead {output.lead} was merged twice", lead.last, output)
        lead.stage, lead.waits_until, lead.last = "merged", None, output
        lead.closed = output


def check_submissions(run, leads):
    """Each acknowledged submission came to a lead or a dead letter; none had an effect twice."""
    dead = {e.get("id") for e in map(recording.original_of, run.of("dead-letters")) if e}
    addresses, people = collections.defaultdict(set), collections.defaultdict(set)
    for topic in ("leads", "assignments"):
        for output in run.of(topic):
            email, person = output.part("contact", "email"), output.part("lead", "person_id")
            if email and person:
                addresses[email].add(person)
                people[person].add(email)
    records = collections.defaultdict(set)  # the addresses a record of the CRM went by
    for event in run.sent:
        record = (event.data.get("external_ids") or {}).get("crm:lead")
        if record and event.data.get("email"):
            records[record].add(event.data["email"].lower())
    for emails in records.values():
        of_them = set().union(*(addresses[e] for e in emails if e in addresses))
        for email in emails:
            if of_them:
                addresses[email] |= of_them
        for person in of_them:
            people[person] |= emails
    made = collections.Counter(l.created.part("lead", "person_id") for l in leads.values())
    repeats = collections.Counter(o.part("lead", "person_id") for o in run.of("decisions")
                                  if o.part("kind") == "lifecycle" and o.part("reason") == "repeat"
                                  and o.part("winner") != "new_lead")  # the lead counts by itself
    crossed = collections.Counter(o.part("lead", "person_id") for o in run.of("decisions")
                                  if o.part("kind") == "lifecycle" and o.part("reason") == "threshold")
    sent = collections.defaultdict(list)
    for submission in run.acked("lead.submitted"):
        sent[submission.data.get("email", "").lower()].append(submission)
    unsure = {s.data.get("email", "").lower() for s in run.sent if s.type == "lead.submitted" and not s.acked}
    for email, submissions in sent.items():
        if email and email not in addresses and any(s.key[1] not in dead for s in submissions):
            run.findings.add("submission_lost", f"{email} submitted and came to nothing", submissions[0].event)
    seen = set()
    for person in people:
        group, wanted = set(), [person]  # whoever shares an address, over moves and merges
        while wanted:
            one = wanted.pop()
            if one not in group:
                group.add(one)
                wanted += [p for email in people[one] for p in addresses[email]]
        if min(group) in seen:
            continue
        seen.add(min(group))
        emails = {e for p in group for e in people[p]}
        allowed = sum(len(sent[e]) for e in emails if e in sent)
        effects = sum(made[p] + repeats[p] for p in group)
        if effects > allowed + sum(crossed[p] for p in group) and not emails & unsure:
            run.findings.add("handled_twice", f"{sorted(emails)}: {allowed} submissions had {effects} effects",
                             *[l.created for l in leads.values() if l.created.part("lead", "person_id") in group])


def check_settled(run, leads):
    """Once all has settled: no hold outlives its end, and account and desk agree where each lead is, but for those of which
    something was said after the run was to have ended: one of the two may not have heard of it, or its topic was fetched before."""
    desk, told = collections.defaultdict(str), {}
    for output in run.of("assignments"):
        kind = output.type.split(".")[1]
        told[output.lead] = output
        if kind in GIVES:
            desk[output.lead] = "assigned"
        elif kind in ("queued", "expired"):
            desk[output.lead] = "queued"
        elif kind == "withdrawn":
            desk[output.lead] = ""
    known = set(desk)
    for output in run.of("decisions"):
        lead = leads.get(output.lead)
        if lead is not None and output.part("stage") == "account" and output.part("kind") == "routing" \
                and output.part("winner"):
            lead.routed = output
    for name, lead in leads.items():
        if lead.waits_until is not None and lead.waits_until + run.slack < run.until \
                and (lead.routed is None or lead.routed.at < lead.last.at):
            run.findings.add("timer_lost", f"lead {name} waits since {recording.clock(lead.last.at)}, "
                             f"to end at {recording.clock(lead.waits_until)}", lead.last)
        place = "assigned" if lead.stage in AT_DESK else "queued" if lead.stage == "queued" else ""
        if place != desk[name] and max(one.at for one in (lead.last, told.get(name, lead.last))) <= run.until:
            check = "lead_lost" if not desk[name] else "two_places"
            run.findings.add(check, f"lead {name} is {lead.stage!r} by the account and {desk[name] or 'nowhere'!r} by "
                             "the desk", lead.last, *([told[name]] if name in told else []), lead.routed)
        if lead.routed is not None and name not in known and lead.routed.at <= run.until:
            run.findings.add("lead_lost", f"lead {name} was routed and no desk has heard of it", lead.routed)


def check_closed(run, leads):
    """Nobody keeps a lead that has ended. What was under way may still come, and is taken back; after a leap of time
    what is taken back may be much later than the ending that had been on its way."""
    taken_back = set()
    for output in reversed(list(run.of("assignments"))):
        lead, kind = leads.get(output.lead), output.type.split(".")[1]
        if kind == "withdrawn":
            taken_back.add(output.lead)
        if kind in GIVES | {"queued"} and lead is not None and lead.closed is not None \
                and output.at > lead.closed.at + run.slack and output.lead not in taken_back:
            run.findings.add("closed_lead", f"lead {output.lead} ended and has an assignment since", lead.closed, output)


def check(run):
    leads = follow(run)
    check_closed(run, leads)
    check_submissions(run, leads)
    if not run.running:
        check_settled(run, leads)
