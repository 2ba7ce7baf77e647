#!/usr/bin/env python3
"""Writes the roster and the 10,000 table rows of this pack, always the same. Nothing here is needed to use the pack.

Real tables come from the CRM: write them in the form that this makes, and leave the rest of the folder as it is.
    python3 generate.py [FOLDER]
"""
import csv
import hashlib
import pathlib
import sys

ROWS = 10_000  # of all tables together; what territories leave is filled with named accounts
PARENTS = 400

# Territory: zone, calendar, holidays, pool of large companies, names of its SDRs.
TEAMS = {
    "us-east": ("America/New_York", "office", "us", "strategic-americas", "abby brent carla"),
    "us-central": ("America/Chicago", "office", "us", "strategic-americas", "dale elena frank"),
    "us-west": ("America/Los_Angeles", "office", "us", "strategic-americas", "grace hank iris"),
    "canada": ("America/Toronto", "office", "", "strategic-americas", "jules kara"),
    "mexico": ("America/Mexico_City", "office", "", "strategic-americas", "lucia mateo"),
    "south-america": ("America/Sao_Paulo", "office", "", "strategic-americas", "nadia otavio"),
    "uk-ireland": ("Europe/London", "office", "gb", "strategic-emea", "penny quentin rhys"),
    "dach": ("Europe/Berlin", "office", "de", "strategic-emea", "sabine tilo ulla"),
    "france-benelux": ("Europe/Paris", "office", "", "strategic-emea", "valerie wim xavier"),
    "south-europe": ("Europe/Madrid", "office", "", "strategic-emea", "yago zita alba"),
    "nordics": ("Europe/Stockholm", "office", "", "strategic-emea", "bjorn cilla"),
    "east-europe": ("Europe/Warsaw", "office", "", "strategic-emea", "darek ewa"),
    "middle-east-africa": ("Asia/Dubai", "gulf", "", "strategic-emea", "farah gamal"),
    "anz": ("Australia/Sydney", "office", "", "strategic-apac", "holly ian jess"),
    "japan": ("Asia/Tokyo", "office", "", "strategic-apac", "kenji miyu"),
    "asean": ("Asia/Singapore", "office", "", "strategic-apac", "nurul phan reza"),
    "india": ("Asia/Kolkata", "office", "", "strategic-apac", "sunil tara uday"),
    "greater-china": ("Asia/Shanghai", "office", "", "strategic-apac", "wei xiu yuna"),
}
# Account executives own the named accounts of a continent; each has an SDR who works for them.
EXECUTIVES = {
    "americas": ("America/New_York", "us", "victor", "alice bruno chris diane ethan fiona", "abby dale grace jules lucia nadia"),
    "emea": ("Europe/Berlin", "de", "ingrid", "greta henri isabel jonas klara leon", "penny sabine valerie yago bjorn farah"),
    "apac": ("Asia/Singapore", "", "mei", "mika naveen olive peng quinn", "holly kenji nurul sunil wei"),
}
# Country: territory by region, `*` for the rest of it. Regions are ISO 3166-2 without the country.
EAST = "CT DC DE FL GA MA MD ME NC NH NJ NY PA RI SC VA VT WV OH MI"
CENTRAL = "AL AR IA IL IN KS KY LA MN MO MS ND NE OK SD TN TX WI"
WEST = "AK AZ CA CO HI ID MT NM NV OR UT WA WY"
REGIONS = {
    "US": {"us-east": EAST, "us-central": CENTRAL, "us-west": WEST},
    "CA": {"canada": "AB BC MB NB NL NS NT NU ON PE QC SK YT"},
    "MX": {"mexico": "AGU BCN BCS CAM CHH CHP CMX COA COL DUR GRO GUA HID JAL MEX MIC MOR NAY NLE OAX PUE QUE ROO SIN SLP SON TAB "
                     "TAM TLA VER YUC ZAC"},
    "BR": {"south-america": "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO"},
    "GB": {"uk-ireland": "ENG NIR SCT WLS"},
    "DE": {"dach": "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH"},
    "FR": {"france-benelux": "ARA BFC BRE 20R CVL GES HDF IDF NAQ NOR OCC PAC PDL"},
    "ES": {"south-europe": "AN AR AS CB CE CL CM CN CT EX GA IB MC MD ML NC PV RI VC"},
    "IT": {"south-europe": "21 23 25 32 34 36 42 45 52 55 57 62 65 67 72 75 77 78 82 88"},
    "AU": {"anz": "ACT NSW NT QLD SA TAS VIC WA"},
    "JP": {"japan": " ".join(f"{n:02}" for n in range(1, 48))},
    "IN": {"india": "AP AR AS BR CG GA GJ HP HR JH KA KL MH ML MN MP MZ NL OD PB RJ SK TN TR TS UK UP WB"},
    "CN": {"greater-china": "AH BJ CQ FJ GD GS GX GZ HA HB HE HI HL HN JL JS JX LN NM NX QH SC SD SH SN SX TJ XJ XZ YN ZJ"},
}
COUNTRIES = {
    "south-america": "AR BO CL CO EC PE PY UY", "mexico": "CR DO GT HN NI PA SV",
    "uk-ireland": "IE", "dach": "AT CH LI", "france-benelux": "BE LU NL MC", "south-europe": "PT GR MT CY AD SM",
    "nordics": "DK FI IS NO SE", "east-europe": "BG CZ EE HR HU LT LV PL RO SI SK UA RS",
    "middle-east-africa": "AE BH EG GH IL JO KE KW MA NG OM QA SA TN TR ZA", "anz": "NZ FJ",
    "asean": "BN ID KH LA MM MY PH SG TH VN", "india": "BD LK NP", "greater-china": "HK KR MO TW",
}
CONTINENT = {"strategic-americas": "americas", "strategic-emea": "emea", "strategic-apac": "apac"}
# Of an industry and a size whose it is: the territory's own SDRs, or those who sell to large companies.
SEGMENTS = [("manufacturing,energy", ">= 500", True), ("retail,logistics", ">= 1000", True),
            ("-", ">= 2000", True), ("-", "-", False)]
