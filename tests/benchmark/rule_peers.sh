#!/usr/bin/env bash
# rule_peers.sh PEERS COPY SETS SIZE: what other rule engines take over the rule set of that size, one line a peer:
# its name and microseconds a lead (`one`: nanoseconds of cel-go for one condition), or its name and why it is absent.
# Installs into COPY, never beside the sources; a wrong answer of a peer is an absence too.
set -uo pipefail
peers=$1 copy=$2 sets=$3 size=$4
mkdir -p "$copy" && cp -r "$peers/." "$copy/" && cd "$copy" || exit 1

# Reads a peer's JSON line; prints NAME and the number of that key.
say() {
  python3 -c 'import json, sys
name, key = sys.argv[1:]
try:
    told = json.loads(sys.stdin.read().strip().splitlines()[-1])
    print(name, told[key] if not told.get("wrong") else "- gave wrong answers")
except (IndexError, ValueError, KeyError):
    print(name, "- did not run")' "$1" "$2"
}

if command -v npm >/dev/null && npm install >npm.log 2>&1; then
  for peer in json-rules-engine cel-js zen-engine; do
    node peers.mjs "$sets" "$size" "$peer" 2>>npm.log | say "$peer" us_per_lead
  done
else
  echo "json-rules-engine, cel-js, zen-engine - npm could not install them"
fi
if command -v go >/dev/null && (cd celgo && go build -o ../cel-go .) >go.log 2>&1; then
  ./cel-go "$sets" "$size" 2>>go.log | say cel-go us_per_lead
  ./cel-go one 2>>go.log | say one ns_per_condition
else
  echo "cel-go - go could not build it"
fi