WORDS = ("amber aspen atlas basalt birch boreal cedar cobalt coral delta drift ember falcon flint garnet granite harbor heron indigo "
         "jasper juniper kelp lark linden lumen maple meadow nova oak onyx opal orchid pearl pine quartz raven river saffron sage "
         "sierra slate sparrow summit teal terra tidal topaz umber vale willow").split()
TRADES = ("analytics bank biotech brewing cables ceramics chemicals coffee dairy energy farms ferries films foods freight furniture "
          "glass grains health homes insurance labs lighting logistics machines media metals mining motors optics packaging paper "
          "pharma plastics ports power rail retail robotics seeds shipping software solar steel textiles tools tyres water wind "
          "wines").split()


def number(*words):
    """A number that depends on the words alone."""
    return int.from_bytes(hashlib.sha256("/".join(words).encode()).digest()[:6], "big")


def territory_rows(country, region, territory):
    for industry, size, large in SEGMENTS:
        yield [country, region, industry, size, TEAMS[territory][3] if large else territory]


def territories(continent):
    """From the most particular to the most general, as `hit: first` wants it."""
    by_region = [row for country, parts in REGIONS.items() for territory, names in parts.items()
                 if CONTINENT[TEAMS[territory][3]] == continent
                 for region in names.split() for row in territory_rows(country, region, territory)]
    whole = [(country, next(iter(parts))) for country, parts in REGIONS.items()]
    whole += [(country, territory) for territory, names in COUNTRIES.items() for country in names.split()]
    return by_region + [row for country, territory in whole if CONTINENT[TEAMS[territory][3]] == continent
                        for row in territory_rows(country, "-", territory)]


def executive_of(domain):
    people = [name for _, _, _, names, _ in EXECUTIVES.values() for name in names.split()]
    return people[number(domain, "owner") % len(people)]


def domains():
    """Every word with every trade, then again with an ending: more than enough, each once."""
    for ending in ("", "-group", "-intl", "-co"):
        for word in WORDS:
            for trade in TRADES:
                yield f"{word}-{trade}{ending}.example"


def named(count):
    names, rows = domains(), []
    while len(rows) < count:
        domain = next(names)
        owner = executive_of(domain)
        tier = "1" if number(domain, "tier") % 10 == 0 else "2" if number(domain, "tier") % 10 < 4 else "3"
        # A few companies have a second address: a cell may hold several.
        cell = f'"{domain}","{domain.replace(".example", ".test")}"' if number(domain, "second") % 40 == 0 else domain
        rows.append([cell, owner, tier])
    return rows


def parents(accounts):
    """Companies whose daughters belong to the same executive, whatever address they write from."""
    large = [row for row in accounts if row[2] == "1" and not row[0].startswith('"')]
    return [[domain, owner] for domain, owner, _ in large[:PARENTS]]


def roster():
    rows = []
    for _, (zone, holidays, manager, names, sdrs) in EXECUTIVES.items():
        rows.append([manager, zone, "office", holidays, "manager", "", "", "", ""])
        people = names.split()
        for i, name in enumerate(people):
            rows.append([name, zone, "office", holidays, "ae", manager, people[(i + 1) % len(people)], "", ""])
    helps = {sdr: ae for _, _, _, aes, sdrs in EXECUTIVES.values() for sdr, ae in zip(sdrs.split(), aes.split())}
    managers = {continent: row[2] for continent, row in EXECUTIVES.items()}
    for zone, hours, holidays, large, names in TEAMS.values():
        people = names.split()
        for i, name in enumerate(people):
            rows.append([name, zone, hours, holidays, "sdr", managers[CONTINENT[large]], people[(i + 1) % len(people)],
                         helps.get(name, ""), "50 open; 25 per day"])
    return [[name, f"{name}@meridian.example", name.capitalize(), zone, hours, f"calendars/{holidays}.ics" if holidays else "",
             role, manager, backup, supports, caps]
            for name, zone, hours, holidays, role, manager, backup, supports, caps in rows]


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    left = ROWS - PARENTS
    for continent in EXECUTIVES:
        rows = territories(continent)
        left -= len(rows)
        write(folder / f"tables/{continent}.csv", ["lead.country", "lead.region", "account.industry", "account.employees", "pool"], rows)
    accounts = named(left)
    write(folder / "tables/named-accounts.csv", ["account.domain", "rep", "tier"], accounts)
    write(folder / "tables/parents.csv", ["account.parent", "rep"], parents(accounts))
    write(folder / "reps.csv", ["id", "email", "name", "zone", "hours", "holidays", "role", "manager", "backup", "supports", "caps"],
          roster())


if __name__ == "__main__":
    main()
